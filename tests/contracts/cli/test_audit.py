"""`audit`: explanations judged over people, with controls beside them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gnnrec.cli import audit
from gnnrec.explain.audit import VERDICTS
from tests.contracts.cli.contract import Run


def test_an_exact_split_is_faithful_and_controls_are_chance(run: Run, trained) -> None:
    result = run("audit", trained["ease"], "--users", 12)
    assert (result["model"], result["dataset"], result["people"], result["seeds"]) == ("ease", "demo", 12, 3)
    rows = {one["method"]: one for one in result["methods"]}
    assert list(rows) == ["because", "random", "inverted"]
    assert rows["because"]["verdict"] == "faithful"
    assert rows["because"]["area"] == pytest.approx(1, abs=1e-3)
    assert rows["because"]["sum_error"] < 1e-4
    assert rows["because"]["stability"] is None
    assert rows["inverted"]["area_high"] < 0
    assert rows["random"]["area_low"] < 0.5
    assert {one["verdict"] for one in rows.values()} <= set(VERDICTS)
    shown = audit.text(result)
    assert "faithful" in shown and "12 people" in shown


def test_methods_are_those_the_model_can_do_or_those_asked_for(run: Run, trained) -> None:
    every = run("audit", trained["gat"], "--users", 1)
    assert {"attention", "paths"} <= {one["method"] for one in every["methods"]}
    assert "deletion" not in {one["method"] for one in every["methods"]}
    one = run("audit", trained["gat"], "--users", 1, "--methods", "attention, attention")
    assert [row["method"] for row in one["methods"]] == ["attention", "random", "inverted"]


def test_the_seed_chooses_the_people(run: Run, trained) -> None:
    first, again = (run("audit", trained["ease"], "--users", 3) for _ in range(2))
    assert first == again
    assert run("audit", trained["ease"], "--users", 3, "--seed", 1)["methods"] != first["methods"]


def test_what_cannot_be_asked_is_refused(refused: Callable[..., str], trained) -> None:
    assert "--users" in refused("audit", trained["ease"], "--users", 0)
    assert "no_such" in refused("audit", trained["ease"], "--users", 2, "--methods", "no_such")
    assert "attention" in refused("audit", trained["ease"], "--users", 2, "--methods", "attention")
    assert "no method of explanation fits" in refused("audit", trained["popularity"], "--users", 1)
