"""Cases as a regression test: where their items stand with another checkpoint, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gnnrec.errors import GnnrecError
from gnnrec.store.case import Case, Standing
from gnnrec.store.verdicts import verdicts

if TYPE_CHECKING:
    from gnnrec.checkpoints import Checkpoint
    from gnnrec.data import Dataset, Split
    from gnnrec.recommenders import Recommender

    Opened = tuple[Dataset, Split, Recommender]

OUTCOMES = ("fixed", "still wrong", "newly broken", "still right", "cannot tell")
FIXED, STILL_WRONG, NEWLY_BROKEN, STILL_RIGHT, CANNOT_TELL = OUTCOMES
# Length of the list where a case does not say it.
USUAL_K = 10
# Person and item by number, length of the list, hidden parts.
Question = tuple[int, int, int, str]


@dataclass(frozen=True)
class Finding:
    """What became of one case.

    Attributes:
        case: The case.
        outcome: One of `OUTCOMES`.
        then: Where its item stood when it was written, or None where nobody knows.
        now: Where it stands with the other checkpoint, or None where that cannot be told.
        reason: Why it cannot be told; empty otherwise.
    """

    case: Case
    outcome: str
    then: Standing | None = None
    now: Standing | None = None
    reason: str = ""


@dataclass(frozen=True)
class CasesCheck:
    """What became of all cases.

    Attributes:
        checkpoint: Address of the checkpoint they were held against.
        findings: One for each case, in the order given.
    """

    checkpoint: str
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many cases have each outcome; all outcomes are named."""
        found = [one.outcome for one in self.findings]
        return {outcome: found.count(outcome) for outcome in OUTCOMES}

    @property
    def judged(self) -> int:
        """How many cases could be told."""
        return len(self.findings) - self.counts[CANNOT_TELL]


def standing_of(
    recommender: Recommender, split: Split, person: int, item: int, k: int, hidden: str = ""
) -> Standing:
    """Where an item stands for a person, as a case keeps it.

    Args:
        recommender: A fitted recommender.
        split: What it was fitted on.
        person: User number.
        item: Item number.
        k: Length of the list.
        hidden: Parts of the split that lists leave out, such as `train,valid`; what the model was fitted on is
            always left out.
    """
    return _standings(recommender, split, [(person, item, k, hidden)])[0]


