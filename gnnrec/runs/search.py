"""Search over settings on validation: the same number of tries for every recommender, resumable try by try."""

from __future__ import annotations

import dataclasses
import math
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from types import FrameType
from typing import Any

from gnnrec.data import Dataset, Split, fingerprint
from gnnrec.errors import ConfigError, GnnrecError
from gnnrec.evaluation import chosen_on
from gnnrec.recommenders import create, recommender_class
from gnnrec.runs.cell import FORMAT, SEARCH, JobFolder
from gnnrec.runs.estimates import about_memory, memory_mib
from gnnrec.runs.spec import RunSpec

# A try that ended its process twice, for lack of memory most likely, is given up.
_ATTEMPTS = 2
_DIGITS = 4
# Tries drawn evenly before the scores so far decide where to draw.
_STARTUP = 8


@dataclass(frozen=True)
class Search:
    """What is searched.

    Attributes:
        spec: Data, split, recommender, the settings of the first try, seed of every try, device.
        space: What may be drawn, as a recommender declares it.
        trials: How many tries.
        trial_seconds: Longest time of a try, or None.
        people: How many people each try is judged on; all where None.
        memory_mib: What the process may use.
        threads: How many threads it may use.
        seed: Of the draws.
    """

    spec: RunSpec
    space: Mapping[str, tuple | list]
    trials: int = 20
    trial_seconds: float | None = None
    people: int | None = None
    memory_mib: float = math.inf
    threads: int = 1
    seed: int = 0

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        recommender: str,
        split: Split | str | None = None,
        fixed: Mapping[str, Any] | None = None,
        device: str = "cpu",
        **options: Any,
    ) -> Search:
        """A checked search.

        Args:
            dataset: The data set.
            recommender: Its name.
            split: A split or its address; settings are judged on its validation part.
            fixed: Settings that every try has.
            device: `cpu` or `cuda`.
            options: `trials`, `trial_seconds`, `people`, `memory_mib`, `threads` and `seed`.

        Raises:
            ConfigError: A setting or the number of tries is out of range.
            IncompatibleError: The data set lacks what the recommender needs.
        """
        fixed = dict(fixed or {})
        trials = options.get("trials", cls.trials)
        if trials < 1:
            raise ConfigError(
                where="--trials",
                found=str(trials),
                expected="1 or more; the first try takes the defaults of what a search draws",
                todo="For example --trials 20, or leave it out to use the settings chosen earlier.",
            )
        model = recommender_class(recommender)
        first = create(recommender, fixed).config.as_dict()
        space = {name: one for name, one in model.space_under(first).items() if name not in fixed}
        spec = RunSpec.of(dataset, recommender, split=split, settings=first, device=device)
        return cls(spec, space, **options)

    @cached_property
    def key(self) -> str:
        """Hash of all that decides which tries are made; more tries go on where fewer ended."""
        return fingerprint.of_json(
            {
                "format": FORMAT,
                "identity": self.spec.identity,
                "space": {name: list(one) for name, one in self.space.items()},
                "trial_seconds": self.trial_seconds,
                **({"people": self.people} if self.people else {}),
                "device": self.spec.device,
                "seed": self.seed,
            }
        )

    @property
    def budget(self) -> int:
        """How many tries there are: one where there is nothing to search."""
        return self.trials if self.space else 1

    @property
    def folder(self) -> JobFolder:
        """Where its tries are kept."""
        return JobFolder.at(self.spec.dataset, self.spec.recommender, SEARCH, self.key)

    @property
    def finished(self) -> bool:
        """Whether every try was made."""
        return len(self.tries()) >= self.budget

    def tries(self) -> list[dict[str, Any]]:
        """The tries that were made so far, in order, at most as many as are wanted."""
        found = [self.folder.read(one.name) for one in self.folder.trial_files()]
        whole = []
        for number, one in enumerate(found):
            if one.get("number") != number:
                break
            whole.append(one)
        return whole[: self.budget]

    def best(self) -> dict[str, Any] | None:
        """The try with the best validation score, the earlier one of equals; None where all failed."""
        chosen, best = chosen_on(recommender_class(self.spec.recommender).task), None
        for one in self.tries():
            if chosen.better(one.get("score"), best and best["score"]):
                best = one
        return best

    def task(self) -> dict[str, Any]:
        """What the process that makes it is told."""
        values = dataclasses.asdict(self) | {"spec": self.spec.as_dict()}
        values["memory_mib"] = None if math.isinf(self.memory_mib) else self.memory_mib
        return {"kind": SEARCH, "key": self.key} | values

    @classmethod
    def from_task(cls, task: Mapping[str, Any]) -> Search:
        """The search from what its process was told."""
        values = {one.name: task[one.name] for one in dataclasses.fields(cls)}
        # Ranges were tuples before they were written as JSON.
        space = recommender_class(task["spec"]["recommender"]).space_under(task["spec"]["settings"])
        values["space"] = {name: space[name] for name in task["space"]}
        values["memory_mib"] = math.inf if task["memory_mib"] is None else task["memory_mib"]
        return cls(**values | {"spec": RunSpec.from_dict(task["spec"])})


