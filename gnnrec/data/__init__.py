"""Data nouns: Vocabulary, Interactions, Dataset and Split."""

from gnnrec.data.cold_start import ColdItems, ColdPeople
from gnnrec.data.dataset import Dataset
from gnnrec.data.interactions import Interactions
from gnnrec.data.split import Split, TrainingData, default_protocol, split
from gnnrec.data.vocabulary import Vocabulary
from gnnrec.data.words import FILMS, Licence, Words

__all__ = [
    "FILMS",
    "ColdItems",
    "ColdPeople",
    "Dataset",
    "Interactions",
    "Licence",
    "Split",
    "TrainingData",
    "Vocabulary",
    "Words",
    "default_protocol",
    "split",
]
