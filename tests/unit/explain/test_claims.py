"""Claims: the same measurement said as strongly as its audit allows, word by word, for every method."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gnnrec.explain.audit import CHANCE, FAITHFUL, UNKNOWN, VERDICTS, WEAK
from gnnrec.explain.because import Drop, Reason
from gnnrec.explain.claims import Grounds, claim, uncovered
from gnnrec.explain.sentence import sentence
from gnnrec.recommenders import Query
from tests import worlds

ALIEN, AMELIE, HEAT, SOLARIS, ZORBA = range(5)
DROP = Drop((HEAT, SOLARIS), 0.1, 23, "graph edit")


def split(*values: float, own: float = 0.0) -> Reason:
    return Reason(
        query=Query(user=0),
        item=ZORBA,
        score=float(sum(values) + own),
        score_kind="raw",
        own=own,
        items=np.array([HEAT, SOLARIS, AMELIE][: len(values)]),
        contributions=np.array(values, dtype=float),
        n_reasons=2,
        rank=1,
        hidden=np.empty(0, dtype=np.int64),
    )


def grounds(verdict: str | None, method: str = "attention", **changes) -> Grounds:
    return replace(
        Grounds(
            query=Query(user=0),
            method=method,
            title=method.capitalize(),
            top=(HEAT, SOLARIS),
            share=0.31,
            rank=1,
            dropped=DROP,
            verdict=verdict,
        ),
        **changes,
    )


def because(verdict: str | None, reason: Reason | None = None) -> Grounds:
    reason = reason or split(30, 16, 24, own=30)
    return grounds(verdict, "because", reason=reason, share=reason.share_together)


def said(one: Grounds) -> str:
    return claim(one, worlds.readable()).text


def test_a_faithful_split_is_called_a_cause() -> None:
    one = because(FAITHFUL)
    assert said(one) == sentence(one.reason, DROP, worlds.readable()).text
    assert said(one).startswith("Because they watched Heat and Solaris, together 46 % of this score")


@pytest.mark.parametrize("verdict", [WEAK, CHANCE, UNKNOWN, None])
def test_what_is_not_faithful_is_never_called_a_cause(verdict: str | None) -> None:
    for one in (because(verdict), grounds(verdict), grounds(verdict, "paths"), grounds(verdict, "saliency")):
        assert "because" not in said(one).lower()


def test_each_verdict_of_a_split_has_its_words() -> None:
    measured = (
        "Of what they watched, the most for it comes from Heat and Solaris, together 46 % of this score"
    )
    after = "; without both it drops from rank 1 to 23."
    assert said(because(None)) == measured + after
    assert (
        said(because(WEAK)) == f"{measured}, which foretells only in part what taking films out does{after}"
    )
    assert said(because(CHANCE)) == (
        f"{measured}, but taking those out changes the score no more than any other films would, "
        f"so these are no reasons to give{after}"
    )
    assert said(because(UNKNOWN)) == (
        f"{measured}, and there are too few films to test whether these are the reasons{after}"
    )


def test_every_verdict_there_is_has_words_of_its_own() -> None:
    assert len({said(grounds(verdict)) for verdict in [*VERDICTS, None]}) == len(VERDICTS) + 1


@pytest.mark.parametrize(
    ("method", "start"),
    [
        ("attention", "The model listens most to Heat and Solaris, together 31 % of what reaches the person"),
        (
            "paths",
            "The strongest paths to it lead over Heat and Solaris, together 31 % of the strength of all",
        ),
        ("saliency", "Saliency points most to Heat and Solaris, together 31 %"),
    ],
)
def test_each_method_says_what_it_measured(method: str, start: str) -> None:
    assert said(grounds(None, method)).startswith(start)


def test_deletion_says_what_is_lost() -> None:
    assert said(grounds(None, "deletion", share=None)) == (
        "It would lose most without Heat and Solaris; without both it drops from rank 1 to 23."
    )


def test_the_items_of_a_claim_can_be_linked() -> None:
    parts = claim(grounds(WEAK), worlds.readable()).parts
    assert [item for _, item in parts if item is not None] == [HEAT, SOLARIS]


def test_a_method_that_names_nothing_says_so() -> None:
    assert said(grounds(None, top=())) == "Attention names nothing they watched that speaks for this film."
    empty = split(-3.0, own=9)
    assert said(grounds(None, "because", top=(), reason=empty, dropped=None)).startswith(
        "Nothing they watched speaks for this film: its score comes from the person's own taste vector"
    )


def test_without_a_rank_nothing_is_said_of_it() -> None:
    assert "rank" not in said(grounds(WEAK, rank=None))
    assert "rank" not in said(grounds(WEAK, dropped=None))


@pytest.mark.parametrize(
    ("own", "text"),
    [
        (0.0, ""),
        (0.1, ""),
        (30.0, "30 % of the score is the person's own taste vector, which no film explains."),
    ],
)
def test_the_part_no_film_covers_is_said(own: float, text: str) -> None:
    assert uncovered(split(70.0, own=own), worlds.readable()) == text


def test_an_own_part_that_speaks_against_or_has_no_share() -> None:
    assert uncovered(split(70.0, own=-20.0), worlds.readable()).startswith(
        "Against it speaks the person's own"
    )
    assert uncovered(split(-70.0, own=20.0), worlds.readable()).startswith(
        "A part of the score is the person's"
    )
