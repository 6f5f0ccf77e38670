"""The comparison as a file for those who have nothing installed: what the page shows, from the verdict to the board."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gnnrec.evaluation.versus import QUADRANTS
from gnnrec.figures.person_scatter import better_bar
from gnnrec.reports import Report, Section, Table, Text, picture_of
from gnnrec.ui.compare.asked import Asked
from gnnrec.ui.compare.board import board_caption, board_figure
from gnnrec.ui.compare.people import NAMES, scatter_caption, scatter_figure, served_words
from gnnrec.ui.compare.verdict import difference_caption, difference_figure
from gnnrec.ui.compare.words import answer_words, numbers_words
from gnnrec.ui.context import Context
from gnnrec.ui.report_button import report_button, report_of


def report(context: Context, asked: Asked) -> None:
    """The button that hands it over."""
    report_button(
        lambda: comparison(context, asked),
        (context.dataset.name, asked.a.slug, asked.b.slug),
        key="compare_report",
    )


def comparison(context: Context, asked: Asked) -> Report:
    """The report itself: figures only, nobody is named."""
    answer, why = answer_words(context, asked)
    sections = [_verdict(context, asked, why), _people(context, asked), _board(context, asked)]
    title = f"Is {asked.a.title} better than {asked.b.title}?"
    return report_of(context, title, answer, sections, part=asked.part)


def _verdict(context: Context, asked: Asked, why: str) -> Section:
    bar = better_bar(asked.versus.of_100, asked.a.title, asked.b.title, context.words.people, "light")
    of_100 = f"Of 100 {context.words.people}: left A is better, right B is better, between both are alike."
    return Section(
        "Which one is better?",
        [
            Text(why),
            *([picture_of(bar, of_100)] if asked.versus.n > 1 else []),
            Text(f"A is {asked.a.title}, B is {asked.b.title}. {numbers_words(context, asked)}"),
            picture_of(difference_figure(asked, "light"), difference_caption(context, asked)),
        ],
    )


def _people(context: Context, asked: Asked) -> Section:
    groups, n = asked.versus.groups, asked.versus.n
    rows: Sequence[tuple[str, int, str]] = [
        (NAMES[name], len(groups[name]), f"{100 * len(groups[name]) / n:.0f} %") for name in QUADRANTS
    ]
    frame = pd.DataFrame(rows, columns=["who", context.words.people, "share"])
    return Section(
        "For whom?",
        [
            picture_of(scatter_figure(context, asked, "light"), scatter_caption(context, asked)),
            Table.of_frame(frame, served_words(context, asked)),
        ],
    )


def _board(context: Context, asked: Asked) -> Section:
    figure = board_figure(context, asked.part, asked.metric, "light")
    return Section(
        "Among all models of this split",
        [picture_of(figure, board_caption(context, asked.part, asked.metric))],
    )
