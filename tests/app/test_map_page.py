"""Map: every model with vectors has one, a line chooses people for a worklist, and every dead end has words."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from gnnrec.checkpoints import find, read_library
from gnnrec.evaluation import embedding_map
from gnnrec.evaluation.embedding_map import TSNE
from gnnrec.recommenders.capabilities import EMBEDDINGS
from gnnrec.store import maps
from gnnrec.ui import loaders
from gnnrec.ui.map import asked as asking
from gnnrec.ui.map import surprising
from gnnrec.ui.map.chosen import within
from gnnrec.ui.map.next import frame_of
from tests.app.opening import address, components, fine, links, open_page, words
from tests.hostile import HOSTILE

PERSON = "p|3"
EVERYBODY = "-9000_-9000.19000_-9000.19000_19000.-9000_19000"
MODEL = "demo-lightgcn"


def sent(app: AppTest) -> tuple[dict, dict, dict]:
    """Points, colours and the view, as the browser gets them."""
    found = components(app)
    points, colours = (
        next(one for one in found if one.get("role") == role) for role in ("points", "colours")
    )
    return points, colours, next(one for one in found if "focus" in one)


def demo_models() -> list[str]:
    return [one.slug for one in read_library().of("demo")]


@pytest.mark.parametrize("slug", demo_models())
def test_every_model_of_the_demo_opens(slug: str) -> None:
    checkpoint = find(slug)
    app = open_page("map", a=checkpoint.address)
    points, colours, view = sent(app)
    assert view["points"] == points["name"] and view["colours"] == colours["name"]
    assert "nearest in the picture" in words(app) and "Trustworthiness" in words(app)
    shown = app.selectbox(key="pick_m_model").value
    if EMBEDDINGS in checkpoint.capabilities:
        assert shown == checkpoint.address and "gives nobody a vector" not in words(app)
    else:
        assert shown != checkpoint.address and "gives nobody a vector" in words(app)


def test_a_choice_of_colour_changes_the_colours_and_not_the_points() -> None:
    app = open_page("map", a=find(MODEL).address, b=find("demo-ease").address)
    first = sent(app)
    options = ("kind", "genre", "degree", "metric", "difference")
    names = set()
    for colour in options:
        fine(app.selectbox(key="pick_m_colour").set_value(colour).run())
        points, colours, _ = sent(app)
        assert points == first[0] and address(app)["m_colour"] == colour
        names.add(colours["name"])
        assert bool(colours["ends"]) == (colour in options[2:])
    assert len(names) == len(options)
    assert sent(app)[1]["ends"] == ["EASE better", f"{find(MODEL).title} better"]


def test_validation_and_test_are_different_colours() -> None:
    valid = sent(open_page("map", a=find(MODEL).address, m_colour="metric"))[1]
    test = sent(open_page("map", a=find(MODEL).address, m_colour="metric", m_final=1))[1]
    assert "validation" in valid["title"] and "final test" in test["title"]
    assert valid["index"] != test["index"]


def test_nothing_is_worked_out_or_packed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("map", a=find(MODEL).address)
    before = sent(app)

    def again(*_: object, **__: object) -> None:
        raise AssertionError("worked out a second time")

    monkeypatch.setattr(embedding_map, "picture", again)
    monkeypatch.setattr("gnnrec.ui.map.picture.MapPoints.of", again)
    monkeypatch.setattr("gnnrec.ui.map.colours.MapColours.of", again)
    monkeypatch.setattr("gnnrec.ui.map.picture.trust", again)
    monkeypatch.setattr("gnnrec.ui.map.surprising.surprises", again)
    app.query_params["u"] = "m0002"
    fine(app.run())
    after = sent(app)
    assert after[:2] == before[:2] and after[2]["focus"] != before[2]["focus"]


def test_the_neighbours_are_those_of_the_vectors() -> None:
    app = open_page("map", a=find(MODEL).address, u="m0042")
    data, model = loaders.dataset("demo"), loaders.model(find(MODEL).address)
    users, _ = model.embeddings()
    unit = users / np.linalg.norm(users, axis=1, keepdims=True)
    me = data.users.number("m0042")
    cosines = unit @ unit[me]
    cosines[me] = -2
    best = np.argsort(-cosines, kind="stable")[:10]
    table = next(one.value for one in app.dataframe if "in the picture" in one.value.columns)
    assert table["people"].tolist() == [data.user_name(int(one)) for one in best]
    assert table["cosine"].to_numpy() == pytest.approx(cosines[best], abs=1e-5)
    assert set(table["in the picture"]) - {"near"} and "elsewhere" in words(app)


def test_an_item_in_focus_has_items_for_neighbours() -> None:
    app = open_page("map", a=find(MODEL).address, i="f001", m_focus="item")
    assert (
        "films" in next(one.value for one in app.dataframe if "in the picture" in one.value.columns).columns
    )
    assert any(label.startswith("Why this film") for label in links(app))
    data = loaders.dataset("demo")
    assert sent(app)[2]["focus"] >= sent(app)[0]["people"]
    assert data.item_title(data.items.number("f001")) in words(app)


# Choosing many


def test_a_line_chooses_people_for_a_worklist_worst_served_first() -> None:
    app = open_page("map", a=find(MODEL).address, m_area=EVERYBODY)
    assert "1,200 people and 900 films inside the line" in words(app)
    assert "NDCG@10 on validation" in words(app)
    button = app.button(key="map_worklist")
    assert "the first 100" in button.label and "the worst served come first" in button.help
    fine(button.click().run())
    chosen = address(app)["list"].split("|")
    assert len(chosen) == 100 and address(app)["m_area"] == EVERYBODY
    found = loaders.evaluation(find(MODEL).address, "valid")
    values = found.per_user["ndcg@10"].to_numpy()
    data = loaders.dataset("demo")
    numbers = [data.users.number(one) for one in chosen]
    assert values[np.isin(found.users, numbers)].max() <= np.sort(values)[99]
    fine(app.button(key="map_clear").click().run())
    assert "m_area" not in address(app) and "list" in address(app)


def test_a_line_counts_those_inside_it_alone() -> None:
    app = open_page("map", a=find(MODEL).address, m_area="0_0.5000_0.5000_10000.0_10000", m_show="people")
    xy = asking._pca(find(MODEL).address).xy
    people = int((xy[:1200, 0] < 0.5).sum())
    assert f"{people:,} people and 0 films inside the line" in words(app)


def test_within_is_a_square_and_a_crossing_line_leaves_half_outside() -> None:
    xy = np.random.default_rng(0).random((2000, 2))
    square = np.array([[0.2, 0.3], [0.7, 0.3], [0.7, 0.9], [0.2, 0.9]])
    wanted = (xy[:, 0] > 0.2) & (xy[:, 0] < 0.7) & (xy[:, 1] > 0.3) & (xy[:, 1] < 0.9)
    assert np.array_equal(within(xy, square), wanted)
    bow = square[[0, 2, 1, 3]]
    assert 0.4 < within(xy, bow).sum() / wanted.sum() < 0.6


# The slow picture


def test_tsne_waits_for_its_button_and_shows_pca_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path))
    app = open_page("map", a=find("demo-mf").address, m_picture=TSNE)
    assert "Laying out 2,100 points, once for this model, takes" in words(app)
    assert app.button(key="m_tsne_start") and " · PCA" in sent(app)[2]["title"]


def test_tsne_that_was_laid_out_before_is_there_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path))
    checkpoint = find("demo-svdpp")
    space = asking.space(checkpoint.address)
    places = np.random.default_rng(0).random((len(space), 2))
    maps.keep(checkpoint.id, TSNE, space.nodes, places)
    app = open_page("map", a=checkpoint.address, m_picture=TSNE)
    assert " · t-SNE" in sent(app)[2]["title"] and "Laying out" not in words(app)
    assert "mostly an accident" in words(app)


def test_tsne_is_laid_out_in_the_background_and_kept(hostile: str) -> None:
    checkpoint = find(f"{HOSTILE}-gat")
    app = open_page("map", d=hostile, u=PERSON, m_model=checkpoint.address, m_picture=TSNE)
    for _ in range(300):
        if " · t-SNE" in sent(app)[2]["title"]:
            break
        time.sleep(0.1)
        fine(app.run())
    assert " · t-SNE" in sent(app)[2]["title"]
    assert list(maps.folder().glob(f"{checkpoint.id}-tsne-*.npz"))


# Dead ends


def test_no_model(bare: str) -> None:
    assert "No model knows this data yet" in words(open_page("map", d=bare))


def test_text_of_other_people_stays_text(hostile: str) -> None:
    app = open_page("map", d=hostile, u=PERSON, m_area=EVERYBODY, m_colour="genre")
    points, colours, _ = sent(app)
    assert len(points["labels"].split("\n")) == 44
    app = fine(app.selectbox(key="pick_m_model").set_value(find(f"{HOSTILE}-lightgcn").address).run())
    said = words(app)
    assert "Light" in said and "<b>Light" not in said and "[gcn](x)" not in said and "<i>Crime" not in said
    assert any("Crime" in one for one in colours["names"])


@pytest.mark.parametrize(
    "nonsense",
    [
        {"m_area": "x"},
        {"m_area": "1_2"},
        {"m_area": "1_2.3_4.5_6e9"},
        {"m_area": "0_0.0_0.0_0"},
        {"m_colour": "<script>"},
        {"m_picture": "umap"},
        {"m_show": "nobody"},
        {"m_near": "3"},
        {"m_focus": "item"},
        {"m_pairs": "x", "m_way": "y"},
    ],
)
def test_nonsense_in_the_address_falls_back(nonsense: dict[str, str]) -> None:
    app = open_page("map", a=find(MODEL).address, **nonsense)
    assert sent(app)[2]["show"] == "both"


def test_a_model_that_is_not_there_falls_back_with_a_notice() -> None:
    app = open_page("map", m_model="demo-gone@000000000000")
    assert "There is no model" in words(app) and sent(app)


def test_a_model_that_predicts_stars_is_coloured_by_its_own_error() -> None:
    app = open_page("map", a=find("demo-svdpp").address, m_colour="metric", m_area=EVERYBODY)
    assert sent(app)[1]["title"].startswith("RMSE") and "RMSE on validation" in words(app)


def test_files_name_everybody_by_id() -> None:
    app = open_page("map", a=find(MODEL).address, m_area=EVERYBODY)
    labels = [one.proto.label for one in app.get("download_button")]
    assert labels.count("Download as CSV") == 3 and "Download all points as CSV" in labels
    data, context = loaders.dataset("demo"), app.session_state["_context"]
    space = asking.space(find(MODEL).address)
    pairs = np.array([[3, 5], [1200, 1201]])
    shown = SimpleNamespace(space=space)
    with_ids = surprising._with_ids(context, shown, pd.DataFrame({"film": ["a", "b"]}), pairs)
    assert with_ids["id"].tolist() == [data.users.id(3), data.items.id(0)]
    points = frame_of(context, SimpleNamespace(space=space, picture=asking._pca(find(MODEL).address)))
    assert len(points) == 2100 and points["id"].tolist()[1200:] == data.items.ids.tolist()
    assert points["x"].between(0, 1).all() and points["name"].iloc[0] == data.user_name(0)
