"""Reports: one HTML file that opens from disk, without network or script, for those who have nothing installed."""

from gnnrec.reports.blocks import Block, Cards, Facts, Picture, PictureCard, Table, Text, picture_of
from gnnrec.reports.document import Report, Section, page

__all__ = [
    "Block",
    "Cards",
    "Facts",
    "Picture",
    "PictureCard",
    "Report",
    "Section",
    "Table",
    "Text",
    "page",
    "picture_of",
]
