"""Reports from any page: a button that hands over one HTML file with a title page and what the page shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gnnrec.checkpoints import Checkpoint
from gnnrec.reports import Report, Section, page
from gnnrec.reports.provenance import now, provenance
from gnnrec.ui.context import Context
from gnnrec.ui.export import download

_PARTS = {"valid": "validation", "test": "test (final)"}


def report_of(
    context: Context,
    title: str,
    subtitle: str,
    sections: Sequence[Section],
    *,
    part: str = "valid",
    models: Sequence[Checkpoint] | None = None,
) -> Report:
    """A report with the title page and the last section that all have.

    Args:
        context: What the visitor looks at.
        title: What it is about.
        subtitle: What was found, in a sentence.
        sections: Text, tables and figures, in their order.
        part: Which held-out part the numbers are from: `valid` or `test`.
        models: The models in it; A and B without.
    """
    shown = [one for one in (context.a, context.b) if one is not None] if models is None else list(models)
    facts = [
        ("Data", context.dataset.title),
        ("Models", ", ".join(one.title for one in shown)),
        ("Judged on", _PARTS[part]),
        ("Split", str(context.split)),
        ("Written", now()),
    ]
    origin = provenance(context.dataset, shown, ("Judged on", _PARTS[part]), ("Split", str(context.split)))
    return Report(title, subtitle, facts, [*sections, origin])


def report_button(
    make: Callable[[], Report],
    name: tuple[object, ...],
    *,
    key: str,
    label: str = "Report (HTML)",
) -> None:
    """A button that hands a report over as a file, made when it is asked for; none on a stage.

    Args:
        make: Makes the report. Quick, or from what is worked out already.
        name: What the name of the file is made of, such as data set and page.
        key: Key of the element.
        label: What stands on the button.
    """
    download(
        lambda: page(make()).encode(),
        (*name, "report"),
        "html",
        key=key,
        label=label,
        icon="description",
        help="One file with a title page. It opens anywhere, prints well, and needs neither network nor gnnrec.",
    )
