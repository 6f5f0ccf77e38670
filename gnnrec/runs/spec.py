"""RunSpec: everything that decides what a training job gives, and the identity made of it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gnnrec.data import Dataset, Split, fingerprint
from gnnrec.data import split as cut
from gnnrec.data.forgetting import Pair, forgetting, forgotten_pairs
from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.recommenders import create, names, recommender_class, require_trainable
from gnnrec.training import device as devices
from gnnrec.training import is_trained, settings_for

if TYPE_CHECKING:
    from gnnrec.checkpoints import Checkpoint

# More words than this in a name stop saying anything.
_WORDS = 2


@dataclass(frozen=True)
class RunSpec:
    """What to train.

    Attributes:
        dataset: Name of the data set.
        recommender: Name of the recommender.
        split: Address of the split protocol.
        split_hash: The split itself; a run refuses to go on with another.
        fingerprints: Data parts that are used, with their sha256.
        settings: The whole Config, by name.
        seed: Of the model.
        device: `auto`, `cpu` or `cuda`.
        settings_from: Where the settings come from, in words.
        forget: Pairs (user id, item id) taken out of what is learned from.
        max_seconds: Longest time of the final fit, or None.
        label: Name of the model for the screen.
        slug: Wished name of the checkpoint's folder; made from label and run id where empty.
        base: Address of the model that this one is compared with afterwards.
        sizes: `users`, `items` and `train` rows, from which time and memory are estimated.
    """

    dataset: str
    recommender: str
    split: str
    split_hash: str
    fingerprints: Mapping[str, str]
    settings: Mapping[str, Any]
    seed: int = 0
    device: str = "auto"
    settings_from: str = "defaults"
    forget: tuple[Pair, ...] = field(default=())
    max_seconds: float | None = None
    label: str = ""
    slug: str = ""
    base: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        recommender: str,
        *,
        split: Split | str | None = None,
        settings: Mapping[str, Any] | None = None,
        seed: int = 0,
        device: str = "auto",
        forget: Iterable[Pair] = (),
        max_seconds: float | None = None,
        slug: str = "",
        base: str = "",
    ) -> RunSpec:
        """A checked spec: unknown settings, absent parts and absent pairs are found before anything starts.

        Args:
            dataset: What to learn from.
            recommender: Its name.
            split: A split, an address, or None for the data set's default.
            settings: Over those chosen on validation for this data set, or the defaults.
            seed: Of the model.
            device: `auto`, `cpu` or `cuda`.
            forget: Pairs (user id, item id) taken out of what is learned from.
            max_seconds: Longest time of the final fit.
            slug: Wished name of the checkpoint.
            base: Address of the model to compare with.

        Raises:
            ConfigError: A setting, the seed, the time or the device is out of range.
            IncompatibleError: The data set lacks what the recommender needs, or it cannot learn here.
            DataError: A pair to forget is unknown.
        """
        require_trainable(recommender)
        model = recommender_class(recommender)
        lacking = model.missing_needs(dataset)
        if lacking:
            raise IncompatibleError(
                where=f"{model.title} on {dataset.title}",
                found=f"no {', '.join(sorted(lacking))}",
                expected="a data set that provides it",
                todo="Choose another recommender or data set.",
            )
        values, source = settings_for(dataset.name, recommender, dict(settings or {}))
        config = create(recommender, values).config.as_dict()
        base_values = create(recommender, settings_for(dataset.name, recommender)[0]).config.as_dict()
        changed = {name: value for name, value in config.items() if value != base_values[name]}
        source = source.partition(", changed")[0]
        if changed:
            source += f", changed: {', '.join(sorted(changed))}"
        _in_range("seed", seed, 0, 2**32 - 1)
        if max_seconds is not None:
            _in_range("longest time", max_seconds, 1, 30 * 86400)
        if device not in devices.DEVICES:
            devices.choose(device)
        chosen = split if isinstance(split, Split) else cut(dataset, split)
        pairs = tuple(sorted({(str(user), str(item)) for user, item in forget}))
        forgetting(chosen, pairs)
        used = ["interactions", *sorted(need for need in model.needs if dataset.fingerprint(need))]
        return cls(
            dataset=dataset.name,
            recommender=recommender,
            split=str(chosen),
            split_hash=chosen.hash,
            fingerprints={part: dataset.fingerprint(part) for part in used},
            settings=config,
            seed=int(seed),
            device=device if is_trained(recommender) else "cpu",
            settings_from=source,
            forget=pairs,
            max_seconds=None if max_seconds is None else float(max_seconds),
            label=label(recommender, changed, int(seed), pairs, dataset),
            slug=slug,
            base=base,
            sizes={
                "users": dataset.n_users,
                "items": dataset.n_items,
                "train": len(chosen.rows(*chosen.fitted_parts)),
            },
        )

    @cached_property
    def identity(self) -> str:
        """Hash of data parts, split, model, settings, seed and what is forgotten."""
        return _identity(
            self.fingerprints, self.split_hash, self.recommender, self.settings, self.seed, self.forget
        )

    def check(self, dataset: Dataset) -> Split:
        """The split to train on, after comparing the data at hand with what was asked for.

        Raises:
            IncompatibleError: The data set or the way it is cut changed since.
        """
        different = [part for part, value in self.fingerprints.items() if dataset.fingerprint(part) != value]
        split = cut(dataset, self.split)
        if different or split.hash != self.split_hash:
            raise IncompatibleError(
                where=f"{self.label} on {dataset.title}",
                found=f"other {', '.join(different) or 'split'} than when the run was asked for",
                expected="unchanged data",
                todo="Start a new run with the data as it is now.",
            )
        return forgetting(split, self.forget)

    def checkpoint_slug(self, run_id: str) -> str:
        """Name of the checkpoint's folder, such as `demo-lightgcn-3-hops-r12`."""
        if self.slug:
            return self.slug
        words = self.label.partition(",")[2].replace("%", "")
        return _slug(f"{self.dataset}-{self.recommender}-{words}", 80 - len(run_id) - 1) + f"-{run_id}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return dataclasses.asdict(self) | {"forget": [list(pair) for pair in self.forget]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RunSpec:
        """The spec from plain values; names that this version does not know are left out."""
        known = {one.name for one in dataclasses.fields(cls)}
        kept = {name: value for name, value in values.items() if name in known}
        return cls(**kept | {"forget": forgotten_pairs(values)})


