"""The table of chosen settings: read by every fit, kept in place of what was chosen before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gnnrec.errors import RunError
from gnnrec.training import chosen as module
from gnnrec.training import chosen_entries, keep_chosen, settings_for


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "chosen.json"
    path.write_text(json.dumps({"films": {"ease": {"settings": {"reg": 7.0}, "tried": 3}}}))
    monkeypatch.setattr(module, "_TABLE", path)
    module._table.cache_clear()
    yield path
    module._table.cache_clear()


def test_a_choice_is_kept_beside_the_others_and_holds_at_once(table: Path) -> None:
    assert settings_for("films", "ease") == ({"reg": 7.0}, "chosen on validation")
    keep_chosen("films", "slim", {"settings": {"l1": 2.0}, "tried": 9})
    keep_chosen("films", "ease", {"settings": {"reg": 8.0}, "tried": 12})
    assert chosen_entries("films")["ease"]["tried"] == 12
    assert settings_for("films", "slim")[0] == {"l1": 2.0}
    assert settings_for("places", "slim") == ({}, "defaults")
    assert list(json.loads(table.read_text())["films"]) == ["ease", "slim"]
    assert [one.name for one in table.parent.iterdir()] == ["chosen.json"]


def test_a_variant_alone_is_not_taken_for_the_plain_model(table: Path) -> None:
    keep_chosen("films", "lightgcn.loss=bpr", {"settings": {"loss": "bpr", "n_layers": 3}})
    assert settings_for("films", "lightgcn") == ({}, "defaults")
    assert settings_for("films", "lightgcn", {"loss": "bpr"})[0] == {"loss": "bpr", "n_layers": 3}


def test_a_variant_is_the_start_for_wishes_that_ask_for_it_and_for_no_others(table: Path) -> None:
    keep_chosen("films", "lightgcn", {"settings": {"n_layers": 2}})
    keep_chosen(
        "films",
        "lightgcn.bpr",
        {"settings": {"loss": "bpr", "n_layers": 3, "reg": 0.1}, "variant": {"loss": "bpr"}},
    )
    keep_chosen("films", "lightgcn.bpr", {"settings": {"loss": "bpr", "n_layers": 3, "reg": 0.2}})
    assert settings_for("films", "lightgcn", {"n_layers": 3})[0] == {"n_layers": 3}
    assert settings_for("films", "lightgcn", {"loss": "bpr", "reg": 0.2})[0] == {
        "loss": "bpr",
        "n_layers": 3,
        "reg": 0.2,
    }


@pytest.mark.parametrize("wishes", [{"friends": False, "weight": 0.0}, {"friends": "false", "weight": "0"}])
def test_a_variant_is_known_by_its_values_however_they_are_written(table: Path, wishes: dict) -> None:
    values = {"friends": False, "weight": 0.0, "reg": 0.2}
    keep_chosen("films", "graphrec", {"settings": {"reg": 0.1}})
    keep_chosen("films", "graphrec.friends=false,weight=0", {"settings": values})
    assert settings_for("films", "graphrec", wishes) == ({**values, **wishes}, "chosen on validation")
    other = {**wishes, "weight": 0.5}
    assert settings_for("films", "graphrec", other)[0] == {"reg": 0.1, **other}


def test_a_table_that_cannot_be_written_is_told(table: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "_TABLE", table.parent / "nowhere" / "chosen.json")
    with pytest.raises(RunError, match="--write-settings"):
        keep_chosen("films", "ease", {"settings": {}})
