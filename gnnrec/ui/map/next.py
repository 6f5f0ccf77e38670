"""The map as a file, and the ways on from it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.export import download_table
from gnnrec.ui.map.asked import Asked


def downloads(context: Context, asked: Asked) -> None:
    """All points with their places as a table in a file."""
    name = (context.dataset.name, asked.checkpoint.slug, "map", asked.picture.method)
    download_table(lambda: frame_of(context, asked), name, key="map_csv", label="Download all points as CSV")


def frame_of(context: Context, asked: Asked) -> pd.DataFrame:
    """Every point with its place, for a file."""
    data, space = context.dataset, asked.space
    people = space.nodes < space.n_users
    names = np.concatenate([data.user_names, data.item_titles])[space.nodes]
    ids = np.concatenate([data.users.ids, data.items.ids])[space.nodes]
    return pd.DataFrame(
        {
            "kind": np.where(people, context.words.person, context.words.item),
            "id": ids,
            "name": names,
            "x": asked.picture.xy[:, 0],
            "y": asked.picture.xy[:, 1],
        }
    )


def next_steps(context: Context) -> None:
    """The same person and item on other pages."""
    with st.container(horizontal=True):
        for page, label, icon in (
            ("graph.py", "The neighbourhood as a graph", "hub"),
            ("recommend.py", "Back to the lists", "arrow_back"),
        ):
            st.page_link(
                places.pages_folder() / page,
                label=label,
                icon=f":material/{icon}:",
                query_params=view.link(),
                width="content",
            )
