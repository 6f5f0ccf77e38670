"""One recommender is found without the others being imported."""

from __future__ import annotations

from pathlib import Path

import pytest

import gnnrec.recommenders
from gnnrec.errors import ConfigError
from gnnrec.recommenders import recommender_class

ALONE = '''
from gnnrec.recommenders.base import Recommender
class Alone(Recommender):
    """Alone."""
    name, title = "found_alone", "Alone"
class Second(Alone):
    """A second one in the same file."""
    name = "found_beside"
'''


def test_a_model_is_found_in_the_file_of_its_name_and_else_in_any(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(gnnrec.recommenders, "__path__", [str(tmp_path)])
    (tmp_path / "found_alone.py").write_text(ALONE)
    assert recommender_class("found_beside").title == "Alone"
    (tmp_path / "never_imported.py").write_text("raise RuntimeError('imported')")
    gnnrec.recommenders._found.cache_clear()
    assert recommender_class("found_alone").title == "Alone"
    with pytest.raises(RuntimeError, match="imported"):
        recommender_class("nothing_like_it")
    (tmp_path / "never_imported.py").write_text("")
    with pytest.raises(ConfigError, match="one of found_alone"):
        recommender_class("nothing_like_it")
