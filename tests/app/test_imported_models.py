"""Models that were made elsewhere, on every page: lists and vectors are shown, and what they cannot do is said in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gnnrec import places
from gnnrec.checkpoints import Checkpoint, find
from gnnrec.checkpoints.importing import import_embeddings, import_lists
from gnnrec.datasets import open_dataset
from gnnrec.recommenders import imported_names, recommender_class
from gnnrec.ui.router import PAGES
from tests.app.opening import fine, grids, open_page, words

NAMES = [page.file.removesuffix(".py") for page in PAGES]
USER, WITHOUT = "m0991", "m0001"
KINDS = ("lists", "vectors")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("imported-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNNREC_HOME", str(home))
        demo, model = open_dataset("demo"), find("demo-lightgcn")
        loaded = model.load(demo)
        others = np.array([number for number in range(demo.n_users) if demo.users.id(number) != WITHOUT])
        best = loaded.recommend(others, k=40).items
        table = pd.DataFrame(
            {
                "user": np.repeat(demo.users.ids[others], 40),
                "item": demo.items.ids[best.ravel()],
                "rank": np.tile(np.arange(1, 41), len(others)),
            }
        )
        table.to_csv(home / "lists.csv", index=False)
        import_lists(home / "lists.csv", demo, places.trained_models() / "their-lists", title="Their lists")
        people, items = loaded.embeddings()
        np.savez(
            home / "vectors.npz",
            user_ids=demo.users.ids[others].astype(str),
            user_vectors=people[others],
            item_ids=demo.items.ids.astype(str),
            item_vectors=items,
        )
        import_embeddings(
            home / "vectors.npz", demo, places.trained_models() / "their-vectors", title="Their vectors"
        )
    return home


@pytest.fixture(autouse=True)
def in_this_home(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNNREC_HOME", str(filled))


def theirs(kind: str) -> Checkpoint:
    return find(f"their-{kind}")


def nothing_undefined(app) -> str:
    said = words(app)
    assert "nan" not in said.lower().split() and "None" not in said, said
    assert "inf" not in said.lower().replace("-", " ").split(), said
    return said


@pytest.mark.parametrize("page", NAMES)
@pytest.mark.parametrize("user", [USER, WITHOUT])
def test_every_page_opens(page: str, user: str) -> None:
    nothing_undefined(
        open_page(page, u=user, a=theirs("lists").address, b=theirs("vectors").address, r_two="1")
    )


@pytest.mark.parametrize("kind", KINDS)
def test_recommend_shows_their_list(kind: str) -> None:
    app = open_page("recommend", u=USER, a=theirs(kind).address, b=find("demo-lightgcn").address)
    shown = grids(app)
    mine, ours = (
        [card["title"] for card in cards] for label, cards in shown.items() if label.startswith("List")
    )
    assert mine == ours and len(mine) == 10
    assert f"Their {kind}" in words(app)


@pytest.mark.parametrize("kind", KINDS)
def test_people_without_recommendations_are_told_so(kind: str) -> None:
    address = theirs(kind).address
    app = open_page("recommend", u=WITHOUT, a=address)
    assert f"Without recommendations: Their {kind} has no score for anything" in words(app)
    assert not any(label.startswith("List A") for label in grids(app))
    assert "there is no list to explain" in words(open_page("why", u=WITHOUT, a=address))
    item = open_dataset("demo").items.id(4)
    said = nothing_undefined(open_page("why", u=WITHOUT, a=address, i=item))
    assert "gives it no rank · score none" in said


@pytest.mark.parametrize("kind", KINDS)
def test_why_and_graph_say_that_it_cannot_be_explained(kind: str) -> None:
    one = theirs(kind)
    assert f"Their {kind} cannot be explained" in words(open_page("why", u=USER, a=one.address))
    assert f"Their {kind} passes no messages" in words(open_page("graph", u=USER, a=one.address))
    edited = words(open_page("recommend", u=USER, a=one.address, drop=open_dataset("demo").items.id(4)))
    assert "cannot show this without retraining" in edited


def test_models_says_where_it_comes_from_and_train_does_not_offer_it() -> None:
    app = open_page("models")
    assert {"Their lists", "Their vectors"} <= set(app.dataframe[0].value["model"])
    form = open_page("train", a=theirs("vectors").address)
    form.session_state["train_own"] = True
    fine(form.run())
    offered = form.selectbox(key="train_model_demo").options
    assert offered and not {recommender_class(name).title for name in imported_names()} & set(offered)
