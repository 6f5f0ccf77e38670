"""Writes docs/explanations.md from the measured results: `python docs/explanations.py`.

The results come from `python -m benchmarks.explanation_audit`.
"""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gnnrec.data.words import listed  # noqa: E402
from gnnrec.explain.audit import CHANCE, FAITHFUL, UNKNOWN, VERDICTS, WEAK  # noqa: E402
from gnnrec.explain.audit_people import CONTROLS, INVERTED, RANDOM  # noqa: E402
from gnnrec.explain.masks import GNN_EXPLAINER  # noqa: E402
from gnnrec.explain.methods import METHODS  # noqa: E402
from gnnrec.recommenders import create, names  # noqa: E402
from gnnrec.recommenders.capabilities import CAPABILITIES, DIFFERENTIABLE  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "explanation-audit.json"
PAGE = ROOT / "docs" / "explanations.md"
# Limits that the parts of a score have to keep, as shares of the sum of their sizes.
SINGLE, DOUBLE = 1e-4, 1e-5
WIDTH = 118
# From this share of people on it is said that a method fails for some of them.
_OFTEN = 0.1


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(json.loads(RESULT.read_text(encoding="utf-8"))), encoding="utf-8")


def page(result: dict[str, Any]) -> str:
    """docs/explanations.md."""
    return f"""# Can an explanation be believed?

An explanation says which items of a person's history a recommendation hangs on. It can look convincing and be
wrong. So every explanation here is judged by what happens when the items it names are taken out and the model is
asked again: parameters frozen, edges and degrees changed, messages passed again. That says whether an explanation is
true to the model; whether it is true of the person is another question, which only made-up data can answer.

In short, for MovieLens 100K but the last point. Numbers are deletion areas: 1 is as good as the true order, 0 is chance.

{_in_words(result)}

{_limits(result)}

## The methods

| method | what it measures | asks of a model |
| --- | --- | --- |
{chr(10).join(f"| {one.title} | {one.words} | {_needs(one)} |" for one in METHODS.values())}

{_capabilities()}

*Because* splits the score through each message; *deletion* takes the message away and lets everybody's degrees and
the length of the person's vector change with it. For a model that adds up its history and nothing else the two are
the same; for others they are not, and *deletion* is what the others are judged by. *Paths* reads the graph and never
asks the model: where it scores well, what the model does is much like following such paths.

## How they are judged

- **Deletion area.** The first 1, 2, 3, 5 and 10 items that the explanation names are taken out, as many as the
  history allows. How much more the score loses than with random ones, on average over these steps, is divided by
  what the order of the true single effects reaches: 1 is as good as that order, 0 is chance, below 0 is worse.
- **Rank correlation** (Spearman) of the whole explanation with the true effect of taking out each item alone.
- **Stability**, for methods that draw: mean rank correlation between two seeds.
- **Half in**: how many items hold half of all that speaks for the recommendation, median over people; the fewer,
  the sparser.
- **Chance for**: for what share of the people the verdict on the single explanation is *{CHANCE}*.
- **Controls**: *{RANDOM}* is a random order of the history and must score as chance, *{INVERTED}* is the true order
  the wrong way round and must score below it.

{_verdicts()}

The same for one model of yours, and for one recommendation:

```
python -m gnnrec audit CHECKPOINT --users 200
python -m gnnrec explain CHECKPOINT --user ID --item ID --method because
```

## Do the parts add up?

For {result["pairs"]:,} pairs of random people and items of MovieLens 100K (`{result["split"]}`) and every model that
splits its scores: how far the parts miss the score, as a share of the sum of their sizes. The limits are
{_tiny(SINGLE)} in single precision, in which models answer, and {_tiny(DOUBLE)} in double precision.

| model | largest miss, single | largest miss, double |
| --- | ---: | ---: |
{chr(10).join(_exact_row(one) for one in result["exact"])}

{_about_exactness(result)}

## The audit

MovieLens 100K, `{result["split"]}`, settings of the models chosen on validation, each trained once. For each of
{result["people"]} people the first item of their list is explained; masks are slower and judged on the first of these
people, as many as the table says; methods that draw with {result["seeds"]} seeds. In brackets 95 % bootstrap intervals
over people.

{chr(10).join(_audit_table(one) for one in result["audit"])}
How to read it: *faithful* is about a method over many people; *chance for* says for how many of them the single
explanation was no better than chance all the same, which is why every explanation carries its own verdict. A low rank
correlation beside a high area means that the first items are right and the rest is not.

## Are the reasons true?

The demo data was made, so it is known what each viewing came from (see `docs/demo-data.md`). Of the held-out viewings
(validation) that came from at least one film of the person's train history, {result["viewings"]:,} are drawn (the
first of them for masks, with one seed), and each method is asked why the model scores that film as it does, whether
the model would have suggested it or not. *True* is how often what it names first is among the films the viewing came
from; *chance* is the same for a random film of the history. Models are the shipped ones. It is one made-up world, with
the causes its makers thought of: it can show that a method names false reasons, and not how often real people's are
true.

| model | method | viewings | true | chance | more than chance | |
| --- | --- | ---: | --- | ---: | --- | --- |
{chr(10).join(_true_row(entry, one) for entry in result["true_reasons"] for one in entry["methods"])}

{_about_truth(result)}

Made by `{result["made_by"]}` on {result["date"]}: Python {result["python"]}, torch {result["versions"]["torch"]};
written by `python docs/explanations.py`.
"""


