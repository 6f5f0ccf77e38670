"""The command that stands above a table makes the same table again."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from gnnrec.cli import leaderboard
from gnnrec.runs.leaderboard_request import Request


def test_what_is_as_usual_is_not_written() -> None:
    assert leaderboard.command(Request("films"), None, None) == "python -m gnnrec leaderboard --dataset films"


def test_what_was_asked_for_is_read_back_from_the_command() -> None:
    splits, pairs = ("random:seed=1", "random:seed=2"), ("ease vs lightgcn:loss=bpr",)
    request = Request(
        "films", splits, "ease,lightgcn:loss=bpr", "ranking", seeds=2, trials=5, trial_seconds=2.5,
        trial_people=1000, max_seconds=60.0, threads=2, device="cuda", pairs=pairs, one_seed=("ease",),
    )  # fmt: skip
    words = shlex.split(leaderboard.command(request, Path("out") / "a table.json", Path("page.md")))
    parser = argparse.ArgumentParser()
    leaderboard.add_parser(parser.add_subparsers())
    found = parser.parse_args(words[words.index("leaderboard") :])
    assert (found.dataset, tuple(found.split), tuple(found.pair)) == ("films", splits, pairs)
    assert tuple(found.one_seed) == ("ease",)
    assert (found.models, found.task, found.device) == (request.models, request.task, "cuda")
    assert (found.seeds, found.trials, found.threads, found.trial_people) == (2, 5, 2, 1000)
    assert (found.trial_seconds, found.max_seconds) == (2.5, 60.0)
    assert (found.out, found.docs) == (Path("out") / "a table.json", Path("page.md"))


def test_the_usual_is_the_same_on_the_command_line_and_in_a_request() -> None:
    parser, usual = argparse.ArgumentParser(), Request("films")
    leaderboard.add_parser(parser.add_subparsers())
    found = vars(parser.parse_args(["leaderboard"]))
    for name in leaderboard._REPEATED:
        assert found[name] == getattr(usual, name), name
