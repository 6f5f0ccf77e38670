"""What the Errors page shows as a file for those who have nothing installed: groups and figures, nobody is named."""

from __future__ import annotations

from collections.abc import Sequence

from gnnrec.evaluation.worst_slices import Search, sentence
from gnnrec.figures.distribution import bars_of
from gnnrec.reports import Report, Section, Table, Text, picture_of
from gnnrec.ui.context import Context
from gnnrec.ui.errors.asked import Asked, Chosen
from gnnrec.ui.errors.head import failed_words, numbers_words, question_words
from gnnrec.ui.errors.slices import Row, dots_caption, dots_figure, table_of
from gnnrec.ui.errors.spread import bars_caption, bars_figure, lines_caption, lines_figure, nothing_to_draw
from gnnrec.ui.errors.worst import nothing_found, search_caption, worst_title
from gnnrec.ui.report_button import report_button, report_of


def report(
    context: Context, asked: Asked, chosen: Chosen, found: Search | None, shown: Sequence[Row]
) -> None:
    """The button that hands it over."""
    report_button(
        lambda: failures(context, asked, chosen, found, shown),
        (context.dataset.name, asked.a.slug, asked.metric, "errors"),
        key="errors_report",
    )


def failures(
    context: Context, asked: Asked, chosen: Chosen, found: Search | None, shown: Sequence[Row]
) -> Report:
    """The report itself.

    Args:
        context: What the visitor looks at.
        asked: Metric and models.
        chosen: Slice and brush, drawn as on the page.
        found: The slices that stand out; left out while they are searched for.
        shown: The groups of the page.
    """
    sections = [_spread(context, asked, chosen)]
    if found is not None:
        sections.append(_worst(context, asked, found))
    if shown:
        sections.append(_groups(context, asked, shown))
    models = [asked.a, *([asked.b] if asked.b else [])]
    said = failed_words(context, asked) if len(asked.numbers.values) else nothing_to_draw(context, asked)
    return report_of(context, question_words(asked), said, sections, part=asked.part, models=models)


def _spread(context: Context, asked: Asked, chosen: Chosen) -> Section:
    title, said = f"How {asked.what} is spread", nothing_to_draw(context, asked)
    if said:
        return Section(title, [Text(said)])
    bars = bars_figure(context, asked, chosen, bars_of(asked.numbers.values), "light")
    return Section(
        title,
        [
            Text(numbers_words(context, asked)),
            picture_of(bars, bars_caption(context, asked, chosen)),
            picture_of(lines_figure(context, asked, chosen, "light"), lines_caption(context)),
        ],
    )


def _worst(context: Context, asked: Asked, found: Search) -> Section:
    told = [sentence(one.measured, asked.what, context.words) for one in found.found]
    return Section(
        worst_title(asked),
        [
            *(
                Text(f"{said[:1].upper() + said[1:]}, p {one.p:.3f}.")
                for said, one in zip(told, found.found, strict=True)
            ),
            *([] if found.found else [Text(nothing_found(found))]),
            *([] if found.said else [Text(search_caption(context, found), "caption")]),
        ],
    )


def _groups(context: Context, asked: Asked, shown: Sequence[Row]) -> Section:
    caption = dots_caption(context, asked, shown)
    table = table_of(shown).round(3).astype(object)
    return Section(
        "By what is known of them",
        [
            picture_of(dots_figure(context, asked, shown, "light"), caption),
            Table.of_frame(table.where(table.notna(), None), "Differences are to the mean of all others."),
        ],
    )