def _in_words(result: dict[str, Any]) -> str:
    """What the tables say, by rule."""
    said = [_control_sentence(result)]
    for method in _methods(result):
        title = METHODS[method].title
        by_verdict: dict[str, list[str]] = {}
        for entry in result["audit"]:
            for one in entry["methods"]:
                if one["method"] == method:
                    by_verdict.setdefault(one["verdict"], []).append(f"{_name(entry)} {_two(one['area'])}")
        parts = [
            f"{verdict} for {listed(by_verdict[verdict])}" for verdict in VERDICTS if verdict in by_verdict
        ]
        said.append(f"- **{title}** is {'; '.join(parts)}.{_in_single_cases(result, method)}")
    said += [_closest_sentence(result), _true_sentence(result)]
    return "\n".join(textwrap.fill(one, WIDTH, subsequent_indent="  ") for one in said)


def _in_single_cases(result: dict[str, Any], method: str) -> str:
    """What a verdict on the whole hides: people for whom the explanation is no better than chance."""
    shares = [
        one["chance"]
        for entry in result["audit"]
        for one in entry["methods"]
        if one["method"] == method and one["verdict"] != CHANCE
    ]
    if not shares or max(shares) < _OFTEN:
        return ""
    low, high = _percent(min(shares)), _percent(max(shares))
    some = high if low == high else f"{low} to {high}"
    return f" Even so the single explanation is no better than chance for {some} of the people."


def _limits(result: dict[str, Any]) -> str:
    """What the tables do not show."""
    masks = [one for one in METHODS.values() if one.needs == {DIFFERENTIABLE}]
    by_mask = [
        entry for entry in result["audit"] if any(one["method"] in _names(masks) for one in entry["methods"])
    ]
    few = sorted(
        {one["people"] for entry in by_mask for one in entry["methods"] if one["method"] in _names(masks)}
    )
    able = [name for name in names() if DIFFERENTIABLE in create(name).capabilities]
    audited = {entry["of"].partition(".")[0] for entry in by_mask}
    others = listed([create(name).title for name in able if name not in audited])
    missing = f"; {others} allow them too and were not measured" if others else ""
    said = [
        f"- {listed([one.title for one in masks])} were measured for {len(by_mask)} models of {len(result['audit'])}, "
        f"on {listed([str(one) for one in few])} people each{missing}. "
        "What is said of them holds for the models in the tables.",
        f"- The settings of {METHODS[GNN_EXPLAINER].title} (what keeping a message costs, how long it learns) were chosen "
        "while looking at some of the same models and people, so its rows are optimistic.",
        "- One data set, one split, each model trained once, and the first item of a list: the intervals hold the chance "
        "in who was asked, and not what another training or other data would change.",
        "- The judge takes items out of a history; single effects and small groups of them. Effects that need many items "
        "to go together are not seen.",
    ]
    return "What these figures do not show:\n\n" + "\n".join(
        textwrap.fill(one, WIDTH, subsequent_indent="  ") for one in said
    )


def _names(methods: list[Any]) -> set[str]:
    return {one.name for one in methods}


def _capabilities() -> str:
    """The words of the last column, in words."""
    asked = sorted({one for method in METHODS.values() for one in method.needs})
    said = "; ".join(
        f"`{one}`: {CAPABILITIES[one][0].lower()}{CAPABILITIES[one][1:].rstrip('.')}" for one in asked
    )
    return textwrap.fill(f"What it asks of a model – {said}.", WIDTH, break_on_hyphens=False)


def _control_sentence(result: dict[str, Any]) -> str:
    random, inverted = (
        [one for entry in result["audit"] for one in entry["methods"] if one["method"] == name]
        for name in (RANDOM, INVERTED)
    )
    holds = [one for one in random if one["area_low"] <= 0 <= one["area_high"]]
    below = [one for one in inverted if one["area_high"] < 0]
    return (
        f"- The audit can say no: a deliberately random explanation scores as chance for {len(holds)} of "
        f"{len(random)} models ({_range([one['area'] for one in random])}), a deliberately inverted one below "
        f"it for {len(below)} of {len(inverted)} ({_range([one['area'] for one in inverted])})."
    )


def _closest_sentence(result: dict[str, Any]) -> str:
    by_method: dict[str, list[str]] = {}
    for entry in result["audit"]:
        best = max(_judged(entry), key=lambda one: one["spearman"])
        by_method.setdefault(METHODS[best["method"]].title, []).append(
            f"{_name(entry)} {_two(best['spearman'])}"
        )
    parts = [f"{title} for {listed(models)}" for title, models in by_method.items()]
    return (
        f"- Of what was measured, closest to the true effects by rank correlation: {'; '.join(parts)}. Masks are judged "
        "on fewer people than the rest."
    )


def _true_sentence(result: dict[str, Any]) -> str:
    rows = [(entry, one) for entry in result["true_reasons"] for one in entry["methods"]]
    entry, best = max(rows, key=lambda row: row[1]["true"])
    lost: dict[str, list[str]] = {}
    for of, one in rows:
        if one["gain_low"] <= 0:
            lost.setdefault(one["verdict"], []).append(f"{METHODS[one['method']].title} for {_name(of)}")
    told = [f"{verdict}: {listed(named)}" for verdict, named in lost.items()]
    between = f"{_percent(best['true_low'])} to {_percent(best['true_high'])}"
    sentence = (
        f"- **True of the person**, on the made-up demo data: the first reason is true in {_percent(best['true'])} of "
        f"viewings ({between}) where it is so most often ({METHODS[best['method']].title} for {_name(entry)}; chance "
        f"{_percent(best['chance'])}), so that most first reasons are not what moved the person"
    )
    return sentence + f"; {'; '.join(told) if told else 'all beat chance'}."


def _methods(result: dict[str, Any]) -> list[str]:
    judged = {one["method"] for entry in result["audit"] for one in entry["methods"]}
    return [name for name in METHODS if name in judged]


def _judged(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The methods of a model, without controls, in the order of the table of methods."""
    rows = {one["method"]: one for one in entry["methods"]}
    return [rows[name] for name in METHODS if name in rows]


def _name(entry: dict[str, Any]) -> str:
    """A model within a list of models; its settings in brackets."""
    name, _, settings = entry["title"].partition(", ")
    return f"{name} ({settings})" if settings else name


def _needs(method: Any) -> str:
    return ", ".join(f"`{one}`" for one in sorted(method.needs))


def _verdicts() -> str:
    rows = "\n".join(f"| {name} | {words} |" for name, words in VERDICTS.items())
    many = (
        f"Over many people: *{CHANCE}* where the interval of the mean area reaches zero, *{FAITHFUL}* where it lies "
        f"above a half and the mean rank correlation is at least a half, *{WEAK}* between, *{UNKNOWN}* for fewer "
        "than ten people."
    )
    return f"""| verdict on one explanation | |
| --- | --- |
{rows}

{textwrap.fill(many, WIDTH)}"""


def _about_exactness(result: dict[str, Any]) -> str:
    over = [
        _name(one)
        for one in result["exact"]
        if one["single"]["largest"] >= SINGLE or one["double"]["largest"] >= DOUBLE
    ]
    kept = f"Over the limit: {listed(over)}." if over else "All keep both limits."
    by_rest = [_name(one) for one in result["exact"] if one["single"]["largest"] < 1e-12]
    if by_rest:
        kept += (
            f" {listed(by_rest)} cannot miss: the own part is defined as what the shares of the history leave of "
            "the score."
        )
    return textwrap.fill(kept, WIDTH)


def _about_truth(result: dict[str, Any]) -> str:
    shares = [
        one["true"]
        for entry in result["true_reasons"]
        for one in entry["methods"]
        if one["method"] == "deletion"
    ]
    return textwrap.fill(
        "Deletion asks the model itself, and the others are judged by it; what it names first is true of the "
        f"person in {_percent(min(shares))} to {_percent(max(shares))} of these viewings. What a model goes by and what "
        "moved the person are two questions.",
        WIDTH,
    )


def _exact_row(one: dict[str, Any]) -> str:
    return f"| {_name(one)} | {_tiny(one['single']['largest'])} | {_tiny(one['double']['largest'])} |"


def _audit_table(entry: dict[str, Any]) -> str:
    controls = [one for one in entry["methods"] if one["method"] in CONTROLS]
    rows = "\n".join(_audit_row(one) for one in [*_judged(entry), *controls])
    return f"""### {_name(entry)}

| method | people | deletion area | rank correlation | stability | half in | chance for | verdict |
| --- | ---: | --- | --- | ---: | ---: | ---: | --- |
{rows}
"""


def _audit_row(one: dict[str, Any]) -> str:
    half = "" if one["method"] in CONTROLS else f"{one['half']:.0f}"
    return (
        f"| {_title(one['method'])} | {one['people']} | {_between(one, 'area')} | {_between(one, 'spearman')} "
        f"| {_two(one['stability'])} | {half} | {_percent(one['chance'])} | {one['verdict']} |"
    )


def _true_row(entry: dict[str, Any], one: dict[str, Any]) -> str:
    true = f"{_percent(one['true'])} ({_percent(one['true_low'])} to {_percent(one['true_high'])})"
    gain = f"{100 * one['gain']:+.0f} points ({100 * one['gain_low']:+.0f} to {100 * one['gain_high']:+.0f})"
    gain = gain.replace("-", "−")
    return (
        f"| {_name(entry)} | {METHODS[one['method']].title} | {one['viewings']} | {true} "
        f"| {_percent(one['chance'])} | {gain} | {one['verdict']} |"
    )


def _title(method: str) -> str:
    return METHODS[method].title if method in METHODS else f"*{method}*"


def _between(one: dict[str, Any], name: str) -> str:
    return f"{_two(one[name])} ({_two(one[f'{name}_low'])} to {_two(one[f'{name}_high'])})"


def _two(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _tiny(value: float) -> str:
    return "0" if value == 0 else f"{value:.0e}".replace("e-0", "e-")


def _range(values: list[float]) -> str:
    low, high = _two(min(values)), _two(max(values))
    return low if low == high else f"{low} to {high}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


if __name__ == "__main__":
    main()
