"""What a leaderboard says in words: who leads, whether a simple model wins, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gnnrec.evaluation import chosen_on

_MOST_NAMED = 6


def sentences(table: Mapping[str, Any]) -> list[str]:
    """A few sentences about a table, made from its figures alone.

    Args:
        table: As written to JSON, rows with the best test figure first.
    """
    if not table["rows"]:
        return ["No model could be measured."]
    found = [_lead(table), *_against_simple(table), _shared(table), _spread(table)]
    return [one for one in found if one]


def metric_title(name: str) -> str:
    """A metric for readers: `NDCG@10`, `Recall@20`, `RMSE`."""
    short, at, k = name.partition("@")
    return (short.upper() if short in ("ndcg", "mrr", "map", "rmse", "mae") else short.capitalize()) + at + k


def figure(value: float | None) -> str:
    """A metric's value: four decimals."""
    return "–" if value is None else f"{value:.4f}"


def interval_words(found: Mapping[str, Any]) -> str:
    """`+0.0012 (−0.0003 to +0.0027)`."""
    if found["low"] is None:
        return signed(found["mean"])
    return f"{signed(found['mean'])} ({signed(found['low'])} to {signed(found['high'])})"


def signed(value: float) -> str:
    """A difference: four decimals, always with its sign."""
    return f"{value:+.4f}".replace("-", "−")


def _lead(table: Mapping[str, Any]) -> str:
    metric, rows = table["metrics"][0], table["rows"]
    chosen = chosen_on(table["task"])
    by_validation = max(rows, key=lambda row: chosen.gain(row["valid"][metric]["mean"] or 0.0))
    title, best = metric_title(metric), rows[0]
    said = f"{best['model']} has the best {title} on test, {figure(best['test'][metric]['mean'])}"
    if by_validation is best:
        return f"{said}, and was the best on validation too."
    other = figure(by_validation["test"][metric]["mean"])
    return f"{said}; who goes by validation would take {by_validation['model']}, {other} on test."


def _against_simple(table: Mapping[str, Any]) -> list[str]:
    """Whether a simple model wins, in words."""
    simple = next((row for row in table["rows"] if row["variant"] == table["best_simple"]), None)
    others = [row for row in table["rows"] if not row["simple"] and row["to_best_simple"]]
    if simple is None or not others:
        return []
    higher = table["chosen_on"]["direction"] == "higher"
    metric = table["metrics"][0]
    title = metric_title(metric)
    clear, level, behind = [], [], []
    for row in others:
        gap = row["to_best_simple"]
        low, high = (gap["low"], gap["high"]) if higher else (_minus(gap["high"]), _minus(gap["low"]))
        (level if low is None or low <= 0 <= high else clear if low > 0 else behind).append(row)
    name = f"{simple['model']}, the best simple model by validation ({title} {figure(simple['test'][metric]['mean'])})"
    if clear:
        first = clear[0]
        gap = interval_words(first["to_best_simple"])
        found = [f"Clearly better than {name}: {_names(clear)}; {first['model']} by {gap}."]
    else:
        nearest = others[0]
        ahead = higher == (nearest["to_best_simple"]["mean"] > 0) and nearest["to_best_simple"]["mean"] != 0
        gap = interval_words(nearest["to_best_simple"])
        verdict = (
            f"{nearest['model']} comes out ahead of it, but by no more than chance explains: {gap}."
            if ahead
            else f"The nearest of the others is {nearest['model']}, {gap} to it."
        )
        found = [f"A simple model wins: none of the others is clearly better than {name}. {verdict}"]
    if level:
        found.append(f"No clear difference to it: {_names(level)}.")
    if behind:
        found.append(f"Clearly worse than it: {_names(behind)}.")
    return found


def _shared(table: Mapping[str, Any]) -> str:
    """How to read the intervals."""
    if not any(row["to_best_simple"] for row in table["rows"]):
        return ""
    told = {
        "rating": ", who are drawn again with their ratings",
        "next_item": ", drawn again with all their clicks",
    }
    people = f"people{told.get(table['task'], '')}"
    better = "lower" if table["chosen_on"]["direction"] == "lower" else "higher"
    return (
        f"Differences are on {metric_title(table['metrics'][0])} of test, with 95 % intervals from a paired "
        f"bootstrap over {people}; values of one person on several splits or seeds are averaged first. "
        f"{better.capitalize()} is better."
    )


def _spread(table: Mapping[str, Any]) -> str:
    splits = len(table["splits"])
    fits = [len(row["cells"]) for row in table["rows"]]
    if max(fits) == 1:
        return "One split and one seed: how far figures vary between runs is not known."
    several = [f"{splits} splits"] if splits > 1 else []
    if max(fits) > splits:
        several.append(f"{table['seeds']} seeds{_fewer(table)}")
    return f"± is the standard deviation over {' and '.join(several)}."


def _fewer(table: Mapping[str, Any]) -> str:
    """Which rows have one seed, and why; what is trained has a best epoch."""
    once = [row for row in table["rows"] if len(row["cells"]) == len(table["splits"])]
    said = ["closed forms: one, nothing in them is left to chance"] * any(
        not row["best_epochs"] for row in once
    )
    long = [row for row in once if row["best_epochs"]]
    said += [f"one, as it takes long: {_names(long)}"] * bool(long)
    return f" ({'; '.join(said)})" if said else ""


def _names(rows: list[Mapping[str, Any]]) -> str:
    names = [row["model"] for row in rows]
    if len(names) > _MOST_NAMED:
        names[_MOST_NAMED:] = [f"{len(names) - _MOST_NAMED} more"]
    return "; ".join(names)


def _minus(value: float | None) -> float | None:
    return None if value is None else -value
