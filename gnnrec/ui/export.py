"""Downloads: buttons that hand a table over as a file, and plain names for files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.data.spreadsheets import safe_csv

_MIME = {"csv": "text/csv", "html": "text/html", "jsonl": "application/jsonl"}


def file_name(*parts: object, ending: str) -> str:
    """A name for a download made of ids and names of other people: letters, digits, dots, dashes and underscores.

    Slashes, quotes and line breaks would mean something to a header, a shell or a file system.
    """
    plain = unicodedata.normalize("NFKD", "-".join(map(str, parts)))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    stem = re.sub(r"[-.]{2,}", "-", re.sub(r"[^A-Za-z0-9._-]+", "-", plain)).strip("-.")[:100]
    return f"{stem or 'gnnrec'}.{ending}"


def download(
    make: Callable[[], str | bytes],
    name: tuple[object, ...],
    ending: str,
    *,
    key: str,
    label: str,
    icon: str = "download",
    **look: Any,
) -> None:
    """A button that hands a file over, made when it is asked for; none on a stage.

    Args:
        make: Makes the file. Quick, or from what is worked out already.
        name: What the name of the file is made of.
        ending: What the name ends with, such as `csv`.
        key: Key of the element.
        label: What stands on the button.
        icon: Name of a Material symbol.
        look: What else Streamlit's button takes, such as `help`.
    """
    if not places.developer_controls():
        return
    st.download_button(
        label,
        make,
        file_name=file_name(*name, ending=ending),
        mime=_MIME[ending],
        key=key,
        icon=f":material/{icon}:",
        on_click="ignore",
        **look,
    )


def download_table(
    table: Callable[[], pd.DataFrame],
    name: tuple[object, ...],
    *,
    key: str,
    label: str = "Download as CSV",
) -> None:
    """A button that hands a table over as a file, made when it is asked for; none on a stage.

    Args:
        table: Makes the table.
        name: What the name of the file is made of.
        key: Key of the element.
        label: What stands on the button.
    """
    download(lambda: safe_csv(table()), name, "csv", key=key, label=label)
