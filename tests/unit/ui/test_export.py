"""Downloads: names of files that mean nothing to a header, a shell or a file system."""

from __future__ import annotations

import pytest

from gnnrec.ui.export import file_name


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("demo", "m0001", "demo-gat"), "demo-m0001-demo-gat.csv"),
        (("shop", "../../etc/passwd", "a"), "shop-etc-passwd-a.csv"),
        (("shop", 'x"; rm -rf /\r\nSet-Cookie: a=b', "a"), "shop-x-rm-rf-Set-Cookie-a-b-a.csv"),
        (("Ødegård Éva",), "degard-Eva.csv"),
        (("مرحبا", "\x00", "👩"), "gnnrec.csv"),
        (("." * 300,), "gnnrec.csv"),
    ],
)
def test_file_names_are_plain_whatever_the_ids(parts: tuple[str, ...], expected: str) -> None:
    assert file_name(*parts, ending="csv") == expected


def test_file_names_are_of_sane_length() -> None:
    assert len(file_name("x" * 5000, ending="html")) == 105