def cases_check(
    checkpoint: Checkpoint,
    cases: Iterable[Case],
    *,
    k: int | None = None,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> CasesCheck:
    """Hold cases against a checkpoint: is the item of each where its verdict wants it, then and now?

    A verdict says whether the item belongs into the list (`in`) or not (`out`). A case was *right* when it
    stood on that side, *wrong* otherwise; fixed, newly broken, still wrong and still right compare the two.
    Where a case did not keep how its item stood, the checkpoint it names is asked, if it is still there.

    Args:
        checkpoint: The checkpoint to judge.
        cases: Which cases.
        k: Length of the list, then and now; that of each case where None.
        tell: Called with the number of cases done and of all.

    Raises:
        GnnrecError: The checkpoint itself cannot be opened.
    """
    cases = list(cases)
    opened = _opened(checkpoint)
    dataset, split, recommender = opened
    wants = {one.key: one.wants for one in verdicts(retired=True)}
    reasons: dict[int, str] = {}
    asked: dict[int, Question] = {}
    for place, case in enumerate(cases):
        reason = _unanswerable(case, dataset, wants.get(case.verdict))
        if reason:
            reasons[place] = reason
            continue
        asked[place] = _question(case, dataset, k)
    now = dict(zip(asked, _standings(recommender, split, list(asked.values()), tell), strict=True))
    then = {place: cases[place].standing for place in asked}
    unknown = [place for place in asked if then[place].in_list is None]
    then |= _asked_again({place: cases[place] for place in unknown}, {checkpoint.address: opened}, reasons)
    if k is not None:
        then = {place: _within(one, k) for place, one in then.items()}
    findings = []
    for place, case in enumerate(cases):
        if place not in reasons and now[place].rank is None:
            reasons[place] = (
                "the item is in what this model was fitted on or leaves out, so no list can hold it"
            )
        if place in reasons:
            before = then.get(place)
            kept = before if before is not None and before.in_list is not None else None
            findings.append(Finding(case, CANNOT_TELL, kept, now.get(place), reasons[place]))
            continue
        outcome = _outcome(wants[case.verdict] == "in", bool(then[place].in_list), bool(now[place].in_list))
        findings.append(Finding(case, outcome, then[place], now[place]))
    return CasesCheck(checkpoint.address, tuple(findings))


def _question(case: Case, dataset: Dataset, k: int | None = None) -> Question:
    length = k or case.standing.k or USUAL_K
    person, item = dataset.users.number(case.person), dataset.items.number(case.item)
    return person, item, length, case.standing.hidden


def _within(standing: Standing, k: int) -> Standing:
    """The same standing, read against a list of another length; as it was kept where it has no rank."""
    return standing if standing.rank is None else replace(standing, k=k, in_list=standing.rank <= k)


def _outcome(wanted: bool, then: bool, now: bool) -> str:
    if now == wanted:
        return STILL_RIGHT if then == wanted else FIXED
    return NEWLY_BROKEN if then == wanted else STILL_WRONG


def _unanswerable(case: Case, dataset: Dataset, wants: str | None) -> str:
    """Why a case cannot be held against a model on a data set; empty where it can."""
    if case.dataset != dataset.name:
        return f"it is about the data set '{case.dataset}', this checkpoint about '{dataset.name}'"
    if case.person not in dataset.users:
        return "the person is no longer in the data"
    if case.item is None:
        return "it names no item"
    if case.item not in dataset.items:
        return "the item is no longer in the data"
    if wants is None:
        return "its verdict says neither that the item belongs into the list nor that it does not"
    return ""


def _asked_again(
    cases: dict[int, Case], opened: dict[str, Opened], reasons: dict[int, str]
) -> dict[int, Standing]:
    """Where items of cases stood that did not keep it, by asking the models they name; reasons where nobody knows."""
    from gnnrec.checkpoints import find

    found: dict[int, Standing] = {}
    by_model: dict[str | None, list[int]] = {}
    for place, case in cases.items():
        by_model.setdefault(case.model, []).append(place)
    for model, at in by_model.items():
        if model is None:
            reasons |= dict.fromkeys(at, "how the item stood was not kept, and it names no checkpoint")
            continue
        try:
            dataset, split, recommender = opened.get(model) or _opened(find(model))
            standings = _standings(recommender, split, [_question(cases[place], dataset) for place in at])
        except GnnrecError as error:
            why = f"how the item stood was not kept, and {model} cannot be asked ({error.found})"
            reasons |= dict.fromkeys(at, why)
            continue
        for place, standing in zip(at, standings, strict=True):
            if standing.rank is None:
                reasons[place] = (
                    "how the item stood was not kept, and no list of its checkpoint could hold it"
                )
            found[place] = standing
    return found


def _standings(
    recommender: Recommender,
    split: Split,
    asked: Sequence[Question],
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> list[Standing]:
    """Standings of the items asked about, each person's scores computed once."""
    from gnnrec.evaluation.ranking import blocks
    from gnnrec.explain.deletion import rank_among

    out: list[Standing | None] = [None] * len(asked)
    by_person: dict[int, list[int]] = {}
    for place, (person, *_) in enumerate(asked):
        by_person.setdefault(person, []).append(place)
    matrices: dict[tuple[str, ...], Any] = {}
    done = 0
    for block in blocks(np.array(sorted(by_person), dtype=np.int64), split.dataset.n_items):
        for person, scores in zip(block.tolist(), recommender.scores(block), strict=True):
            for place in by_person[person]:
                _, item, k, hidden = asked[place]
                parts = _hidden_parts(split, hidden)
                if parts not in matrices:
                    matrices[parts] = split.matrix(*parts)
                rank = rank_among(scores, item, matrices[parts][person].indices)
                out[place] = Standing(rank, k, rank is not None and rank <= k, ",".join(parts))
                done += 1
        tell(done, len(asked))
    return out


def _hidden_parts(split: Split, hidden: str) -> tuple[str, ...]:
    wanted = {*hidden.split(","), *split.fitted_parts}
    return tuple(part for part in ("train", "valid", "test") if part in wanted)


def _opened(checkpoint: Checkpoint) -> Opened:
    from gnnrec.datasets import open_dataset

    dataset = open_dataset(str(checkpoint.config["dataset"]))
    split = checkpoint.split(dataset)
    return dataset, split, checkpoint.load(dataset, split)
