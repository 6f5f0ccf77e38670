"""Settings: ranges and kinds are checked once, for forms and commands alike."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass

import pytest

from gnnrec.errors import ConfigError
from gnnrec.recommenders import create, recommender_class
from gnnrec.recommenders.config import Settings, setting


@dataclass(frozen=True)
class Example(Settings):
    size: int = setting(8, "How large", low=1, high=64, unit="items")
    rate: float = setting(0.1, "How fast", low=0.0, high=1.0)
    kind: str = setting("a", "Which", choices=("a", "b"))
    keep: bool = setting(True, "Whether")


def test_texts_of_a_command_line_become_values() -> None:
    given = Example.of({"size": "12", "rate": "1e-3", "kind": "b", "keep": "no"})
    assert given == Example(12, 0.001, "b", False)
    assert Example.of({"size": "12.0"}).size == 12
    assert Example.of({}) == Example()
    assert given.as_dict() == {"size": 12, "rate": 0.001, "kind": "b", "keep": False}
    with pytest.raises(FrozenInstanceError):
        given.size = 3


@pytest.mark.parametrize(
    "values",
    [
        {"size": "many"},
        {"size": 1.5},
        {"size": 0},
        {"size": 65},
        {"size": True},
        {"size": None},
        {"rate": "nan"},
        {"rate": float("inf")},
        {"rate": -0.1},
        {"kind": "c"},
        {"keep": "perhaps"},
        {"speed": 1},
    ],
)
def test_nonsense_is_refused_in_four_parts(values: dict) -> None:
    with pytest.raises(ConfigError) as caught:
        Example.of(values)
    assert all(caught.value.parts.values())


def test_fields_describe_themselves() -> None:
    size = Example.describe()[0]
    assert size == {
        "name": "size",
        "type": "int",
        "default": 8,
        "help": "How large",
        "low": 1,
        "high": 64,
        "choices": None,
        "unit": "items",
    }


def test_unknown_recommenders_name_those_there_are() -> None:
    with pytest.raises(ConfigError, match="popularity"):
        recommender_class("gandalf")
    with pytest.raises(ConfigError, match="unknown setting"):
        create("ease", {"lambda": 3})
