"""`evaluate`: what was stored is read, the rest is measured once."""

from __future__ import annotations

import json

import pytest

from tests.contracts.cli.contract import METRICS, Run


def test_evaluate_reads_what_was_stored_and_measures_the_rest_once(run: Run, trained, monkeypatch) -> None:
    stored = run("evaluate", trained["lightgcn"], "--part", "test", "--at", "10,20")
    metrics = json.loads((trained["lightgcn"] / "metrics.json").read_text())
    assert stored["metrics"] == metrics["test"]
    assert (stored["part"], stored["source"]) == ("test", "stored")
    assert set(run("evaluate", trained["lightgcn"], "--at", "20")["metrics"]) == {
        name for name in METRICS if name.endswith("@20") or "@" not in name
    }
    assert run("evaluate", trained["lightgcn"])["metrics"] == metrics["valid"]

    first = run("evaluate", trained["lightgcn"], "--part", "test", "--at", "10,3")
    assert first["source"] == "computed"
    assert {f"ndcg@{k}" for k in (3, 10)} < set(first["metrics"])
    assert first["metrics"]["ndcg@10"] == pytest.approx(metrics["test"]["ndcg@10"], abs=1e-9)
    monkeypatch.setattr("gnnrec.evaluation.evaluate", lambda *_, **__: pytest.fail("measured again"))
    again = run("evaluate", trained["lightgcn"], "--part", "test", "--at", "3,10")
    assert again["metrics"] == first["metrics"]
    assert again["source"] == "stored"


def test_evaluate_measures_lists_beyond_accuracy_once(run: Run, trained, monkeypatch) -> None:
    from gnnrec.evaluation.beyond import BEYOND

    assert "beyond" not in run("evaluate", trained["ease"])
    result = run("evaluate", trained["ease"], "--beyond", "--at", "5,10")
    assert set(result["beyond"]) == {f"{name}@{k}" for name in BEYOND for k in (5, 10)}
    assert result["beyond"]["coverage@5"] < result["beyond"]["coverage@10"] <= 1
    assert {"ndcg@5", "ndcg@10"} < set(result["metrics"])
    monkeypatch.setattr("gnnrec.evaluation.beyond.lists_of", lambda *_: pytest.fail("measured again"))
    assert run("evaluate", trained["ease"], "--beyond", "--at", "5,10")["beyond"] == result["beyond"]
