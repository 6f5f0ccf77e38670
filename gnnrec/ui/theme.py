"""What pages need to look alike: the mode of this visitor, and charts with words beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from gnnrec import places
from gnnrec.figures.tokens import Mode

if TYPE_CHECKING:
    import plotly.graph_objects as go

STAGE_CHART_PX = 17


def mode() -> Mode:
    """Whether this visitor sees the light or the dark theme; light where the browser has not said yet."""
    return "dark" if st.context.theme.type == "dark" else "light"


def show_figure(
    figure: go.Figure,
    *,
    key: str,
    caption: str = "",
    height: int | None = None,
    on_select: Callable[[], None] | None = None,
    select: str = "box",
) -> None:
    """Draw one of our charts in our own look, with its sentence for those who cannot see it.

    Args:
        figure: A figure of `gnnrec.figures`; `layout.meta["alt"]` is its text alternative.
        key: Key of the element; with the same key the chart keeps its place.
        caption: How to read it and where the number comes from.
        height: Pixels, if another height than the figure's own is needed.
        on_select: Called when something is selected in it; what, is in the session under the key. The selection
            itself is gone once the figure changes, so it belongs into the address at once.
        select: How one selects: `points` with a click, `box` or `lasso` by dragging.
    """
    from gnnrec.figures.template import PLOTLY_CONFIG

    if height is not None:
        figure.update_layout(height=height)
    if places.mode() == "present":
        figure.update_layout(font_size=STAGE_CHART_PX)
        figure.update_xaxes(tickfont_size=STAGE_CHART_PX, title_font_size=STAGE_CHART_PX)
        figure.update_yaxes(tickfont_size=STAGE_CHART_PX, title_font_size=STAGE_CHART_PX)
    alt = (figure.layout.meta or {}).get("alt")
    if on_select is None:
        st.plotly_chart(figure, theme=None, key=key, config=PLOTLY_CONFIG, alt=alt)
    else:
        # Named in the layout itself: the browser part sets its own unless it finds one there.
        if select != "points":
            figure.update_layout(dragmode={"box": "select"}.get(select, select))
        st.plotly_chart(
            figure,
            theme=None,
            key=key,
            config=PLOTLY_CONFIG,
            alt=alt,
            on_select=on_select,
            selection_mode=select,
        )
    if caption:
        st.caption(caption)
