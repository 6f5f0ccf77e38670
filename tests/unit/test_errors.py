"""The four-part errors: sentence, parts, family, and copies."""

from __future__ import annotations

import copy

import pytest

from gnnrec import errors

CHILDREN = [
    errors.DataError,
    errors.ConfigError,
    errors.IncompatibleError,
    errors.CheckpointError,
    errors.RunError,
]
PARTS = {
    "where": "ratings.csv",
    "found": "no column 'user_id' (found: userId, movieId)",
    "expected": "columns user_id and item_id",
    "todo": "Rename it, or pass --columns user=userId,item=movieId.",
}


def test_sentence_has_the_four_parts_in_order() -> None:
    assert str(errors.DataError(**PARTS)) == (
        "ratings.csv: no column 'user_id' (found: userId, movieId); expected columns user_id and item_id. "
        "Rename it, or pass --columns user=userId,item=movieId."
    )


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"where": "k", "found": "0"}, "k: 0."),
        ({"where": "k", "found": "0", "expected": "1 or more"}, "k: 0; expected 1 or more."),
        ({"where": "k", "found": "0", "todo": "Pass -k 10."}, "k: 0. Pass -k 10."),
        (
            {"where": "k", "found": "0", "expected": "is it 1?", "todo": "Look."},
            "k: 0; expected is it 1? Look.",
        ),
    ],
)
def test_missing_parts_leave_no_stray_punctuation(parts: dict[str, str], sentence: str) -> None:
    assert str(errors.ConfigError(**parts)) == sentence


@pytest.mark.parametrize("kind", CHILDREN)
def test_children_are_gnnrec_errors_with_parts_and_a_docstring(kind: type[errors.GnnrecError]) -> None:
    error = kind(**PARTS)
    assert isinstance(error, errors.GnnrecError)
    assert error.parts == PARTS
    assert kind.__doc__ and kind.__doc__ != errors.GnnrecError.__doc__


def test_parts_are_keyword_only() -> None:
    with pytest.raises(TypeError):
        errors.DataError("ratings.csv", "no column", "one", "Rename it.")


@pytest.mark.parametrize("kind", CHILDREN)
def test_copies_keep_their_parts(kind: type[errors.GnnrecError]) -> None:
    back = copy.deepcopy(kind(**PARTS))
    assert type(back) is kind
    assert back.parts == PARTS
    assert str(back) == str(kind(**PARTS))
