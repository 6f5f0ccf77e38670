"""The address a case was written on may come from anybody's file: only a page of ours and plain keys are taken."""

from __future__ import annotations

import pytest

from gnnrec.ui.cases.views import written_on


def test_a_stored_view_leads_back_to_its_page() -> None:
    assert written_on("/why?u=m0001&i=f%7C2&w_how=paths") == (
        "why.py",
        {"u": "m0001", "i": "f|2", "w_how": "paths"},
    )
    assert written_on("/?u=m0001") == ("home.py", {"u": "m0001"})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "https://elsewhere.example/why?u=m0001",
        "//elsewhere.example/why?u=m0001",
        "/nowhere?u=m0001",
        "/../why.py?u=1",
        "/why",
        "/why?" + "&".join(f"k{n}=1" for n in range(500)),
        "http://[broken?u=1",
    ],
)
def test_what_is_no_view_of_ours_leads_nowhere(address: str) -> None:
    assert written_on(address) is None


def test_strange_keys_are_left_out() -> None:
    assert written_on("/why?u=m0001&<b>=1&__class__=2&UPPER=3") == ("why.py", {"u": "m0001"})
