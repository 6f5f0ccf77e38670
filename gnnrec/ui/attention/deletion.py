"""Does it matter where the model looks? Attention against what each item's deletion does to a score."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gnnrec.explain.attention_effect import matters, matters_words
from gnnrec.explain.deletion import Deletion, deletion, estimate
from gnnrec.figures.attention_effect import attention_effect
from gnnrec.recommenders import Query
from gnnrec.recommenders.capabilities import EDITS_GRAPH
from gnnrec.ui import loaders, person
from gnnrec.ui.attention.asked import Asked
from gnnrec.ui.context import Context
from gnnrec.ui.long_work import worked
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure
from gnnrec.ui.why.findings import DELETION


def deletion_panel(context: Context, asked: Asked) -> np.ndarray | None:
    """The scatter with its correlation in words; gives what the score loses without each neighbour, once known.

    **Shapes**: [n], in the order of the neighbours.
    """
    words = context.words
    st.subheader("Does that matter?", anchor=False)
    if asked.item is None:
        st.caption(f"Nothing is left to suggest to this {words.person}, so there is no score to test it on.")
        return None
    if EDITS_GRAPH not in asked.model.capabilities:
        st.caption(
            f"{escape(asked.checkpoint.title)} cannot be asked what would be without an edge, so whether these weights "
            "matter cannot be tested."
        )
        return None
    title = escape(context.dataset.item_title(asked.item))
    if asked.item in asked.graph.kinds_and_numbers(asked.looks.source)[1]:
        st.caption(
            f"They {words.past} **{title}** already, so it is not suggested; choose another {words.item} above to test "
            "it on."
        )
        return None
    found = _deleted(context, asked)
    if found is None:
        return None
    share, effect = asked.looks.mean, found.effect
    st.markdown(f"**{matters_words(matters(share, effect), words, asked.looks.learned)}**")
    names = [context.dataset.item_title(int(one)) for one in found.items]
    what = asked.weight_name.capitalize()
    show_figure(attention_effect(share, effect, names, mode(), what=what), key="attention_effect")
    averaged = ", averaged over layers and heads" if asked.looks.shares.shape[:2] != (1, 1) else ""
    rank = f", rank {found.rank:,}" if found.rank else ""
    st.caption(
        f"Each dot is {words.an_item} they {words.past}. Across: its {asked.weight_name}{averaged}. "
        f"Up: what the score of {title} ({found.score:.3g}{rank}) loses when it is taken out and messages are passed "
        "again, parameters frozen; below zero the score rises. Were looking the same as mattering, the dots would climb "
        "from left to right."
    )
    return effect


def _deleted(context: Context, asked: Asked) -> Deletion | None:
    """The effects, or None while they are worked out."""
    query, item, model = Query(user=context.user), asked.item, asked.model
    hidden = person.hidden_from(context, "valid")
    n = len(asked.looks.source)
    # The key of the Why page's own deletion: what was worked out there is not worked out again.
    key = (*person.answer_key(asked.checkpoint.address, query, "valid"), item, DELETION)
    return worked(
        key,
        _seconds(asked.checkpoint.address, context.user, n),
        lambda tell: deletion(model, query, item, hidden, tell),
        f"Taking out each of {context.words.count_items(n)}",
        widget="t_delete",
        button="Take them out",
    )


@st.cache_data(max_entries=1000, show_spinner=False)
def _seconds(address: str, user: int, n: int) -> float:
    return estimate(loaders.model(address), user, n)
