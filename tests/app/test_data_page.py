"""The Data page: what is in the data, which sets there are, and tables of one's own from file to data set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gnnrec import places, ui
from gnnrec.datasets import imports, open_dataset

ROUTER = Path(ui.__file__).with_name("router.py")
PAGE = places.pages_folder() / "data.py"
REAL_DATA = os.environ.get("GNNREC_DATA", "")
NASTY = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GNNREC_DATA", str(tmp_path / "data"))
    for name in ("GNNREC_MODE", "GNNREC_ALLOW_REMOTE"):
        monkeypatch.delenv(name, raising=False)


def opened(tab: str = "This data", **query: str) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.switch_page(str(PAGE))
    app.session_state["data_tab"] = tab
    app.run()
    assert not app.exception
    assert app.title[0].value == "What is in this data?"
    return app


def words(app: AppTest) -> str:
    kinds = (app.markdown, app.text, app.caption, app.info, app.subheader)
    return "\n".join(str(one.value) for kind in kinds for one in kind)


def test_the_demo_is_described() -> None:
    app = opened()
    figures = {metric.label: metric.value for metric in app.metric}
    demo = open_dataset("demo")
    assert figures["People"] == f"{demo.n_users:,}"
    assert figures["Films"] == f"{demo.n_items:,}"
    assert figures["Interactions"] == f"{len(demo.interactions):,}"
    # Five of every data set, one of friends, one of sessions.
    assert len(app.get("plotly_chart")) == 7
    told = words(app)
    assert "Terms: MIT" in told
    assert "The most popular 20 % of the films hold" in told
    assert "Interactions per month" in told


def test_what_is_known_about_films_is_shown_by_sort_of_fact() -> None:
    app = opened()
    told = words(app)
    assert "What is known about each film" in told
    assert "The knowledge graph: 3,433 facts join 900 films (100 % of all) to 246 entities" in told
    table = next(one.value for one in app.dataframe if "relation" in one.value)
    assert table["relation"].tolist() == ["genre", "director", "studio", "series"]
    assert (table["alike"] > 1).all()


def test_the_split_is_described_and_looked_through_for_leaks() -> None:
    app = opened("How it is split")
    parts = app.dataframe[0].value
    assert parts["interactions"].sum() == len(open_dataset("demo").interactions)
    told = words(app)
    assert "Split: random" in told
    assert "No pair of person and film lies in more than one part." in told
    assert "happened before something that is learned" in told


def test_an_absent_set_says_how_to_get_it() -> None:
    app = opened("All data sets")
    told = words(app)
    assert "MovieLens 100K" in told
    assert "https://files.grouplens.org/datasets/movielens/ml-100k.zip" in told
    assert str(places.data_root() / "ml-100k") in told
    assert "may not be passed on" in told


def test_a_failed_download_is_a_box_with_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    from gnnrec.datasets import download

    def unreachable(_url: str):
        raise OSError("no network")

    monkeypatch.setattr(download, "_open", unreachable)
    app = opened("All data sets")
    app.button(key="get_movielens-100k").click().run()
    assert not app.exception
    assert "no network" in words(app)
    assert "download it in a browser" in words(app)


def asking(path: Path) -> AppTest:
    app = opened("Import your own")
    app.toggle(key="import_paths").set_value(True).run()
    app.text_input(key="import_path_interactions_0").set_value(str(path)).run()
    assert not app.exception
    return app


def submit(app: AppTest) -> AppTest:
    button = next(one for one in app.button if one.label == "Check and import")
    button.click().run()
    assert not app.exception
    return app


def test_a_table_becomes_the_open_data_set(tmp_path: Path) -> None:
    path = tmp_path / "My shop.csv"
    path.write_text("customer,product,stars\n1,a,5\n1,b,4\n2,a,3\n2,a,1\n3,b,2\n", encoding="utf-8")
    app = asking(path)
    chosen = {box.label: box.value for box in app.selectbox}
    assert (chosen["Person"], chosen["Item"], chosen["Rating"], chosen["Time"]) == (
        "customer",
        "product",
        "stars",
        "",
    )
    submit(app)
    assert imports.names() == ["my-shop"]
    assert {metric.label: metric.value for metric in app.metric}["Repeated, left out"] == "1"
    app.button(key="import_open").click().run()
    assert "My shop" in words(app)
    assert {metric.label: metric.value for metric in app.metric}["Interactions"] == "4"


def test_text_among_numbers_is_a_box_and_nothing_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(f"user_id,item_id,rating\n1,a,5\n2,b,{NASTY}\n", encoding="utf-8")
    app = submit(asking(path))
    assert "row 2" in words(app)
    assert "The data does not fit" in words(app)
    # Other people's text is drawn as text, never as Markdown.
    assert not any(NASTY in one.value for one in app.markdown)
    assert imports.names() == []


def test_a_column_nobody_chose_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("foo,bar\n1,2\n", encoding="utf-8")
    app = submit(asking(path))
    assert "no column chosen for user and item" in words(app)


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "no such file" in words(asking(tmp_path / "nowhere.csv"))


def test_paths_are_typed_only_out_of_others_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("GNNREC_ALLOW_REMOTE", "1"), ("GNNREC_MODE", "present")):
        monkeypatch.setenv(name, value)
        assert "import_paths" not in [toggle.key for toggle in opened("Import your own").toggle]
        monkeypatch.delenv(name)
    # Allowed when the page was drawn, not any more when the answer arrives.
    path = tmp_path / "x.csv"
    path.write_text("user_id,item_id\n1,2\n", encoding="utf-8")
    app = asking(path)
    monkeypatch.setenv("GNNREC_ALLOW_REMOTE", "1")
    app.run()
    assert not any(one.label == "Check and import" for one in app.button)


def test_a_public_demo_neither_imports_nor_downloads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNNREC_MODE", "demo")
    app = opened("Import your own")
    assert "public demo" in words(app)
    assert not app.get("file_uploader")
    app = opened("All data sets")
    assert not [one for one in app.button if (one.key or "").startswith(("get_", "open_movielens"))]


@pytest.mark.realdata
def test_movielens_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNNREC_DATA", REAL_DATA)
    app = opened(d="movielens-100k")
    assert {metric.label: metric.value for metric in app.metric}["Interactions"] == "100,000"
    assert "MovieLens terms of use" in words(app)
