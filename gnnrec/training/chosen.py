"""Settings chosen on validation: a committed table by data set, which every fit reads."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from gnnrec.data.whole_files import replaced
from gnnrec.errors import RunError

_TABLE = Path(__file__).with_name("chosen_settings.json")


@cache
def _table() -> dict[str, Any]:
    return json.loads(_TABLE.read_text(encoding="utf-8")) if _TABLE.is_file() else {}


def chosen_entries(dataset: str) -> dict[str, dict[str, Any]]:
    """What was chosen for a data set, by recommender or recommender and variant (`lightgcn.history`).

    Each entry has `settings`, the `split` they were chosen on, how many were `tried`, and the validation score;
    one of a variant says in `variant` which settings make it.
    """
    return _table().get(dataset, {})


def settings_for(dataset: str, name: str, wishes: dict[str, Any] | None = None) -> tuple[dict[str, Any], str]:
    """The settings a fit uses and where they come from.

    Wishes apply over the settings chosen on validation for that data set (a committed table), else over the
    Config's defaults.
    """
    wishes = wishes or {}
    chosen = chosen_entries(dataset)
    variants = [
        (_wanted_by(key, entry), entry["settings"])
        for key, entry in sorted(chosen.items())
        if key.startswith(f"{name}.")
    ]
    # A variant's own entry is the better start for wishes that ask for that variant, and for no others.
    asked = [(when, settings) for when, settings in variants if when and not _differing(wishes, when)]
    plain = chosen.get(name, {}).get("settings", {})
    base = max(asked, key=lambda one: len(one[0]), default=({}, plain))[1]
    source = "chosen on validation" if base else "defaults"
    changed = _differing(base, wishes)
    return {**base, **wishes}, f"{source}, changed: {', '.join(changed)}" if changed else source


def _wanted_by(key: str, entry: dict[str, Any]) -> dict[str, Any]:
    """The settings that make a variant: those its entry names, else those in its key (`lightgcn.loss=bpr`)."""
    if "variant" in entry:
        return entry["variant"]
    named = (part.partition("=") for part in key.partition(".")[2].split(",") if "=" in part)
    return {name: value for name, _, value in named}


def keep_chosen(dataset: str, key: str, entry: dict[str, Any]) -> Path:
    """Put a choice into the committed table, in place of the one before.

    Args:
        dataset: Name of the data set.
        key: Recommender, or recommender and variant.
        entry: `settings`, `split`, `tried` and the validation score.

    Raises:
        RunError: The package's folder cannot be written.
    """
    table = json.loads(_TABLE.read_text(encoding="utf-8")) if _TABLE.is_file() else {}
    entries = table.setdefault(dataset, {})
    # What makes a variant stays when better settings for it are found.
    kept = {name: value for name, value in entries.get(key, {}).items() if name == "variant"}
    entries[key] = kept | entry
    try:
        with replaced(_TABLE) as partial:
            partial.write_text(json.dumps(table, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    except OSError as error:
        raise RunError(
            where=str(_TABLE),
            found=error.strerror or str(error),
            expected="room and permission to write",
            todo="Do without --write-settings, or work in a checkout of your own.",
        ) from error
    _table.cache_clear()
    return _TABLE


def _differing(settings: dict[str, Any], wishes: dict[str, Any]) -> list[str]:
    return sorted(
        name for name, value in wishes.items() if name not in settings or not _alike(settings[name], value)
    )


def _alike(one: Any, other: Any) -> bool:
    """Whether two values say the same, typed or as written on a command line: 0 and "0", False and "false"."""
    try:
        return float(one) == float(other)
    except (TypeError, ValueError):
        return str(one).lower() == str(other).lower()
