"""What each key of an address means, and what is shown where it means nothing: data set, models, split, person."""

from __future__ import annotations

import zlib

import numpy as np

from gnnrec.checkpoints import Checkpoint
from gnnrec.data import Dataset, Split, default_protocol
from gnnrec.errors import GnnrecError
from gnnrec.recommenders.capabilities import COVERS, PROPAGATES
from gnnrec.ui import loaders, tasks

MOST_K = 50
_NEAR = 0.94


def dataset_of(name: str, notices: list[str]) -> Dataset:
    """The data set of a name, else the demo."""
    wanted = name or "demo"
    try:
        loaders.forget_replaced(wanted)
        return loaders.dataset(wanted)
    except GnnrecError as error:
        notices.append(f"{error} The demo is shown instead.")
        return loaders.dataset("demo")


def model_of(
    values: dict[str, str], key: str, found: list[Checkpoint], notices: list[str]
) -> Checkpoint | None:
    """The checkpoint that an address names, or None where none is named or at hand."""
    address = values.get(key, "")
    if address in ("", "none"):
        return None
    slug, _, wanted = address.partition("@")
    match = next((one for one in found if one.slug == slug), None)
    if match is None:
        notices.append(f"There is no model '{address[:80]}' for this data; another one is shown.")
    elif wanted and wanted != match.id:
        notices.append(
            f"Model {match.slug} was trained again since this link was made ({wanted[:12]} is now {match.id})."
        )
    return match


def protocol_of(
    text: str, a: Checkpoint | None, found: list[Checkpoint], data: Dataset, notices: list[str]
) -> str:
    """The split: that of the address, else that of model A, else the usual one of the data set."""
    known = [one.config["split"] for one in found]
    if text and text not in known:
        try:
            loaders.split(data.name, text)
            return text
        except GnnrecError as error:
            notices.append(f"{error} The default split is shown.")
            text = ""
    if text:
        return text
    if a is not None:
        return a.config["split"]
    default = default_protocol(data)
    return default if default in known or not known else known[0]


def first_choice(models: list[Checkpoint]) -> Checkpoint | None:
    """Model A unless chosen: of the models that pass messages the best on validation, or one whose reasons cover
    the whole score if it comes within 6 % of that."""
    able = [one for one in models if _compares(one) and PROPAGATES in one.capabilities]
    if not able:
        return models[0] if models else None
    near = (one for one in able if _valid(one) >= _NEAR * _valid(able[0]) and COVERS in one.capabilities)
    return next(near, able[0])


def second_choice(models: list[Checkpoint], a: Checkpoint | None) -> Checkpoint | None:
    """Model B unless chosen: the best simple baseline, else the best one that passes no messages; beside predicted
    ratings or clicks the best other ones, where there are any."""
    others = [one for one in models if one is not a]
    if a is not None and not tasks.ranks_for_people(a):
        rating = [one for one in others if tasks.task_of(one) == tasks.task_of(a)]
        # Another seed or setting of the same model tells less.
        other_kind = (one for one in rating if one.config["recommender"] != a.config["recommender"])
        if rating:
            return next(other_kind, rating[0])
    able = [one for one in others if _compares(one) and PROPAGATES not in one.capabilities]
    return next((one for one in able if tasks.simple(one)), able[0] if able else None)


def _compares(one: Checkpoint) -> bool:
    return (
        one.config.get("personalised", True)
        and tasks.task_of(one) == "ranking"
        and not tasks.knows_truth(one)
    )


def _valid(one: Checkpoint) -> float:
    return one.metrics["valid"].get("ndcg@10") or 0.0


def user_of(user_id: str, data: Dataset, split: Split, notices: list[str]) -> int | None:
    """The person of an id, else somebody of middling activity; None where there is nobody."""
    if user_id in data.users:
        return data.users.number(user_id)
    if user_id:
        notices.append(
            f"There is no {data.words.person} '{user_id[:60]}' in {data.title}; somebody else is shown."
        )
    if not data.n_users:
        return None
    # Somebody of middling activity, the same each time: the crowd's middle shows more than the first id.
    judged = people_judged(split)
    counts = np.diff(split.matrix("train").indptr)[judged]
    middling = judged[np.argsort(np.abs(counts - np.median(counts)), kind="stable")[:25]]
    return int(min(middling, key=lambda one: zlib.crc32(str(data.users.id(one)).encode())))


def items_of(wanted: list[str], data: Dataset, notices: list[str]) -> tuple[int, ...]:
    """Items by their ids; those the data set does not have are left out."""
    unknown = [one for one in wanted if one not in data.items]
    if unknown:
        notices.append(f"There is no {data.words.item} '{unknown[0][:60]}' in {data.title}; it is left out.")
    return tuple(dict.fromkeys(data.items.number(one) for one in wanted if one in data.items))


def length_of(text: str, notices: list[str]) -> int:
    """The length of lists, 10 unless the address has another one."""
    if not text:
        return 10
    try:
        value = int(text)
    except ValueError:
        value = 0
    if not 1 <= value <= MOST_K:
        notices.append(f"List length '{text[:20]}' is not a whole number from 1 to {MOST_K}; 10 is used.")
        return 10
    return value


def people_judged(split: Split) -> np.ndarray:
    """Who has something held out for validation; everybody where nobody has. **Shapes**: numbers [P]."""
    users = np.flatnonzero(np.diff(split.matrix("valid").indptr))
    return users if len(users) else np.arange(split.dataset.n_users)
