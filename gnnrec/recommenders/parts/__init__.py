"""What several recommenders share: base classes by kind of model, and the machinery under them."""
