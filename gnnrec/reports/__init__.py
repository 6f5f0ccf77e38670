"""Reports: one HTML file that opens from disk, without network or script, for those who have nothing installed."""

from gnnrec.reports.blocks import Beside, Block, Cards, Facts, Picture, PictureCard, Table, Text, picture_of
from gnnrec.reports.document import Report, Section, page, require_html, save_page

__all__ = [
    "Beside",
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
    "require_html",
    "save_page",
]
