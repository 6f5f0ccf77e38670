"""Variants: a recommender under fixed settings, named in one word such as `lightgcn:loss=bpr`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gnnrec.data import Dataset
from gnnrec.errors import ConfigError
from gnnrec.recommenders import create, names, recommender_class, require_trainable
from gnnrec.runs.spec import label
from gnnrec.training import chosen_entries, settings_for


@dataclass(frozen=True)
class Variant:
    """A recommender with what is fixed of its settings.

    Attributes:
        recommender: Its name.
        entry: Name of a committed choice of settings, such as `history` in `lightgcn.history`; mostly empty.
        wishes: Settings that are fixed, as pairs in the order they were given.
    """

    recommender: str
    entry: str = ""
    wishes: tuple[tuple[str, Any], ...] = ()

    @property
    def text(self) -> str:
        """How it is written on the command line."""
        wishes = ",".join(f"{name}={_plain(value)}" for name, value in self.wishes)
        return ".".join(filter(None, [self.recommender, self.entry])) + (f":{wishes}" if wishes else "")

    @property
    def key(self) -> str:
        """The name under which chosen settings are kept, such as `lightgcn.loss=bpr`."""
        wished = [f"{name}={_plain(value)}" for name, value in self.wishes]
        return ".".join(filter(None, [self.recommender, self.entry, ",".join(wished)]))

    @cached_property
    def model(self) -> type:
        """Its class."""
        return recommender_class(self.recommender)

    def fixed(self, dataset: str) -> dict[str, Any]:
        """What a search must not change: the wishes, and what a committed choice sets beyond the search space.

        That is what makes a named choice, or how wide vectors are and how long it learns on this data set.
        """
        chosen, _, _ = self._chosen(dataset)
        space = self.model.space_under(chosen | dict(self.wishes))
        return {name: value for name, value in chosen.items() if name not in space} | dict(self.wishes)

    def settings(self, dataset: str) -> tuple[dict[str, Any], str, int | None]:
        """The whole Config that it is fitted with, where it comes from, and after how many tries.

        The settings chosen for exactly this variant where there are any, else those of the recommender with the
        wishes over them.
        """
        values, source, tried = self._chosen(dataset)
        return self.whole(values), source, tried

    def _chosen(self, dataset: str) -> tuple[dict[str, Any], str, int | None]:
        """The committed choice next to this variant, as `settings` says, without defaults."""
        entries = chosen_entries(dataset)
        if self.key in entries:
            entry = entries[self.key]
            return entry["settings"], "chosen on validation", entry.get("tried")
        name = ".".join(filter(None, [self.recommender, self.entry]))
        values, source = settings_for(dataset, name, dict(self.wishes))
        return values, source, entries.get(name, {}).get("tried") if not self.wishes else None

    def whole(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The whole Config under some settings, with the wishes over them."""
        return create(self.recommender, {**values, **dict(self.wishes)}).config.as_dict()

    def label(self, dataset: Dataset, unsaid: Collection[str] = ()) -> str:
        """Its name for the screen, such as `LightGCN, loss bpr`, without the settings that go unsaid."""
        entry = chosen_entries(dataset.name).get(f"{self.recommender}.{self.entry}", {})
        made_by = entry.get("variant", self.fixed(dataset.name)) if self.entry else {}
        fixed = made_by | dict(self.wishes)
        defaults = create(self.recommender).config.as_dict()
        config = create(self.recommender, fixed).config.as_dict()
        named = {
            name: config[name]
            for name in fixed
            if (
                config[name] != defaults[name]
                or name in dict(self.wishes)
                or name in entry.get("variant", {})
            )
            and name not in unsaid
        }
        return label(self.recommender, named, 0, (), dataset)


