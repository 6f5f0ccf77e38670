"""Where the server is about to listen, and what that means."""

from __future__ import annotations

import gc

import pytest
from streamlit import config

from gnnrec.ui import startup

UVICORN = "/venv/bin/uvicorn"


@pytest.fixture(autouse=True)
def plain_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UVICORN_HOST", "GNNREC_ALLOW_REMOTE", "GNNREC_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(config, "_main_script_path", None)


@pytest.mark.parametrize(
    ("argv", "address"),
    [
        ([UVICORN, "app:app"], "127.0.0.1"),
        ([UVICORN, "app:app", "--host", "0.0.0.0"], "0.0.0.0"),
        ([UVICORN, "--host=::", "app:app"], "::"),
        (["/site/uvicorn/__main__.py", "app:app", "--host", "10.0.0.1"], "10.0.0.1"),
        ([r"uvicorn.exe", "app:app"], "127.0.0.1"),
        (["/venv/bin/hypercorn", "app:app", "--host", "0.0.0.0"], None),
    ],
)
def test_the_address_of_an_asgi_server(argv: list[str], address: str | None) -> None:
    assert startup.listening_address(argv) == address


def test_uvicorn_reads_its_host_from_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UVICORN_HOST", "0.0.0.0")
    assert startup.listening_address([UVICORN, "app:app"]) == "0.0.0.0"


@pytest.mark.parametrize(("set_to", "address"), [("0.0.0.0", "0.0.0.0"), (None, "")])
def test_the_address_of_streamlit_run(set_to, address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "_main_script_path", "app.py")
    monkeypatch.setattr(config, "get_option", {"server.address": set_to}.get)
    assert startup.listening_address(["/venv/bin/streamlit", "run", "app.py"]) == address


@pytest.mark.parametrize(
    ("variables", "argv", "words"),
    [
        ({}, [UVICORN, "app:app", "--host", "0.0.0.0"], "--allow-remote"),
        ({"GNNREC_MODE": "public"}, [UVICORN, "app:app"], "one of workbench, demo, present"),
    ],
)
def test_an_unsafe_start_ends_in_words(variables, argv, words, monkeypatch, capsys) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(startup.sys, "argv", argv)
    with pytest.raises(SystemExit) as ended:
        startup.refuse_unsafe_start()
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_a_safe_start_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup.sys, "argv", [UVICORN, "app:app"])
    startup.refuse_unsafe_start()
    monkeypatch.setenv("GNNREC_ALLOW_REMOTE", "1")
    monkeypatch.setattr(startup.sys, "argv", [UVICORN, "app:app", "--host", "0.0.0.0"])
    startup.refuse_unsafe_start()


@pytest.mark.parametrize(
    ("mode", "size"), [("present", startup.STAGE_FONT_PX), ("workbench", None), ("demo", None)]
)
def test_type_is_large_on_a_stage_alone(mode: str, size: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, int] = {}
    monkeypatch.setattr(config, "set_option", asked.__setitem__)
    monkeypatch.setenv("GNNREC_MODE", mode)
    startup.set_the_stage()
    assert asked.get("theme.baseFontSize") == size


def test_a_library_that_cannot_be_warmed_does_not_stop_the_others(monkeypatch, caplog) -> None:
    imported: list[str] = []

    def fake_import(name: str) -> None:
        if name == startup.WARM[0]:
            raise OSError("no space left on device")
        imported.append(name)

    monkeypatch.setattr(startup.importlib, "import_module", fake_import)
    startup.import_ahead()
    assert imported == list(startup.WARM[1:])
    assert startup.WARM[0] in caplog.text


def test_what_was_loaded_once_is_not_searched_for_garbage_at_every_click() -> None:
    gc.unfreeze()
    held = gc.get_objects()
    try:
        startup.spare_the_collector()
        assert gc.get_freeze_count() > 0.9 * len(held)
    finally:
        gc.unfreeze()
