"""What every report has to stand: a strict HTML parser, ids that differ, nothing that runs or loads."""

from __future__ import annotations

import re
from typing import Any

import html5lib


def checked(html: str) -> Any:
    """The tree of a page; fails where a browser would have to guess, or where something could run or load."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(html)
    ids: list[str] = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        element.tag = element.tag.rpartition("}")[2]
        assert element.tag not in (
            "script",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "img",
            "form",
            "image",
        )
        for name, value in element.attrib.items():
            name = name.rpartition("}")[2] if isinstance(name, str) else name
            assert not name.lower().startswith("on") and name not in ("src", "srcset", "style"), name
            assert not re.search(r"(?i)javascript:|data:", value) or element.tag not in ("a", "use"), value
            if name == "href":
                assert value.startswith("#"), value
            if "url(" in value:
                assert re.fullmatch(r"url\(#[\w-]+\)", value), value
            if name == "id":
                ids.append(value)
    assert len(set(ids)) == len(ids), "one id twice"
    targets = {
        value
        for element in tree.iter()
        for name, value in element.attrib.items()
        if str(name).endswith("href")
    }
    assert targets <= {f"#{one}" for one in ids}
    return tree
