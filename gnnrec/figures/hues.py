"""Which colour a genre has: the same on its poster, in the graph and in every chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from gnnrec.figures.tokens import Mode


@dataclass(frozen=True)
class Tone:
    """A place on the colour wheel (degrees of OKLCH) and how colourful it is (1 full, 0 grey)."""

    hue: float
    colourfulness: float = 1.0


# Frequent genres get the wide gaps; rarer ones fill them, told apart by colourfulness as well.
_TONES = {
    "drama": Tone(278),
    "comedy": Tone(72),
    "thriller": Tone(196),
    "romance": Tone(356),
    "action": Tone(30),
    "sci-fi": Tone(238),
    "crime": Tone(158),
    "adventure": Tone(134),
    "horror": Tone(326),
    "children": Tone(106),
    "family": Tone(106),
    "animation": Tone(90),
    "fantasy": Tone(305),
    "musical": Tone(340),
    "music": Tone(340),
    "mystery": Tone(214),
    "documentary": Tone(218, 0.45),
    "history": Tone(60, 0.5),
    "war": Tone(46, 0.6),
    "western": Tone(56, 0.8),
    "film-noir": Tone(275, 0.3),
    "silent": Tone(80, 0.25),
}
_ALIASES = {
    "children's": "children",
    "science fiction": "sci-fi",
    "noir": "film-noir",
    "silent film": "silent",
}


def first_genres(genres: str | Sequence[str] | None) -> tuple[str, ...]:
    """The genres of an item, from `"Drama|Comedy"` or a list; empty where there are none."""
    if genres is None or isinstance(genres, float):
        return ()
    parts = genres.split("|") if isinstance(genres, str) else [str(genre) for genre in genres]
    return tuple(part.strip() for part in parts if part.strip() and part.strip() != "(no genres listed)")


def tone(genre: str) -> Tone:
    """The tone of a genre; one that is not in the table gets the same one every time, from its name."""
    name = genre.strip().casefold()
    name = _ALIASES.get(name, name)
    known = _TONES.get(name)
    return known or Tone(_hash_hue(name), 0.8)


def item_tone(item_id: str, genres: str | Sequence[str] | None) -> Tone:
    """The tone of an item: that of its first genre, or a quiet one from its id."""
    named = first_genres(genres)
    return tone(named[0]) if named else Tone(_hash_hue(item_id), 0.35)


def genre_colour(genre: str, mode: Mode) -> str:
    """The colour of a genre as a line, a node or a bar on the page."""
    chosen = tone(genre)
    return oklch(0.56, 0.15, chosen) if mode == "light" else oklch(0.75, 0.12, chosen)


def item_colour(item_id: str, genres: str | Sequence[str] | None, mode: Mode) -> str:
    """The colour of an item as a node or a mark on the page."""
    chosen = item_tone(item_id, genres)
    return oklch(0.56, 0.15, chosen) if mode == "light" else oklch(0.75, 0.12, chosen)


def oklch(lightness: float, chroma: float, chosen: Tone) -> str:
    """A tone as `#RRGGBB`, less colourful where a screen cannot show it.

    **Source**: B. Ottosson, "A perceptual color space for image processing" (2020): equal lightness
    looks equally light in every hue, so white type is as legible on yellow as on blue.
    """
    wanted = chroma * chosen.colourfulness
    angle = math.radians(chosen.hue)
    while True:
        rgb = _linear_rgb(lightness, wanted * math.cos(angle), wanted * math.sin(angle))
        if wanted <= 0.0 or all(-1e-4 <= channel <= 1.0001 for channel in rgb):
            return "#" + "".join(f"{round(255 * _gamma(channel)):02X}" for channel in rgb)
        wanted = max(0.0, wanted - 0.004)


def _linear_rgb(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _gamma(channel: float) -> float:
    channel = min(1.0, max(0.0, channel))
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _hash_hue(text: str) -> float:
    return blake2b(text.encode("utf-8", "replace"), digest_size=2).digest()[0] / 256 * 360
