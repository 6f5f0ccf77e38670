"""`gnnrec runs` on the command line."""

from __future__ import annotations

import json
import os

import pytest

from gnnrec.cli import main
from gnnrec.data import Dataset
from gnnrec.runs import RunSpec, queue, submit
from gnnrec.runs.folder import RunFolder
from gnnrec.training import Epoch


@pytest.fixture
def lost(small: Dataset, monkeypatch) -> None:
    """A run whose worker never lived."""
    monkeypatch.setattr(queue, "launch", lambda folder, lock: 0)
    submit(RunSpec.of(small, "lightgcn"))
    RunFolder.of("r1").append_epoch(Epoch(1, 0.5, 0.25, 1.0, 0.5))


def last_line(capsys) -> dict:
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 1
    return json.loads(out[0])


def test_list_and_show(lost, capsys) -> None:
    assert main(["runs", "list", "--json"]) == 0
    listed = last_line(capsys)["runs"]
    assert [(one["id"], one["state"], one["dataset"], one["model"]) for one in listed] == [
        ("r1", "lost", "small", "lightgcn")
    ]
    assert main(["runs", "show", "r1", "--json"]) == 0
    shown = last_line(capsys)
    assert [epoch["loss"] for epoch in shown["history"]] == [0.5]
    assert main(["runs", "show", "r1"]) == 0
    assert "LightGCN on small, lost" in capsys.readouterr().out
    assert main(["runs", "list", "--dataset", "other"]) == 0
    assert "No training jobs yet." in capsys.readouterr().out


def test_resume_and_delete(lost, capsys) -> None:
    assert main(["runs", "resume", "r1", "--json"]) == 0
    assert last_line(capsys)["id"] == "r1"
    assert main(["runs", "delete", "r1", "--json"]) == 0
    assert last_line(capsys) == {"id": "r1", "deleted": True}
    assert not os.path.exists(RunFolder.of("r1").path)


@pytest.mark.parametrize("words", [["stop", "r1"], ["show", "r9"], ["delete", "../etc"], ["resume", "one"]])
def test_mistakes_end_with_two_and_four_parts(lost, capsys, words: list[str]) -> None:
    main(["runs", "list"])
    capsys.readouterr()
    assert main(["runs", *words, "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "expected" in said.err
