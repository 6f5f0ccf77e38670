"""What happens between the start of the server and its first visitor: the address check and the warming."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from gnnrec import places
from gnnrec.errors import GnnrecError

_log = logging.getLogger("gnnrec")

# Imported ahead of the first visitor, slowest first: together they take seconds.
WARM = ("torch", "pandas", "scipy.sparse", "plotly.graph_objects", "torch_geometric.nn", "pyvis.network")

STAGE_FONT_PX = 19

_THREAD = "warming"


def refuse_unsafe_start() -> None:
    """End the process in words when it would listen to other machines unasked, or in an unknown mode."""
    try:
        places.mode()
        address = listening_address(sys.argv)
        if address is not None:
            places.require_safe_address(address)
    except GnnrecError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


def set_the_stage() -> None:
    """In present mode everything is larger: it is read from the last row of a room."""
    from streamlit import config

    if places.mode() == "present":
        config.set_option("theme.baseFontSize", STAGE_FONT_PX)


def listening_address(argv: Sequence[str]) -> str | None:
    """The address this process is about to listen on; empty means all, None that only the server knows.

    Args:
        argv: the command line of the process. Under an unknown ASGI server the answer is None, and the
            security layer refuses visitors from elsewhere one by one.
    """
    from streamlit import config

    if _runs_under(argv, "uvicorn"):
        return _option(argv, "--host") or os.environ.get("UVICORN_HOST") or "127.0.0.1"
    # `streamlit run` reads its options before it imports the app; any other importer leaves no path here.
    if config._main_script_path is not None:
        return config.get_option("server.address") or ""
    return None


def _runs_under(argv: Sequence[str], server: str) -> bool:
    name = os.path.basename(os.path.dirname(argv[0]) if argv[0].endswith("__main__.py") else argv[0])
    return name.removesuffix(".exe") == server


def _option(argv: Sequence[str], flag: str) -> str | None:
    for place, word in enumerate(argv):
        if word == flag and place + 1 < len(argv):
            return argv[place + 1]
        if word.startswith(f"{flag}="):
            return word.removeprefix(f"{flag}=")
    return None


@asynccontextmanager
async def warmed(_app: Any) -> AsyncIterator[None]:
    """Import the heavy libraries and open the first view while the server already answers."""
    # Loading outside a visitor's run is meant here; Streamlit would warn about it once per cached function.
    bare_mode = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    bare_mode.addFilter(lambda record: record.threadName != _THREAD)
    threading.Thread(target=_warm, name=_THREAD, daemon=True).start()
    yield


def _warm() -> None:
    import_ahead()
    try:
        _open_first_view()
    except Exception:
        # The page will meet the same trouble and show it to its visitor.
        _log.warning("The first view could not be opened ahead of the first visitor", exc_info=True)
    spare_the_collector()


def spare_the_collector() -> None:
    """Take what was loaded once for all out of what is searched for garbage.

    Streamlit searches everything after each run of a page, and answers nobody meanwhile: with the heavy libraries
    in it, that took a third of a second of every click.
    """
    gc.collect()
    gc.freeze()


def _open_first_view() -> None:
    """Load what an address without any choice shows, so that the caches have it."""
    from gnnrec.ui import context, loaders

    view = context.resolve({})
    for checkpoint in (view.a, view.b):
        if checkpoint is not None:
            loaders.model(checkpoint.address)


def import_ahead() -> None:
    """Import what pages need; what fails is logged and left to the page that needs it."""
    for name in WARM:
        try:
            importlib.import_module(name)
        except Exception:
            _log.exception("%s could not be imported ahead of the first visitor", name)
