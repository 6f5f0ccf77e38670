"""The verb `recommend`: what a person gets, or somebody with a history of their own."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gnnrec.cli.newcomer import check_features, parse_features
from gnnrec.cli.opening import Opened, add_checkpoint, at_least, item_numbers, open_model
from gnnrec.cli.output import table
from gnnrec.errors import ConfigError, IncompatibleError

if TYPE_CHECKING:
    from gnnrec.evaluation.two_stage import TwoStages


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "the list a person gets from a checkpoint"
    parser = subparsers.add_parser("recommend", help=words, description=words, parents=list(parents))
    add_checkpoint(parser)
    parser.add_argument("--user", metavar="ID", help="a known person")
    parser.add_argument("-k", type=int, default=10, metavar="K", help="length of the list (default 10)")
    parser.add_argument(
        "--history",
        action="append",
        metavar="ID,ID",
        help="item ids; alone they stand for somebody unknown, with --user they replace that person's own; "
        "repeatable, for ids that hold commas",
    )
    parser.add_argument(
        "--features",
        action="append",
        metavar="NAME=VALUE,…",
        help="what is known of somebody unknown, alone or with --history, such as age=31,occupation=writer; "
        "repeatable; for models that read features",
    )
    parser.add_argument(
        "--rank-with",
        metavar="CHECKPOINT",
        help="two stages: the first checkpoint only chooses candidates, this one orders them",
    )
    parser.add_argument(
        "--candidates",
        type=int,
        metavar="N",
        help="how many candidates the first stage hands over (default 200)",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Rank everything the model was not fitted on for this person and the given history does not hold.

    With `--rank-with`, the first model's best are candidates, and the second one orders them.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    from gnnrec.evaluation.two_stage import two_stages
    from gnnrec.recommenders import Query

    at_least("-k", args.k, 1)
    if args.user is None and args.history is None and args.features is None:
        raise ConfigError(
            where="gnnrec recommend",
            found="neither --user nor --history nor --features",
            expected="one of them at least",
            todo="For example --user 196, or --history 50,172 for somebody unknown.",
        )
    features = _features(args)
    n_candidates = _candidates(args)
    opened = open_model(args.checkpoint)
    dataset, split = opened.dataset, opened.split
    ranker = None if args.rank_with is None else _ranker(args.rank_with, opened)
    user = None if args.user is None else dataset.users.number(args.user)
    history = None if args.history is None else item_numbers(args.history, dataset.items)
    known_of: dict[str, Any] = {}
    if features is not None:
        history = history or ()
        for one in filter(None, (opened, ranker)):
            known_of = {"features": features, "features_unseen": check_features(one, features)}
    query = Query(user=user, history=history, features=features)
    hidden = split.matrix(*split.fitted_parts)
    held_out = (
        {} if user is None else split.of_person(user, "valid", "test").set_index("item")["part"].to_dict()
    )
    second: dict[str, Any] = {}
    if ranker is None:
        best = opened.recommender.recommend([query], args.k, exclude=hidden)
        items, scores = best.items[0], best.scores[0]
    else:
        found = two_stages(opened.recommender, ranker.recommender, [query], n_candidates, hidden)
        items, scores = found.ranked[0, : args.k], found.scores[0, : args.k]
        second = _both_stages(ranker, found, user, held_out, args.k)
    return {
        "checkpoint": opened.checkpoint.address,
        "model": opened.checkpoint.config["recommender"],
        "dataset": dataset.name,
        "split": str(split),
        "user": None if user is None else dataset.users.id(user),
        "history": None if history is None else [dataset.items.id(number) for number in history],
        "what_if": None if query.kind == "known" else query.kind,
        "score_kind": (ranker or opened).recommender.score_kind,
        "recommendations": [
            {
                "rank": rank,
                "item": dataset.items.id(int(item)),
                "title": dataset.item_title(int(item)),
                "score": float(score),
                "held_out": held_out.get(int(item)),
            }
            for rank, (item, score) in enumerate(zip(items, scores, strict=True), 1)
            if item >= 0
        ],
        **known_of,
        **second,
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    who = "somebody unknown" if result["user"] is None else f"{result['user']}"
    about = f"{result['checkpoint']} on {result['dataset']}, split {result['split']}: for {who}"
    if "features" in result:
        about += _text_of_features(result)
    elif result["what_if"]:
        about += f" with {len(result['history'])} given items ({result['what_if']})"
    names = {"valid": "in validation", "test": "in test", None: ""}
    rows = [
        [one["rank"], one["item"], one["title"], one["score"], names[one["held_out"]]]
        for one in result["recommendations"]
    ]
    listed = f"{about}\n\n{table(rows, ['rank', 'item', 'title', 'score', 'held out'])}"
    return listed + _text_of_stages(result) if "candidates" in result else listed


def _features(args: argparse.Namespace) -> dict[str, str] | None:
    """What is said of somebody unknown.

    Raises:
        ConfigError: It is no list of names and values, or the person is a known one.
    """
    if args.features is None:
        return None
    if args.user is not None:
        raise ConfigError(
            where="--features",
            found="--user as well",
            expected="somebody unknown: the features of known people are those of the data",
            todo="Leave one of the two out.",
        )
    return parse_features(args.features)


def _text_of_features(result: dict[str, Any]) -> str:
    n = len(result["history"])
    given = ", ".join(f"{name} {value}" for name, value in result["features"].items())
    said = f" with {given} and {n} given items" if n else f", from features alone: {given}"
    if result["features_unseen"]:
        said += f" (nobody in train has {', '.join(result['features_unseen'])}: not counted)"
    return said


def _candidates(args: argparse.Namespace) -> int:
    """How many candidates were asked for.

    Raises:
        ConfigError: There is nothing to rank them with, or they are fewer than the list.
    """
    from gnnrec.evaluation.two_stage import CANDIDATES

    if args.candidates is not None and args.rank_with is None:
        raise ConfigError(
            where="--candidates",
            found="no --rank-with",
            expected="a second checkpoint that ranks the candidates",
            todo="Add --rank-with CHECKPOINT, or leave --candidates out.",
        )
    asked = max(CANDIDATES, args.k) if args.candidates is None else args.candidates
    if asked < args.k:
        raise ConfigError(
            where="--candidates",
            found=f"{asked} for a list of {args.k}",
            expected="at least as many as the list is long",
            todo=f"For example --candidates {max(CANDIDATES, args.k)}.",
        )
    return asked


def _ranker(address: str, retriever: Opened) -> Opened:
    """The model of the second stage.

    Raises:
        IncompatibleError: It was fitted on other data or another split.
    """
    opened = open_model(address)
    if opened.split.hash != retriever.split.hash:
        raise IncompatibleError(
            where=f"{retriever.title}, ranked with {opened.checkpoint.title}",
            found=f"{opened.dataset.name}, split {opened.split}",
            expected=f"{retriever.dataset.name}, split {retriever.split}",
            todo="Choose two checkpoints that were fitted on the same split.",
        )
    return opened


def _both_stages(
    ranker: Opened, found: TwoStages, user: int | None, parts: dict[int, str], k: int
) -> dict[str, Any]:
    """What two stages add to the result: who ranked, the candidates, and where held-out items were lost."""
    from gnnrec.evaluation.two_stage import stages_of

    dataset, split = ranker.dataset, ranker.split
    ranked = {int(item): place for place, item in enumerate(found.ranked[0], 1) if item >= 0}
    result: dict[str, Any] = {
        "ranked_with": ranker.checkpoint.address,
        "candidates": [
            {
                "candidate": place,
                "item": dataset.items.id(int(item)),
                "rank": ranked.get(int(item)),
                "held_out": parts.get(int(item)),
            }
            for place, item in enumerate(found.candidates[0], 1)
            if item >= 0
        ],
        "held_out": [],
    }
    if user is not None:
        outside = [part for part in ("valid", "test") if part not in split.fitted_parts]
        table_of = stages_of(found, split.matrix(*outside)[[user]], k)
        result["held_out"] = [
            {
                "item": dataset.items.id(one.item),
                "title": dataset.item_title(one.item),
                "part": parts[one.item],
                "stage": one.stage,
                "candidate": one.candidate or None,
                "rank": one.rank or None,
            }
            for one in table_of.itertuples(index=False)
        ]
    return result


def _text_of_stages(result: dict[str, Any]) -> str:
    n = len(result["candidates"])
    about = f"\n\n{n:,} candidates, ranked with {result['ranked_with']}"
    if not result["held_out"]:
        return about
    rows = [
        [one["item"], one["title"], one["part"], one["candidate"], one["rank"], one["stage"]]
        for one in result["held_out"]
    ]
    headers = ["item", "title", "part", "candidate", "rank", "stage"]
    return f"{about}\n\nHeld-out items\n{table(rows, headers)}"
