"""Open Errors and read what it shows."""

from __future__ import annotations

import time

import pandas as pd
from streamlit.testing.v1 import AppTest

from gnnrec.ui.errors.asked import conditions_text
from tests.app.opening import fine, open_page
from tests.app.opening import words as written

EASE = "demo-ease"
FEW = conditions_text([("activity", "few films in their history")])


def words(app: AppTest) -> str:
    """What is written, without the signs that keep it from being markup."""
    return written(app).replace("\\", "")


def settled(app: AppTest) -> AppTest:
    """The page once everything is worked out; threads are those of the server, not of the test."""
    for _ in range(200):
        if not app.get("progress"):
            return app
        time.sleep(0.05)
        app = fine(app.run())
    raise AssertionError("something is never worked out")


def opened(**query: object) -> AppTest:
    return settled(open_page("errors", **query))


def people(app: AppTest) -> pd.DataFrame:
    return next(one.value for one in app.dataframe if "held out" in one.value.columns)


def slices(app: AppTest) -> pd.DataFrame:
    return next(one.value for one in app.dataframe if "difference" in one.value.columns)


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def chart(app: AppTest, text: str) -> str:
    return next(one.proto.spec for one in app.get("plotly_chart") if text in one.proto.spec)
