"""Colours, sizes and radii: the one place that theme, charts, cards and graph take them from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["light", "dark"]

FONT_STACK = (
    '"Source Sans", "Source Sans 3", system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif'
)
SERIF_STACK = "Georgia, 'Liberation Serif', 'Times New Roman', 'Noto Serif', serif"

BASE_FONT_SIZE = 15
# 30, 22, 18, 16, 15, 15 px; in rem, so that the large type of presentations scales headings with the text.
HEADING_SIZES = ("2rem", "1.4667rem", "1.2rem", "1.0667rem", "1rem", "1rem")
HEADING_WEIGHTS = (650, 600, 600, 600, 600, 600)
SIDEBAR_HEADING_SIZES = ("1.4667rem", "1.2rem", "1.0667rem", "1rem", "1rem", "1rem")
BASE_RADIUS = 10
BUTTON_RADIUS = 8


@dataclass(frozen=True)
class Tokens:
    """The colours of one mode.

    Args:
        mode: `light` or `dark`.
        primary: Buttons, which have white words on them, and the selected thing.
        link: Words in the hue of the primary colour.
        background: The page.
        raised: Surfaces that stand out from the page: inputs, cards.
        sidebar: The side bar.
        text: Text.
        muted: Text of second rank: axis titles, captions, baselines' labels.
        border: Lines around things, and the grid of a chart.
        series: Model A, model B, and four more; the last one is grey and belongs to baselines.
        series_text: The same for words in small type, where a series colour alone would be too pale.
        hit: What the person later had; always together with a word or a shape.
        danger: What went wrong.
        warning: What needs care.
        sequential: Ten steps from little to much.
        diverging: Ten steps from negative to positive.
    """

    mode: Mode
    primary: str
    link: str
    background: str
    raised: str
    sidebar: str
    text: str
    muted: str
    border: str
    series: tuple[str, str, str, str, str, str]
    series_text: tuple[str, str, str, str, str, str]
    hit: str
    danger: str
    warning: str
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]

    @property
    def model_a(self) -> str:
        """Model A, on every page."""
        return self.series[0]

    @property
    def model_b(self) -> str:
        """Model B, on every page."""
        return self.series[1]

    @property
    def baseline(self) -> str:
        """Models that are only there to compare with, and misses."""
        return self.series[5]


def _ramp(*halves: str) -> tuple[str, ...]:
    return tuple(" ".join(halves).split())


LIGHT = Tokens(
    mode="light",
    primary="#4F46E5",
    link="#4F46E5",
    background="#FFFFFF",
    raised="#F6F6FB",
    sidebar="#F6F6FB",
    text="#17172B",
    muted="#5A5A72",
    border="#E3E3EE",
    series=("#4F46E5", "#E8590C", "#0C8599", "#C2255C", "#2B8A3E", "#868E96"),
    series_text=("#4F46E5", "#BF4304", "#0A7182", "#C2255C", "#237A35", "#5A5A72"),
    hit="#237A35",
    danger="#C92A2A",
    warning="#B35C00",
    sequential=_ramp(
        "#EEEDFD #DEDCFB #CAC7F8 #B4AFF4 #9C96F0",
        "#847CEB #6A61E8 #4F46E5 #3E36BC #2E2893",
    ),
    diverging=_ramp(
        "#9A3A06 #C74C0A #E8590C #F29563 #F9D2BC",
        "#D9D6FA #A39DF1 #6A61E8 #4F46E5 #352EA3",
    ),
)

DARK = Tokens(
    mode="dark",
    primary="#7169EE",
    link="#A5A0FF",
    background="#12121C",
    raised="#1C1C2B",
    sidebar="#171724",
    text="#ECECF5",
    muted="#A9A9BF",
    border="#313148",
    series=("#A5A0FF", "#FF922B", "#3BC9DB", "#F783AC", "#69DB7C", "#ADB5BD"),
    series_text=("#A5A0FF", "#FF922B", "#3BC9DB", "#F783AC", "#69DB7C", "#ADB5BD"),
    hit="#69DB7C",
    danger="#FF8787",
    warning="#FFC078",
    sequential=_ramp(
        "#23223A #2F2D52 #3D3A6C #4C4887 #5D58A4",
        "#6F69C1 #827CDD #948EF0 #A5A0FF #C6C3FF",
    ),
    diverging=_ramp(
        "#FFB061 #FF922B #CC742A #8F5427 #4F3626",
        "#34325A #56529A #7D77D6 #A5A0FF #C6C3FF",
    ),
)


def tokens(mode: Mode) -> Tokens:
    """The colours of `light` or `dark`."""
    if mode == "light":
        return LIGHT
    if mode == "dark":
        return DARK
    raise ValueError(f"mode is 'light' or 'dark', not {mode!r}")


def streamlit_theme() -> dict[str, object]:
    """The `[theme]` part of `.streamlit/config.toml`, which a test holds equal to this."""
    sizes = {"headingFontSizes": list(HEADING_SIZES), "headingFontWeights": list(HEADING_WEIGHTS)}
    return {
        "baseFontSize": BASE_FONT_SIZE,
        **sizes,
        "baseRadius": f"{BASE_RADIUS}px",
        "buttonRadius": f"{BUTTON_RADIUS}px",
        "metricValueFontSize": "1.7333rem",
        "metricValueFontWeight": 600,
        "showWidgetBorder": True,
        "showSidebarBorder": True,
        "paddingTop": "1rem",
        "paddingBottom": "4rem",
        "sidebar": {
            "headingFontSizes": list(SIDEBAR_HEADING_SIZES),
            "headingFontWeights": list(HEADING_WEIGHTS),
        },
        "light": _mode_theme(LIGHT),
        "dark": _mode_theme(DARK),
    }


def _mode_theme(colours: Tokens) -> dict[str, object]:
    return {
        "primaryColor": colours.primary,
        "backgroundColor": colours.background,
        "secondaryBackgroundColor": colours.raised,
        "textColor": colours.text,
        "borderColor": colours.border,
        "linkColor": colours.link,
        "redColor": colours.danger,
        "orangeColor": colours.model_b,
        "yellowColor": colours.warning,
        "blueColor": colours.series[2],
        "greenColor": colours.hit,
        "violetColor": colours.link,
        "grayColor": colours.baseline,
        "chartCategoricalColors": list(colours.series),
        "chartSequentialColors": list(colours.sequential),
        "chartDivergingColors": list(colours.diverging),
        "dataframeBorderColor": colours.border,
        "dataframeHeaderBackgroundColor": colours.raised,
        "dataframeHeaderTextColor": colours.muted,
        "sidebar": {
            "backgroundColor": colours.sidebar,
            "secondaryBackgroundColor": colours.background,
            "borderColor": colours.border,
        },
    }
