"""Tables and results in, pictures out: pure functions that never see a model."""
