"""Errors: nonsense in the address, values and data with nothing to tell apart all end in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gnnrec import places
from gnnrec.checkpoints import find, save
from gnnrec.data import default_protocol
from gnnrec.datasets.tables import import_tables
from gnnrec.evaluation import Evaluation
from gnnrec.evaluation.traits import traits_of
from gnnrec.training import fit
from gnnrec.ui import loaders
from gnnrec.ui.errors.asked import conditions_text
from tests.app.opening import open_page
from tests.app.opening_errors import EASE, chart, charts, opened, people, slices, words
from tests.hostile import HOSTILE


@pytest.fixture
def values(monkeypatch: pytest.MonkeyPatch) -> Iterator:
    """Puts made-up values in the place of the stored ones."""
    stored = loaders.evaluation

    def put(made) -> None:
        def changed(slug: str, part: str) -> Evaluation:
            found = stored(slug, part)
            table = pd.DataFrame({name: made(len(found.users)) for name in found.per_user})
            return Evaluation(part, found.users, table, found.counts)

        loaders.forget_opened()
        monkeypatch.setattr(loaders, "evaluation", changed)

    yield put
    monkeypatch.undo()
    loaders.forget_opened()


def test_it_says_what_is_missing_where_no_model_is_trained(bare: str) -> None:
    assert "No model knows this data yet" in words(open_page("errors", d=bare))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("e_metric", "<b>fame</b>@10", "has no stored metric"),
        ("e_range", "much~more", "is no range of values"),
        ("e_range", "nan~1", "is no range of values"),
        ("e_slice", "activity%3D<script>", "is known in this data"),
        ("e_slice", "||%%%", "is known in this data"),
    ],
)
def test_nonsense_in_the_address_is_told_and_left_out(key: str, value: str, said: str) -> None:
    app = opened(a=EASE, b="none", **{key: value})
    assert any(said in one.value for one in app.info), [one.value for one in app.info]
    assert charts(app) >= 3 and len(people(app)) == 100


def test_nobody_in_the_range_and_the_slice(hostile: str) -> None:
    app = opened(a=EASE, b="none", e_range="7.0~9.0")
    assert "No person is in this range and this slice at once" in words(app)
    assert "Make a worklist" not in words(app)


def test_all_values_equal(values) -> None:
    values(lambda n: np.zeros(n))
    app = opened(a=EASE, b="none")
    said = words(app)
    assert "All 1,170 people have the same value, 0: nothing tells anybody apart" in said
    assert "Not searched: all 1,170 people have the same value" in said
    assert "100 of 100 people find nothing" in said and len(people(app)) == 100


def test_values_that_are_none_are_counted_and_left_out(values) -> None:
    values(lambda n: np.where(np.arange(n) < 70, np.nan, np.linspace(0, 1, n)))
    app = opened(a=EASE, b="none")
    assert "1,100 people judged" in words(app) and "70 of whom the metric says nothing" in words(app)
    assert people(app)["NDCG@10"].notna().all()


def test_a_metric_without_a_single_value(values) -> None:
    values(lambda n: np.full(n, np.nan))
    app = opened(a=EASE, b="none")
    assert "No value of NDCG@10" in words(app) and "says nothing of any person judged" in words(app)
    assert "Not searched: no person was judged" in words(app) and "No person has a value" in words(app)


def test_too_few_people_are_said_and_hostile_names_stay_text(hostile: str) -> None:
    app = opened(d=hostile, a=find(f"{HOSTILE}-ease").address)
    said = words(app)
    assert "too few" in said and "24 people judged" in said
    assert "too few to compare" in chart(app, "too few to compare")
    found = slices(app)
    assert found["low"].isna().any() and found["said"].str.contains("too few").any()
    odd = conditions_text([("item.genres", next(iter(_genre_groups(hostile))))])
    app = opened(d=hostile, a=find(f"{HOSTILE}-ease").address, e_by="item.genres", e_slice=odd)
    assert "people behind it" in words(app)


def _genre_groups(name: str) -> list[str]:
    cut = loaders.split(name, "random:seed=1")
    trait = next(one for one in traits_of(cut) if one.key == "item.genres")
    return [group.name for group in trait.groups]


def test_people_without_anything_held_out(bald: str) -> None:
    app = open_page("errors", d=bald)
    assert "Nobody can be judged" in words(app)
    assert not charts(app) and len(app.title) == 1


@pytest.fixture(scope="module")
def bald_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set in which everybody is too short of items to hold one out."""
    home = tmp_path_factory.mktemp("bald")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNNREC_HOME", str(home))
        rows = [(f"u{user}", f"i{(user + step) % 6}") for user in range(12) for step in range(2)]
        pd.DataFrame(rows, columns=["user_id", "item_id"]).to_csv(home / "rows.csv", index=False)
        dataset, _ = import_tables("bald", interactions=home / "rows.csv")
        save(
            fit("popularity", dataset, str(default_protocol(dataset)), device="cpu"),
            places.trained_models() / "bald-popularity",
        )
    return home


@pytest.fixture
def bald(bald_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of that data set, in its home."""
    monkeypatch.setenv("GNNREC_HOME", str(bald_home))
    return "bald"
