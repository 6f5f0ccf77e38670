"""Settings of recommenders: frozen dataclasses whose fields carry help and range, for forms, commands and docs."""

from __future__ import annotations

import dataclasses
from typing import Any

from gnnrec.errors import ConfigError


def setting(
    default: Any,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple | None = None,
    unit: str = "",
) -> Any:
    """A dataclass field of a Config.

    Args:
        default: Value unless chosen otherwise; its type is the type of the setting.
        help: What it does, in words fit for the screen.
        low: Smallest value allowed.
        high: Largest value allowed.
        choices: The values allowed, where they are few.
        unit: Unit for the screen, such as "epochs".
    """
    return dataclasses.field(
        default=default, metadata={"help": help, "low": low, "high": high, "choices": choices, "unit": unit}
    )


class Settings:
    """Base of every Config: checks each field against its own range at construction."""

    def __post_init__(self) -> None:
        for one in dataclasses.fields(self):
            object.__setattr__(self, one.name, _checked(type(self), one, getattr(self, one.name)))

    @classmethod
    def of(cls, values: dict[str, Any]) -> Any:
        """A Config from named values, texts of a command line included.

        Raises:
            ConfigError: A name is unknown, or a value has the wrong kind or lies outside its range.
        """
        known = {one.name for one in dataclasses.fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ConfigError(
                where=f"settings of {cls.__qualname__.split('.')[0]}",
                found=f"unknown setting '{unknown[0][:40]}'",
                expected=f"one of {', '.join(sorted(known)) or 'none: it has no settings'}",
                todo="Correct the name.",
            )
        return cls(**values)

    @classmethod
    def describe(cls) -> list[dict[str, Any]]:
        """Every field as plain values: name, type, default, help, low, high, choices, unit."""
        return [
            {
                "name": one.name,
                "type": type(one.default).__name__,
                "default": one.default,
                **dict(one.metadata),
            }
            for one in dataclasses.fields(cls)
        ]

    def as_dict(self) -> dict[str, Any]:
        """The values by name."""
        return dataclasses.asdict(self)


def _checked(owner: type, one: dataclasses.Field, value: Any) -> Any:
    kind = type(one.default)
    where = f"settings of {owner.__qualname__.split('.')[0]}, {one.name}"
    try:
        if kind is bool and isinstance(value, str):
            value = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[
                value.lower()
            ]
        elif kind is int and (isinstance(value, bool) or float(value) != int(float(value))):
            raise ValueError
        else:
            value = kind(float(value)) if kind is int else kind(value)
    except (TypeError, ValueError, KeyError, OverflowError):
        raise ConfigError(
            where=where,
            found=f"'{str(value)[:40]}'",
            expected={int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "text"),
            todo=f"For example {one.default}.",
        ) from None
    rule = one.metadata
    if rule["choices"] and value not in rule["choices"]:
        raise ConfigError(
            where=where,
            found=f"'{value}'",
            expected=f"one of {', '.join(map(str, rule['choices']))}",
            todo=f"For example {one.default}.",
        )
    low, high = rule["low"], rule["high"]
    if (low is not None and not value >= low) or (high is not None and not value <= high):
        raise ConfigError(
            where=where,
            found=str(value),
            expected=f"a value from {low} to {high}",
            todo=f"For example {one.default}.",
        )
    return value