def identity_of(checkpoint: Checkpoint) -> str:
    """The identity of the run that would give this checkpoint.

    A setting that its recommender has gained since then had its default's meaning when it was made.
    """
    config = checkpoint.config
    name = config["recommender"]
    known = (
        {one["name"]: one["default"] for one in recommender_class(name).Config.describe()}
        if name in names()
        else {}
    )
    return _identity(
        config["fingerprints"],
        config["split_hash"],
        name,
        known | config["settings"],
        config["seed"],
        forgotten_pairs(config),
    )


def label(
    recommender: str, changed: Mapping[str, Any], seed: int, forget: tuple[Pair, ...], dataset: Dataset
) -> str:
    """Name of a model for the screen, such as `LightGCN, 3 hops, seed 1`."""
    fields = {one["name"]: one for one in recommender_class(recommender).Config.describe()}
    words = [setting_words(one, changed[name]) for name, one in fields.items() if name in changed]
    if len(words) > _WORDS:
        words[_WORDS:] = [f"{len(words) - _WORDS} more"]
    if forget:
        words.append(f"{dataset.words.count_items(len(forget))} forgotten")
    if seed:
        words.append(f"seed {seed}")
    return ", ".join([recommender_class(recommender).title, *words])


def setting_words(field_: Mapping[str, Any], value: Any) -> str:
    """A setting in words: `3 hops`, `popularity exponent 0.5`, `use friends: no`."""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    name = str(field_["name"]).removeprefix("n_").replace("_", " ")
    if field_["unit"] == "hops":
        return "1 hop" if value == 1 else f"{shown} hops"
    return f"{name}: {shown}" if shown in ("yes", "no") else f"{name} {shown}"


def _identity(
    fingerprints: Mapping[str, str],
    split_hash: str,
    recommender: str,
    settings: Mapping[str, Any],
    seed: int,
    forget: Iterable[Pair],
) -> str:
    return fingerprint.of_json(
        {
            "data": dict(fingerprints),
            "split": split_hash,
            "recommender": recommender,
            "settings": dict(settings),
            "seed": seed,
            "forget": [list(pair) for pair in forget],
        }
    )


def _slug(text: str, most: int) -> str:
    plain = re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")
    return re.sub(r"\.{2,}", ".", plain)[:most].strip("-.")


def _in_range(name: str, value: float, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ConfigError(
            where=name,
            found=str(value)[:40],
            expected=f"a number from {low:,} to {high:,}",
            todo="Correct it.",
        )