def labels(variants: Sequence[Variant], dataset: Dataset) -> list[str]:
    """Names side by side: what every row of a recommender has fixed alike tells them not apart, and goes unsaid."""
    found = []
    for one in variants:
        family = [set(other.wishes) for other in variants if other.recommender == one.recommender]
        shared = set.intersection(*family) if len(family) > 1 else set()
        found.append(one.label(dataset, {name for name, _ in shared}))
    return found


def parse_variants(text: str, dataset: str = "") -> list[Variant]:
    """Variants from a list such as `ease,lightgcn,lightgcn:loss=bpr,dropout=0.2,lightgcn.history`.

    Commas stand between variants and between the settings of one: a word with an equals sign and no colon goes
    on with the settings of the variant before it.

    Args:
        text: The list.
        dataset: Whose committed choices may be named behind a full stop.

    Raises:
        ConfigError: A recommender, setting or committed choice is unknown, a value is out of range, or a variant
            comes twice.
    """
    words: list[str] = []
    for word in (part.strip() for part in text.split(",")):
        if "=" in word and ":" not in word and words:
            words[-1] += ("," if ":" in words[-1] else ":") + word
        elif word:
            words.append(word)
    variants = [_parsed(word, dataset) for word in words]
    if not variants:
        raise ConfigError(
            where="--models",
            found="no model",
            expected=f"some of {', '.join(names())}",
            todo="For example --models popularity,ease,lightgcn.",
        )
    for one in variants:
        if variants.count(one) > 1:
            raise ConfigError(
                where="--models",
                found=f"'{one.text[:60]}' twice",
                expected="each model once",
                todo="Drop one of them.",
            )
    return variants


def default_variants(dataset: Dataset, task: str) -> list[Variant]:
    """Every recommender of a task, and the further committed choices for this data set."""
    found = []
    for name in (one for one in names() if recommender_class(one).task == task):
        found.append(Variant(name))
        for key, entry in sorted(chosen_entries(dataset.name).items()):
            if key.startswith(f"{name}."):
                found.append(of_key(key, entry["settings"]))
    return found


def of_key(key: str, settings: Mapping[str, Any]) -> Variant:
    """The variant whose settings are kept under a name such as `lightgcn.history` or `lightgcn.loss=bpr`."""
    name, _, rest = key.partition(".")
    if "=" not in rest:
        return Variant(name, rest)
    # A value may hold a full stop, an entry's name no equals sign.
    entry, _, wished = rest.partition(".") if "=" not in rest.partition(".")[0] else ("", "", rest)
    fixed = [part.partition("=")[0] for part in wished.split(",")]
    return Variant(name, entry, tuple((one, settings[one]) for one in fixed))


def _parsed(word: str, dataset: str) -> Variant:
    head, _, rest = word.partition(":")
    name, _, entry = head.strip().partition(".")
    require_trainable(name)
    model = recommender_class(name)
    if entry and head.strip() not in chosen_entries(dataset):
        known = [key for key in sorted(chosen_entries(dataset)) if key.startswith(f"{name}.")]
        raise ConfigError(
            where=f"--models, '{word[:60]}'",
            found=f"no settings chosen under the name '{entry[:40]}' for {dataset}",
            expected=", ".join(known) or f"settings behind a colon: no others were chosen for {name}",
            todo=f"For example {name} or {name}:NAME=VALUE.",
        )
    wishes: dict[str, str] = {}
    for pair in filter(None, rest.split(",")):
        setting, equals, value = pair.partition("=")
        if not (setting.strip() and equals and value.strip()):
            raise ConfigError(
                where=f"--models, '{word[:60]}'",
                found=f"'{pair[:60]}'",
                expected="settings written NAME=VALUE behind the colon",
                todo="For example lightgcn:loss=bpr.",
            )
        wishes[setting.strip()] = value.strip()
    config = model.Config.of(wishes).as_dict()
    return Variant(name, entry, tuple((setting, config[setting]) for setting in wishes))


def _plain(value: Any) -> str:
    return (
        f"{value:g}" if isinstance(value, float) else value if isinstance(value, str) else json.dumps(value)
    )
