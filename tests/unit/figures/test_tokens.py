"""One set of colours: the theme file says the same as the tokens, and everything can be read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from gnnrec.figures.tokens import DARK, LIGHT, Tokens, streamlit_theme, tokens

CONFIG = Path(__file__).parents[3] / ".streamlit" / "config.toml"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of the web accessibility guidelines (1 to 21)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_of_black_and_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_theme_file_says_what_the_tokens_say() -> None:
    assert tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"] == streamlit_theme()


def test_theme_file_names_no_other_host() -> None:
    text = CONFIG.read_text(encoding="utf-8")
    assert "http" not in text and "fontFaces" not in text


def test_server_settings_are_known_to_streamlit_and_safe() -> None:
    from streamlit import config as streamlit_config

    options = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    known = set(streamlit_config.get_config_options(force_reparse=False))
    for section in ("browser", "client", "runner", "server"):
        for name in options[section]:
            assert f"{section}.{name}" in known, f"{section}.{name} is not an option of this Streamlit"
    assert options["browser"]["gatherUsageStats"] is False
    assert options["client"]["showErrorDetails"] == "none"
    assert options["client"]["toolbarMode"] == "viewer"
    assert options["server"]["address"] == "127.0.0.1"
    assert options["server"]["enableStaticServing"] is False
    assert options["server"]["enableAgentApi"] is False


def test_theme_options_are_known_to_streamlit() -> None:
    from streamlit import config as streamlit_config

    known = set(streamlit_config.get_config_options(force_reparse=False))

    def names(part: dict[str, object], prefix: str) -> list[str]:
        found = []
        for name, value in part.items():
            found += names(value, f"{prefix}.{name}") if isinstance(value, dict) else [f"{prefix}.{name}"]
        return found

    assert [name for name in names(streamlit_theme(), "theme") if name not in known] == []


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_surface(colours: Tokens) -> None:
    for surface in (colours.background, colours.raised, colours.sidebar):
        assert contrast(colours.text, surface) >= 7
        assert contrast(colours.muted, surface) >= 4.5
        assert contrast(colours.link, surface) >= 4.5
        for colour in (*colours.series_text, colours.hit, colours.danger):
            assert contrast(colour, surface) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_stand_out_and_buttons_can_be_read(colours: Tokens) -> None:
    for colour in colours.series:
        assert contrast(colour, colours.background) >= 3
    # Streamlit writes white on the primary colour, and the primary colour on the page.
    assert contrast("#FFFFFF", colours.primary) >= 4.2
    assert contrast(colours.primary, colours.background) >= 4.2


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_series_and_scales_have_no_colour_twice(colours: Tokens) -> None:
    assert len(set(colours.series)) == 6
    assert len(set(colours.sequential)) == 10
    assert len(set(colours.diverging)) == 10


def test_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="'light' or 'dark'"):
        tokens("sepia")
