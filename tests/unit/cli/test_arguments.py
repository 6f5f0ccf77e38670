"""What is read out of arguments: ids, settings, list lengths, folders, and the parser itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gnnrec.cli.evaluate import list_lengths
from gnnrec.cli.opening import at_least, item_numbers
from gnnrec.cli.parser import VERBS, build_parser
from gnnrec.cli.train import new_folder, settings_of
from gnnrec.data import Vocabulary
from gnnrec.errors import CheckpointError, ConfigError, DataError, GnnrecError

ITEMS = Vocabulary(["50", "172", "Salt, pepper", "7"], "item")


def numbers(*ids: str) -> tuple[int, ...]:
    return tuple(ITEMS.number(one) for one in ids)


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        (["50,172"], ("50", "172")),
        (["50, 172,"], ("50", "172")),
        (["50", "172"], ("50", "172")),
        (["Salt, pepper"], ("Salt, pepper",)),
        (["Salt, pepper", "7,50"], ("Salt, pepper", "7", "50")),
        (["7,7", "7"], ("7",)),
    ],
)
def test_ids_between_commas_or_with_commas(given, ids) -> None:
    assert item_numbers(given, ITEMS) == numbers(*ids)


def test_unknown_ids_are_named() -> None:
    with pytest.raises(DataError, match=r"'8', 'Salt'"):
        item_numbers(["50,8", "Salt"], ITEMS)
    with pytest.raises(ConfigError, match="no ids"):
        item_numbers([" , "], ITEMS)


def test_settings_are_names_with_values() -> None:
    assert settings_of(["epochs=5", " loss = a=b "]) == {"epochs": "5", "loss": "a=b"}
    for bad in (["epochs"], ["=5"], ["epochs="], ["epochs=5", "epochs=6"]):
        with pytest.raises(ConfigError, match="--set"):
            settings_of(bad)


def test_list_lengths_ascend_without_repeats() -> None:
    assert list_lengths("20, 5,20") == [5, 20]
    for bad in ("0", "-3,10", "ten", "", "5,,6", "²"):
        with pytest.raises(ConfigError, match="--at"):
            list_lengths(bad)


def test_too_small_a_number_is_refused() -> None:
    at_least("-k", 1, 1)
    with pytest.raises(ConfigError, match="-k: 0; expected 1 or more"):
        at_least("-k", 0, 1)


def test_the_new_folder_is_checked_before_anything_is_trained(tmp_path: Path) -> None:
    assert new_folder(tmp_path / "deep" / "er" / "mine") == (tmp_path / "deep" / "er" / "mine").resolve()
    assert (tmp_path / "deep" / "er").is_dir()
    (tmp_path / "file").write_text("")
    for bad, reason in (
        (tmp_path / "deep", "something of that name"),
        (tmp_path / "Capital", "checkpoint name"),
        (tmp_path / "a..b", "checkpoint name"),
        (tmp_path / "file" / "mine", "can be written"),
    ):
        with pytest.raises(CheckpointError, match=reason):
            new_folder(bad)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_takes_json_before_and_after_it(verb: str) -> None:
    parser = build_parser()
    needed = {
        "data": ["list"],
        "runs": ["list"],
        "cases": ["list"],
        "train": ["--dataset", "d", "--model", "m", "--out", "o"],
        "explain": ["c", "--user", "u", "--item", "i"],
        "why-not": ["c", "--user", "u", "--item", "i"],
        "audit": ["c", "--users", "9"],
        "evaluate": ["c"],
        "recommend": ["c"],
        "slices": ["c"],
        "missed": ["c"],
        "subgraph": ["c", "--user", "u"],
        "update": ["c", "--interactions", "f"],
        "import-checkpoint": ["f", "--from", "lists", "--dataset", "d", "--out", "o"],
    }.get(verb, [])
    assert parser.parse([verb, *needed])[0].json is False
    assert parser.parse(["--json", verb, *needed])[0].json is True
    assert parser.parse([verb, *needed, "--json"])[0].json is True


@pytest.mark.parametrize(
    "words",
    [[], ["nope"], ["train"], ["train", "--data", "demo"], ["recommend", "c", "-k", "many"], ["data"]],
)
def test_a_wrong_command_line_is_an_error_in_four_parts(words, capsys) -> None:
    with pytest.raises(GnnrecError) as caught:
        build_parser().parse(words)
    assert all(caught.value.parts.values())
    assert "--help" in caught.value.todo
    assert capsys.readouterr() == ("", "")


def test_the_parser_is_ready_without_the_large_libraries() -> None:
    code = (
        "import sys; from gnnrec.cli.parser import build_parser; build_parser();"
        "print(*sorted({'torch', 'pandas', 'numpy', 'scipy', 'streamlit', 'plotly'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []
