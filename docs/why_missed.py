"""Writes docs/why-missed.md from the measured results: `python docs/why_missed.py`.

The results come from `python -m benchmarks.why_missed`.
"""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gnnrec.data import FILMS  # noqa: E402
from gnnrec.evaluation.bootstrap import wilson  # noqa: E402
from gnnrec.evaluation.miss_words import class_words  # noqa: E402
from gnnrec.evaluation.missed import CLASSES, OTHER  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "why-missed.json"
PAGE = ROOT / "docs" / "why-missed.md"
TITLES = {"lightgcn": "LightGCN", "gat": "Graph attention", "ease": "EASE"}

CHANGES = """
Looking changed the rules, and after each change ten fresh ones were drawn:

- *Near-duplicates* were pairs with a high cosine of audiences. Very popular films have that with each other, related or
  not. Now people count less the longer their history is, and genres have to agree where they are known.
- *Against taste* asked that half of the films about as popular fit better; now it is 60 %. This made it rarer, not more
  often right.
- *Popularity* asked first whether an item would be in the list without those at least twice as popular. By that rule
  the model that ranks by nothing but popularity had not one such miss. Now it is where the item stands among those no
  more popular.
- *No room* asked only for ten hits above. At rank 600 that is true and explains nothing.
- *Popularity* reached down to the first 50 among those no more popular; what was beyond stood under *other* and
  looked the same. Now it is the first 100.
"""

