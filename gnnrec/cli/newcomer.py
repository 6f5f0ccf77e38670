"""Features of somebody unknown on the command line, such as `--features age=31,occupation=writer`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gnnrec.errors import ConfigError, IncompatibleError

if TYPE_CHECKING:
    from gnnrec.cli.opening import Opened


def parse_features(values: Sequence[str]) -> dict[str, str]:
    """Names and values from texts of `name=value` pairs between commas.

    A word without an equals sign goes on with the value before it, so that a value may hold a comma.

    Raises:
        ConfigError: A word has no name, or a name comes twice.
    """
    found: dict[str, str] = {}
    for text in values:
        name = ""
        for word in text.split(","):
            key, equals, value = word.partition("=")
            key = key.strip()
            if not equals and name:
                found[name] += f",{word}"
                continue
            if not equals or not key or key in found:
                raise ConfigError(
                    where="--features",
                    found=f"'{word[:40]}'" + (" twice" if key in found else ""),
                    expected="name=value between commas, each name once",
                    todo="For example --features age=31,occupation=writer.",
                )
            name = key
            found[name] = value.strip()
    return found


def check_features(opened: Opened, features: dict[str, str]) -> list[str]:
    """Which of the values nobody in train has: they count for nothing.

    Raises:
        IncompatibleError: The model does not read features of people.
        DataError: A name is none of the features it reads.
    """
    from gnnrec.recommenders.capabilities import READS_FEATURES

    model = opened.recommender
    if READS_FEATURES not in model.capabilities or not model.user_reading.n_labels:
        raise IncompatibleError(
            where=f"{opened.checkpoint.title}, --features",
            found="a model that does not read features of people",
            expected="one that does, on data with features of people",
            todo="Choose a checkpoint of hybrid or content.",
        )
    model.user_reading.row(features)
    return model.user_reading.not_known(features)
