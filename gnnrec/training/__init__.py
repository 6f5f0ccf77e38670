"""Training: the one loop, early stopping, progress events, devices."""

from gnnrec.training.fit import Fit, fit, is_trained, settings_for
from gnnrec.training.progress import Epoch, Listener, TrainingState

__all__ = ["Epoch", "Fit", "Listener", "TrainingState", "fit", "is_trained", "settings_for"]
