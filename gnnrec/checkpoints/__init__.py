"""Checkpoints: save and load, verify, list."""

from gnnrec.checkpoints.checkpoint import Checkpoint, save
from gnnrec.checkpoints.library import Library, delete, find, find_or_open, read_library, rename

__all__ = ["Checkpoint", "Library", "delete", "find", "find_or_open", "read_library", "rename", "save"]
