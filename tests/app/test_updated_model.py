"""An updated model in the app: its data is one to choose, who is new gets a list, its card says where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from gnnrec.checkpoints import find
from gnnrec.datasets import open_dataset
from gnnrec.runs.update import Updated, update
from tests.app.opening import grids, open_page, words


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Updated]:
    """EASE of the demo with twelve films of somebody new folded in."""
    home = tmp_path_factory.mktemp("updated")
    items = open_dataset("demo").items.ids
    rows: Path = home / "november.csv"
    lines = [f"zoe,{items[place * 7]},4,{1_756_900_000 + place}" for place in range(12)]
    rows.write_text("\n".join(["user_id,item_id,rating,timestamp", *lines]) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNNREC_HOME", str(home / "home"))
        yield update(find("demo-ease"), rows)
    st.cache_resource.clear()
    st.cache_data.clear()


def test_its_card_says_where_it_came_from(updated: Updated) -> None:
    said = words(open_page("models", d=updated.additions.dataset))
    assert "Updated from demo" in said and "fold" in said and "nothing learned again" in said
    assert "12 new rows of november" in said


def test_who_is_new_gets_a_list(updated: Updated) -> None:
    app = open_page("recommend", d=updated.additions.dataset, u="zoe")
    listed = next(cards for label, cards in grids(app).items() if label.startswith("List A"))
    assert len(listed) == 10 and "EASE, updated" in words(app)


@pytest.mark.parametrize("page", ["data", "why", "graph", "compare", "errors", "train"])
def test_the_other_pages_open_on_it(updated: Updated, page: str) -> None:
    open_page(page, d=updated.additions.dataset, u="zoe")
