"""Recommenders: one file = one model. A new file is found by forms, menus, commands and contract tests by itself."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache

from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.recommenders.base import Contributions, Recommender, TopK
from gnnrec.recommenders.query import Query

__all__ = [
    "Contributions",
    "Query",
    "Recommender",
    "TopK",
    "create",
    "imported_names",
    "names",
    "recommender_class",
    "require_trainable",
]


def _members() -> dict[str, type[Recommender]]:
    return _found(tuple(__path__))


@cache
def _found(folders: tuple[str, ...]) -> dict[str, type[Recommender]]:
    found: dict[str, type[Recommender]] = {}
    for module in pkgutil.iter_modules(folders):
        found |= _members_of(module.name)
    return found


@cache
def _named(name: str, folders: tuple[str, ...]) -> type[Recommender] | None:
    """The class behind a name, from the file of that name if there is one: importing all others takes seconds."""
    if any(module.name == name for module in pkgutil.iter_modules(folders)):
        found = _members_of(name).get(name)
        if found is not None:
            return found
    return _found(folders).get(name)


def _members_of(file: str) -> dict[str, type[Recommender]]:
    loaded = importlib.import_module(f"{__name__}.{file}")
    return {
        member.name: member
        for _, member in inspect.getmembers(loaded, inspect.isclass)
        if member.__module__ == loaded.__name__ and issubclass(member, Recommender) and "name" in vars(member)
    }


def names() -> list[str]:
    """Names of all recommenders that can learn here, sorted: those that forms, commands and tables offer."""
    return sorted(name for name, one in _members().items() if one.trainable)


def imported_names() -> list[str]:
    """Names of those that only hold what was made elsewhere, sorted."""
    return sorted(name for name, one in _members().items() if not one.trainable)


def recommender_class(name: str) -> type[Recommender]:
    """The class behind a name. Raises ConfigError when there is none."""
    found = _named(name, tuple(__path__))
    if found is None:
        raise ConfigError(
            where="recommender",
            found=f"unknown name '{name[:40]}'",
            expected=f"one of {', '.join(names())}",
            todo="Correct the name.",
        )
    return found


def create(name: str, settings: dict | None = None) -> Recommender:
    """A fresh recommender by name, with settings over its defaults."""
    return recommender_class(name)(**(settings or {}))


def require_trainable(recommender: str | type[Recommender]) -> None:
    """Refuse to train what only holds the results of another system.

    Raises:
        ConfigError: There is no such recommender.
        IncompatibleError: It cannot learn here.
    """
    one = recommender_class(recommender) if isinstance(recommender, str) else recommender
    if not one.trainable:
        raise IncompatibleError(
            where=f"training {one.title}",
            found="a recommender that was made elsewhere and learns nothing here",
            expected=f"one of {', '.join(names())}",
            todo="Choose one of those, or bring new results in with import-checkpoint.",
        )
