"""The exploratory analysis on the Data page: what a data set looks like, and how it was split."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gnnrec.data import Dataset, Split
from gnnrec.data.split_report import Finding, checks, part_sizes
from gnnrec.datasets.report import QualityReport, findings
from gnnrec.figures import shape
from gnnrec.figures.degrees import histogram_of_degrees
from gnnrec.figures.ratings import rating_bars
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

# Least width in pixels of one of two charts side by side.
HALF = 360
PART_WORDS = {"train": "train (learned from)", "valid": "validation (chosen on)", "test": "test (read once)"}


def worth_knowing(dataset: Dataset, report: QualityReport) -> None:
    """What to watch out for, beside the table of gaps."""
    left, right = side_by_side("data-notes", (HALF, 1), (HALF, 1), gap="large")
    with left:
        st.subheader("Worth knowing", anchor=False)
        said = findings(report, dataset) or [
            "Nothing stands out: no gaps, no repeated titles, nobody left out."
        ]
        st.markdown("\n".join(f"- {escape(one)}" for one in said))
    with right:
        st.subheader("Gaps and repeats", anchor=False)
        many = {"items": dataset.words.items, "users": dataset.words.people}
        rows = [
            (f"{many[table]}: {column}", 100 * share)
            for (table, column), share in reversed(report.missing.items())
        ]
        if rows:
            st.dataframe(
                pd.DataFrame(rows, columns=["What", "Empty"]),
                hide_index=True,
                column_config={"Empty": st.column_config.ProgressColumn(format="%.1f %%", max_value=100)},
                height="content" if len(rows) < 6 else 210,
            )
        else:
            st.markdown("No cell of any table is empty.")
        st.caption(
            f"Repeated pairs left out on import: {report.duplicates:,}. "
            f"{dataset.words.items.capitalize()} that share title and year: {report.repeated_titles:,}."
        )


def rating_charts(dataset: Dataset, report: QualityReport) -> None:
    """How ratings spread, and the mean of each person and item; nothing without ratings."""
    if not report.ratings:
        return
    words = dataset.words
    left, right = side_by_side("data-ratings", (HALF, 1), (HALF, 1), gap="large")
    with left:
        st.subheader("How they rate", anchor=False)
        show_figure(
            rating_bars(report.ratings, report.mean_rating, mode(), height=260),
            key="data_ratings",
            caption=f"Share of all {report.n_interactions:,} ratings; mean {report.mean_rating:.2f}.",
        )
    with right:
        st.subheader("Mild and harsh", anchor=False)
        figure = shape.mean_ratings(
            report.rating_per_user,
            report.rating_per_item,
            mode(),
            person=words.person,
            people=words.people,
            item=words.item,
            items=words.items,
        )
        show_figure(
            figure,
            key="data_mean_ratings",
            caption=f"{figure.layout.meta['alt']} Means of few ratings lie at the edges by chance.",
        )


def amounts(dataset: Dataset, report: QualityReport) -> None:
    """The long tail, activity over time, and how much is known about each person and item."""
    words = dataset.words
    left, *rest = side_by_side(
        "data-tail", *[(HALF, 1)] * (2 if report.activity is not None else 1), gap="large"
    )
    with left:
        st.subheader("The long tail", anchor=False)
        figure = shape.long_tail(report.per_item, mode(), items=words.items)
        show_figure(
            figure,
            key="data_long_tail",
            caption=f"{figure.layout.meta['alt']} The dotted line: all {words.items} equally popular.",
        )
    for right in rest:
        with right:
            st.subheader("Over time", anchor=False)
            days = report.activity.index.to_timestamp().strftime("%Y-%m-%d")
            figure = shape.activity(days.tolist(), report.activity.tolist(), mode())
            each = "day" if report.activity.index.freqstr == "D" else "month"
            show_figure(
                figure,
                key="data_activity",
                caption=f"Interactions per {each}. {figure.layout.meta['alt']}",
            )
    st.subheader(f"How much is known about each {words.person} and {words.item}", anchor=False)
    figure = histogram_of_degrees(
        report.per_user.tolist(),
        report.per_item.tolist(),
        mode(),
        person=words.person,
        people=words.people,
        item=words.item,
        items=words.items,
    )
    show_figure(
        figure,
        key="data_degrees",
        caption="Each bar covers twice the range of the one before. All interactions, whatever the split. "
        "These are the degrees of the graph.",
    )


@st.cache_resource(max_entries=8, show_spinner="Looking at the split …")
def _looked_at(_split: Split, key: str) -> tuple[pd.DataFrame, list[Finding]]:
    return part_sizes(_split), checks(_split)


def split_tab(split: Split) -> None:
    """The parts of the split in use, and what could deceive when judging on it."""
    sizes, found = _looked_at(split, split.hash)
    words = split.dataset.words
    st.subheader("The parts", anchor=False)
    table = sizes.assign(part=sizes["part"].map(PART_WORDS), share=100 * sizes["share"])
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "part": "Part",
            "interactions": st.column_config.NumberColumn("Interactions", format="localized"),
            "share": st.column_config.NumberColumn("Share", format="%.0f %%"),
            "people": st.column_config.NumberColumn(words.people.capitalize(), format="localized"),
            "items": st.column_config.NumberColumn(words.items.capitalize(), format="localized"),
            "popularity": st.column_config.NumberColumn(
                "Popularity",
                format="%.0f",
                help=f"How many {words.people} in train have what lies in the part, on average",
            ),
        },
    )
    st.caption(
        f"Split: {escape(str(split.protocol))}. Models learn from train; validation chooses when to stop and "
        "which settings; test is read once, at the very end."
    )
    st.subheader("Could it deceive?", anchor=False)
    for one in found:
        icon = ":material/error:" if one.grave else ":material/info:" if one.n else ":material/check_circle:"
        colour = "red" if one.grave else "orange" if one.n else "green"
        st.markdown(f":{colour}[{icon}] **{escape(one.name)}.** {escape(one.said)}")
    st.caption(
        "Checked on every interaction. A leak would be red: the same pair in two parts, or a later event "
        "learned from in a split by time."
    )
