"""Which of the lists of the Recommend page is told about, and which of its items: the address says both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.person import Listing


def in_focus(
    context: Context, able: Sequence[str], listings: Mapping[str, Listing]
) -> tuple[str, int | None]:
    """The list asked for where it is one of those able, else the first of them; its item of the address, else its first.

    Args:
        context: What the visitor looks at.
        able: Names of the lists that there is something to tell about; one at least.
        listings: All lists by name.

    Returns:
        The name of the list and the item, None in an empty list.
    """
    wanted = view.read().get("r_why")
    name = wanted if wanted in able else able[0]
    items = listings[name].items
    return name, context.item if context.item in items else next(iter(items), None)
