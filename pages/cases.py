"""What did we learn? Verdicts and notes on single suggestions, held against other models, and handed on."""

import streamlit as st

from gnnrec.ui.cases import files, listing
from gnnrec.ui.cases.again import again, became
from gnnrec.ui.cases.asked import asked
from gnnrec.ui.cases.bulk import bulk
from gnnrec.ui.cases.one import open_case
from gnnrec.ui.cases.taxonomy import taxonomy
from gnnrec.ui.context import current
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.router import require_router

require_router()
context = current()

st.title("What did we learn?", anchor=False)
found = asked(context)
bulk(context, found)
if found.total:
    table, case = side_by_side("n_cases", (480, 3), (360, 2))
    with table:
        listing.table(context, found)
        files.exports(context, found)
        listing.elsewhere(context, found)
    with case:
        open_case(context, found)
    counts, check = side_by_side("n_below", (400, 2), (480, 3))
    with counts:
        listing.counted(context, found)
    with check:
        asked_again = again(context, found)
    if asked_again:
        became(context, found, *asked_again)
    files.report(context, found, asked_again)
else:
    listing.none_yet(context)
    listing.elsewhere(context, found)
    open_case(context, found)
taxonomy(context, found)
files.imports()
