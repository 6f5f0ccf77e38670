"""Open a page the way a visitor does: through the router, at an address."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from gnnrec import places
from tests.browsing import FAILURE

ROUTER = places.app_root() / "gnnrec" / "ui" / "router.py"


def open_page(page: str, **query: object) -> AppTest:
    """A page at an address: `open_page("recommend", u="m0001")`."""
    app = AppTest.from_file(ROUTER, default_timeout=120)
    app.query_params.clear()
    for key, value in query.items():
        app.query_params[key] = str(value)
    # The first run is that of the page itself, as behind a link; until then Streamlit knows a page by its file's name.
    if page != "home":
        app.switch_page(str(places.pages_folder() / f"{page}.py"))
    return fine(app.run())


def address(app: AppTest) -> dict[str, str]:
    """What stands in the address after a run."""
    return {key: value[0] if isinstance(value, list) else value for key, value in app.query_params.items()}


def fine(app: AppTest) -> AppTest:
    """The same app, after a look that it shows neither a trace nor a bug of ours."""
    assert not app.exception, app.exception
    said = words(app)
    assert FAILURE not in said, said
    assert "Traceback" not in said, said
    return app


def words(app: AppTest) -> str:
    """Everything that is written on the page and in its sidebar."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "text", "info", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


def components(app: AppTest) -> list[dict[str, Any]]:
    """What our own components send to the browser: card grids and the graph."""
    sent = [json.loads(part.proto.json) for part in app.get("bidi_component") if part.proto.json]
    return [one for one in sent if isinstance(one, dict)]


def grids(app: AppTest) -> dict[str, list[dict[str, Any]]]:
    """Cards of the page by the label of their grid."""
    return {one["label"]: one["cards"] for one in components(app) if "cards" in one}


def links(app: AppTest) -> list[str]:
    """Where the page's links lead, by label."""
    return [element.proto.label for element in app.get("page_link")]