def run_search(folder: JobFolder, task: Mapping[str, Any], tell: Callable[..., None]) -> None:
    """Make the tries that are missing.

    The draws of Optuna's sampler hang on its seed and on the scores so far, so that a search which goes on after
    a kill asks for the same settings again and finds their scores in its folder.

    **Source**: Bergstra et al., "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011 (TPE).

    Args:
        folder: Where the tries are kept.
        task: What `Search.task` gave.
        tell: Takes progress: `trial`, `trials`, `best`.
    """
    import optuna

    from gnnrec.datasets import open_dataset

    search = Search.from_task(task)
    split = search.spec.check(open_dataset(search.spec.dataset))
    chosen = chosen_on(recommender_class(search.spec.recommender).task)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    direction = "maximize" if chosen.direction == "higher" else "minimize"
    sampler = optuna.samplers.TPESampler(seed=search.seed, n_startup_trials=_STARTUP)
    study = optuna.create_study(direction=direction, sampler=sampler)
    ranges = {name: _distribution(one, search.spec.settings[name]) for name, one in search.space.items()}
    scores: dict[str, dict[str, Any]] = {}
    best = None
    for number in range(search.budget):
        # The first try is the defaults of what is drawn, which may lie outside of the ranges.
        asked = study.ask(ranges) if number else None
        drawn = {name: _rounded(value) for name, value in asked.params.items()} if asked else {}
        settings = create(search.spec.recommender, {**search.spec.settings, **drawn}).config.as_dict()
        known = folder.read(f"trial-{number:04d}.json")
        done = known if known.get("settings") == settings else scores.get(fingerprint.of_json(settings))
        tell(trial=number + 1, trials=search.budget, best=best)
        if done is None:
            done = _tried(folder, search, split, settings, number)
        if done is not known:
            folder.write(f"trial-{number:04d}.json", done | {"number": number, "settings": settings})
        score = done["score"]
        scores[fingerprint.of_json(settings)] = done
        if score is not None and chosen.better(score, best):
            best = score
        if asked is not None:
            study.tell(asked, score, None if score is not None else optuna.trial.TrialState.FAIL)
        elif score is not None:
            with suppress(ValueError):
                values = {name: settings[name] for name in ranges}
                study.add_trial(optuna.trial.create_trial(params=values, distributions=ranges, value=score))


def _distribution(space: tuple | list, default: Any) -> Any:
    from optuna import distributions

    if isinstance(space, list):
        return distributions.CategoricalDistribution(space)
    low, high, *scale = space
    whole = isinstance(default, int)
    kind = distributions.IntDistribution if whole else distributions.FloatDistribution
    return kind(low, high, log=bool(scale))


def _rounded(value: Any) -> Any:
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def _tried(
    folder: JobFolder, search: Search, split: Split, settings: dict[str, Any], number: int
) -> dict[str, Any]:
    from gnnrec.training import trial

    attempt = folder.read("attempt.json")
    attempts = attempt.get("attempts", 0) + 1 if attempt.get("trial") == number else 1
    if attempts > _ATTEMPTS:
        return {"score": None, "reason": "its process ended twice on the way"}
    spec = dataclasses.replace(search.spec, settings=settings)
    needed = memory_mib(spec)
    if needed > search.memory_mib:
        return {"score": None, "reason": f"would need {about_memory(needed)}"}
    folder.write("attempt.json", {"trial": number, "attempts": attempts})
    recommender = create(spec.recommender, settings)
    try:
        # What is trained ends by itself at its best epoch; a closed form has to be stopped from outside.
        with _time_limit(search.trial_seconds and 2 * search.trial_seconds):
            made = trial(
                recommender,
                split,
                spec.seed,
                spec.device,
                max_seconds=search.trial_seconds,
                people=search.people,
            )
    except GnnrecError as error:
        return {"score": None, "reason": str(error)}
    except (MemoryError, _TooLongError) as error:
        long = isinstance(error, _TooLongError)
        return {"score": None, "reason": "took too long" if long else "not enough memory"}
    return dataclasses.asdict(made)


class _TooLongError(BaseException):
    """A try took longer than allowed. No Exception, so that nothing in between takes it for a failure."""


@contextmanager
def _time_limit(seconds: float | None) -> Iterator[None]:
    def raise_it(_number: int, _frame: FrameType | None) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, raise_it)
    signal.setitimer(signal.ITIMER_REAL, seconds or 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
