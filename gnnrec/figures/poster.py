"""Generated posters and portraits: a picture for whatever has a title or a name, and no rights to clear."""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b
from html import escape

from gnnrec.data.names import clean
from gnnrec.figures.hues import Tone, first_genres, item_tone, oklch, tone
from gnnrec.figures.text import characters, right_to_left, shorten, width, wrap
from gnnrec.figures.tokens import FONT_STACK, SERIF_STACK, Mode

WIDTH, HEIGHT = 200, 280
_MARGIN = 15
_LINES = 4
# Largest first: a short title is set large, a long one smaller before it loses words.
_TITLE_SIZES = (27, 24, 21, 18.5)
_SUBTITLE_SIZE = 13.5
# Sans type is narrower than the serif that the width table was made for.
_SANS_SHARE = 0.86


def poster_svg(
    item_id: str, title: str, subtitle: str, genres: str | Sequence[str] | None, mode: Mode
) -> str:
    """A poster for an item: its genre is the colour, its id the drawing, its title the type.

    Args:
        item_id: The item's own id; the same id always gives the same drawing.
        title: Shown at the lower left on at most four lines; an empty title shows the id.
        subtitle: One small line under the title, such as `Drama · 1995`.
        genres: `"Drama|Comedy"` or a list. The first one gives the hue, the second one the hue of a circle.
        mode: `light` or `dark`; dark posters are a little deeper.

    Returns:
        A complete SVG document that loads nothing and contains no script.
    """
    main = item_tone(item_id, genres)
    named = first_genres(genres)
    second = tone(named[1]) if len(named) > 1 else Tone(main.hue + 28, main.colourfulness)
    lift = 0.0 if mode == "light" else -0.04
    # Yellows and greens turn to mud where they are as dark as a blue may be; no type lies on the upper part.
    top = 0.61 + lift + 0.08 * max(0.0, math.cos(math.radians(main.hue - 100)))
    digest = blake2b(str(item_id).encode("utf-8", "replace"), digest_size=8).digest()
    key = f"p{digest.hex()}{mode[0]}"
    name = clean(title) or clean(item_id) or "untitled"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(name)}</title><defs>"
        f'<linearGradient id="{key}" x1="0" y1="0" x2="0.35" y2="1">'
        f'<stop offset="0" stop-color="{oklch(top, 0.16, main)}"/>'
        f'<stop offset="1" stop-color="{oklch(0.36 + lift, 0.12, main)}"/></linearGradient>'
        f'<linearGradient id="{key}s" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="#000" stop-opacity="0"/>'
        f'<stop offset="1" stop-color="{oklch(0.17, 0.05, main)}" stop-opacity="0.6"/></linearGradient>'
        f'</defs><rect width="{WIDTH}" height="{HEIGHT}" fill="url(#{key})"/>'
        f"{_circles(digest, main, second, lift)}"
        f'<rect y="90" width="{WIDTH}" height="{HEIGHT - 90}" fill="url(#{key}s)"/>'
        f"{_type(name, clean(subtitle))}</svg>"
    )


def avatar_svg(person_id: str, name: str) -> str:
    """A round portrait of a person: two soft shapes in a hue from the id, with initials or number.

    Args:
        person_id: The person's own id; the same id always gives the same drawing.
        name: Up to two initials are taken from it, or up to four digits; an empty one shows nothing.

    Returns:
        A complete SVG document that loads nothing and contains no script.
    """
    digest = blake2b(str(person_id).encode("utf-8", "replace"), digest_size=8).digest()
    main = Tone(digest[0] / 256 * 360, 0.8)
    light, deep = oklch(0.68, 0.13, main), oklch(0.33, 0.10, main)
    key = f"a{digest.hex()}"
    x, y, radius = 10 + digest[1] / 256 * 44, 4 + digest[2] / 256 * 24, 14 + digest[3] / 256 * 12
    words = [word for word in clean(name).split() if word[0].isalnum()]
    initials = "".join(next(characters(word)) for word in [*words[:1], *words[1:][-1:]]).upper()
    # People who are only a number are told apart by it.
    initials = words[0][:4] if len(words) == 1 and words[0].isdecimal() else initials
    size = 24 if len(initials) <= 2 else 18
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img">'
        f'<title>{escape(clean(name) or clean(person_id))}</title><defs><clipPath id="{key}">'
        '<circle cx="32" cy="32" r="32"/></clipPath></defs>'
        f'<g clip-path="url(#{key})"><rect width="64" height="64" fill="{oklch(0.50, 0.13, main)}"/>'
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}" fill="{light}" fill-opacity="0.55"/>'
        f'<ellipse cx="{64 - x:.0f}" cy="62" rx="34" ry="20" fill="{deep}" fill-opacity="0.6"/></g>'
        f'<text x="32" y="{32 + 0.35 * size:.1f}" text-anchor="middle" font-size="{size}" '
        f'font-family="{escape(FONT_STACK)}" '
        f'font-weight="600" fill="#fff">{escape(initials)}</text></svg>'
    )


def _circles(digest: bytes, main: Tone, second: Tone, lift: float) -> str:
    """Two soft circles in the upper part, where no title lies over them."""
    first = (20 + digest[0] / 255 * 160, 25 + digest[1] / 255 * 80, 52 + digest[2] / 255 * 34)
    other = (20 + digest[3] / 255 * 160, 70 + digest[4] / 255 * 90, 26 + digest[5] / 255 * 30)
    return "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}" fill="{colour}" fill-opacity="{opacity}"/>'
        for (x, y, radius), colour, opacity in (
            (first, oklch(0.74 + lift, 0.13, main), 0.34),
            (other, oklch(0.72 + lift, 0.15, second), 0.46),
        )
    )


def _type(title: str, subtitle: str) -> str:
    room = WIDTH - 2 * _MARGIN
    for size in _TITLE_SIZES:
        limit = room / size
        lines, whole = wrap(title, limit, _LINES)
        # A word that has to be cut is worth a smaller size as well.
        if whole and all(width(word) <= limit for word in title.split(" ")):
            break
    rtl = right_to_left(title)
    leading = size * 1.14
    base = HEIGHT - _MARGIN - (_SUBTITLE_SIZE + 9 if subtitle else 0) - (len(lines) - 1) * leading
    spans = "".join(_line(line, base + row * leading, rtl) for row, line in enumerate(lines))
    drawn = (
        f'<g font-family="{escape(SERIF_STACK)}" font-size="{size}" font-weight="700" fill="#fff">{spans}</g>'
    )
    if subtitle:
        short = shorten(subtitle, 60)
        while width(short) * _SUBTITLE_SIZE * _SANS_SHARE > room:
            short = shorten(short, len(list(characters(short))) - 1)
        drawn += (
            f'<g font-family="{escape(FONT_STACK)}" font-size="{_SUBTITLE_SIZE}" fill="#fff" '
            f'fill-opacity="0.86">{_line(short, HEIGHT - _MARGIN, rtl)}</g>'
        )
    return drawn


def _line(text: str, y: float, rtl: bool) -> str:
    place = f'x="{WIDTH - _MARGIN}" direction="rtl"' if rtl else f'x="{_MARGIN}"'
    return f'<text {place} y="{y:.1f}">{escape(text)}</text>'