LIMITS = """
## What this does not show

- The author of the rules judged knowing the class and the numbers measured: that says whether a statement is a fair
  description. The blind judge says whether somebody else would have chosen it unasked, which is far less often so.
  Each judged once; ten of a class give wide intervals, and ten of each say nothing of how common a class is.
- A class is a description, not a proof of a cause. Only *near-duplicates* and *popularity* say what would happen had
  one thing been different, and they take things out of the list without training the model again.
- *Against taste* knows people in common and genres. Somebody who likes a director looks like a change of taste.
- Near-duplicates that people choose instead of one another (an original or its remaster) are not found: nobody has
  both. Of the 20 planted pairs of the demo it finds none.
- *Unreachable* needs a model that passes messages, or one whose score is a sum over the history. In dense data like
  MovieLens it hardly occurs: three steps lead nearly everywhere.
- *Other* is what is left: {other} of the misses here. It is larger without genres, for models that are
  hardly trained, and in large catalogues, where rank 5 K is still among the first few items of a thousand.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(json.loads(RESULT.read_text(encoding="utf-8"))), encoding="utf-8")


def page(result: dict[str, Any]) -> str:
    """The page of a result."""
    k = result["k"]
    words = class_words(FILMS, k)
    films, judged = result["movielens-100k"], result["judged"]
    right = sum(judged[name].get(name, 0) for name in judged if name != "cold_person")
    looked = sum(sum(judged[name].values()) for name in judged if name != "cold_person")
    blind = result["judged_blind"]
    same, seen = (
        sum(row.get(name, 0) for name, row in blind.items()),
        sum(sum(row.values()) for row in blind.values()),
    )
    first = films["lightgcn"]
    newcomers = [f"{TITLES[name]} {_listed(one['newcomers'])}" for name, one in result["demo_truth"].items()]
    lines = [
        "# Why was it missed?",
        "",
        *_told(
            f"Every held-out item that a model leaves out of its first {k} is put in exactly one class by measurable rules,",
            "on the Errors page, by `python -m gnnrec missed CHECKPOINT`, and by `gnnrec.evaluation.missed`. Whether the",
            "classes can be believed is measured here: on MovieLens 100K by looking, on the made-up demo by its truth.",
        ),
        "",
        *_told(
            f"- For {TITLES['lightgcn']}, {first['misses']:,} of {first['held_out']:,} held-out films are missed.",
            f"{first['unavoidable']:,} of these no list of {k} could have held, because people hold out more than {k}.",
        ),
        *_told(
            "- Looked at one by one, ten of each class however common it is, the class was the best description of",
            f"{right} of {looked} misses ({_wilson(right, looked)}), in the eyes of the author of the rules. Somebody who",
            "saw neither the class nor what was measured, and chose one unasked, chose the same for",
            f"{same} of {seen} others ({_wilson(same, seen)}).",
        ),
        *_told(
            "- On the demo, where everybody's true taste is known, what the rules call *unlike their history* truly stands",
            f"lower ({_place(result, 'against_taste')}) than what they call *just missed* ({_place(result, 'near_miss')})",
            f"or *pushed out by popularity* ({_place(result, 'popularity')}): the share of films not watched that the",
            "person would have liked less.",
        ),
        "",
        "## The rules",
        "",
        *_told(
            "They are tried in this order, and the first that fits is taken: first what neither the data nor the model",
            "could give, then what took the places of an item that was near, then, far away, what speaks from the",
            "person's own history.",
        ),
        "",
        *(
            line
            for place, name in enumerate(CLASSES, 1)
            for line in _told(f"{place}. **{words[name].title}** (`{name}`). {words[name].rule}")
        ),
        "",
        *_told(
            "Who is cold, person or item, is settled by which is scarcer. Fit by who has both is the cosine of two items'",
            "people, each weighing 1 / √(length of history), summed over the history; by genres it is the cosine of the",
            "item's genres with those of the history. Popularity is the number of people in train.",
        ),
        "",
        "## How many",
        "",
        *_told(
            f"Validation of `{result['split']}`, lists of {k}, settings chosen for the data; number of misses and share of",
            "the model's misses with its 95 % interval over people.",
        ),
        "",
        *_counts("MovieLens 100K", films, words),
        "",
        *_counts("Demo", result["demo"], words),
        "",
        "## Looked at",
        "",
        *_told(
            "Ten misses of each class, drawn at random from the three models' misses on MovieLens 100K (from those on the",
            "demo for people of whom little is known, since MovieLens 100K has none). For each: the history with titles,",
            "genres and popularity, the list, and what was measured. Rows: the class by the rules; columns: what the",
            "author of the rules would have called it on looking. No miss of these models was out of reach, so there was",
            "nothing to look at.",
        ),
        "",
        *_confusion(judged),
        "",
        *_told(
            "Blind: ten others of each class, shuffled, with neither the class nor what was measured for it, judged by",
            "somebody who had not read the rules, only a sentence on each class.",
        ),
        "",
        *_confusion(blind),
        "",
        *_told(
            "Unasked, hardly anybody sees a near-duplicate: a sequel in the list explains little where other films stand",
            "above as well. What the rules leave over (*other*) is mostly called unlike the history or pushed out by",
            "popularity. The rules are a vocabulary to count with, not what everybody would say.",
        ),
        CHANGES,
        "Before those changes, of ten:",
        "",
        *_confusion(result["judged_before"]),
        "",
        "`python -m benchmarks.why_missed --look 10` draws others to look at.",
        "",
        "## Against the truth of the demo",
        "",
        *_told(
            "For each missed film, the share of the films not in the person's history that they would truly have liked",
            "less (1 is the very best one), on average; in brackets the number of misses. The rules know nothing of it.",
        ),
        "",
        *_truth(result, words),
        "",
        *_told("Misses of the planted newcomers:", "; ".join(newcomers) + "."),
        LIMITS.format(other=_between(result, OTHER)),
        f"Made by `{result['made_by']}` on {result['date']}.",
        "",
    ]
    return "\n".join(lines)


def _told(*parts: str) -> list[str]:
    """A paragraph in lines of readable length; what follows the first line of a point is set in."""
    text = " ".join(parts)
    mark = "  " if text.startswith("- ") else "   " if text[:1].isdigit() else ""
    return textwrap.wrap(text, 118, subsequent_indent=mark, break_long_words=False, break_on_hyphens=False)


def _counts(title: str, models: dict[str, Any], words: dict[str, Any]) -> list[str]:
    head = [
        f"| {title} | {' | '.join(TITLES[name] for name in models)} |",
        f"| --- |{' ---: |' * len(models)}",
    ]
    rows = [
        f"| {words[name].title} | "
        + " | ".join(
            f"{one['n']:,} · {one['share']:.1%} ({one['low']:.1%} to {one['high']:.1%})" if one["n"] else "0"
            for one in (model["classes"][name] for model in models.values())
        )
        + " |"
        for name in CLASSES
    ]
    return [*head, *rows, f"| misses | {' | '.join(format(one['misses'], ',') for one in models.values())} |"]


def _confusion(judged: dict[str, dict[str, int]]) -> list[str]:
    columns = [name for name in CLASSES if any(name in row for row in judged.values())]
    head = [
        f"| by the rules | {' | '.join(name.replace('_', ' ') for name in columns)} | agree |",
        f"| --- |{' ---: |' * (len(columns) + 1)}",
    ]
    return head + [
        f"| {name.replace('_', ' ')} | {' | '.join(str(row.get(one, '')) for one in columns)} "
        f"| {row.get(name, 0)} of {sum(row.values())} |"
        for name, row in judged.items()
    ]


def _truth(result: dict[str, Any], words: dict[str, Any]) -> list[str]:
    models = result["demo_truth"]
    head = [f"| | {' | '.join(TITLES[name] for name in models)} |", f"| --- |{' ---: |' * len(models)}"]
    places = [one["true_place"] for one in models.values()]
    return head + [
        f"| {words[name].title} | "
        + " | ".join(f"{one[name]['mean']:.2f} ({one[name]['n']:,})" if name in one else "" for one in places)
        + " |"
        for name in CLASSES
        if any(name in one for one in places)
    ]


def _place(result: dict[str, Any], name: str) -> str:
    values = sorted(one["true_place"][name]["mean"] for one in result["demo_truth"].values())
    low, high = (f"{one:.2f}" for one in (values[0], values[-1]))
    return low if low == high else f"{low} to {high}"


def _between(result: dict[str, Any], name: str) -> str:
    """The smallest and the largest share that a class has among the misses of a model."""
    models = (*result["movielens-100k"].values(), *result["demo"].values())
    shares = sorted(one["classes"][name]["share"] for one in models)
    return f"{shares[0]:.0%} to {shares[-1]:.0%}"


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in counts.items()) or "none"


def _wilson(count: int, of: int) -> str:
    low, high = wilson(count / of, of)
    return f"{count / of:.0%}, 95 % interval {low:.0%} to {high:.0%}"


if __name__ == "__main__":
    main()
