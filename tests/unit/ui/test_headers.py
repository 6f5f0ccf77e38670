"""The layer in front of Streamlit: headers on every answer, no answer for other machines."""

from __future__ import annotations

import asyncio

import pytest

from gnnrec.ui.headers import FIXED, MEDIA_POLICY, SecurityHeaders, page_policy


@pytest.fixture(autouse=True)
def not_remote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GNNREC_ALLOW_REMOTE", raising=False)


def ask(
    path: str = "/", host: str = "localhost:8501", server=("127.0.0.1", 8501), kind: str = "http"
) -> dict:
    """Send one request through the layer and collect what came out and whether the app behind was reached."""
    seen: dict = {"reached": False, "messages": []}

    async def inner(scope, receive, send):
        seen["reached"] = True
        if kind == "http":
            headers = [(b"content-type", b"text/html"), (b"X-Frame-Options", b"ALLOWALL")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"hello"})
        else:
            await send({"type": "websocket.accept"})

    async def send(message):
        seen["messages"].append(message)

    scope = {"type": kind, "path": path, "headers": [(b"host", host.encode("latin-1"))], "server": server}
    asyncio.run(SecurityHeaders(inner)(scope, None, send))
    start = seen["messages"][0]
    seen["status"] = start.get("status")
    pairs = [(name.decode().lower(), value.decode()) for name, value in start.get("headers", [])]
    seen["headers"] = dict(pairs)
    assert len(pairs) == len(seen["headers"]), "a header came twice"
    return seen


def directives(policy: str) -> dict[str, list[str]]:
    return {part.split()[0]: part.split()[1:] for part in policy.split("; ")}


def test_every_answer_carries_the_headers_once() -> None:
    answer = ask()
    assert answer["reached"] and answer["status"] == 200
    for name, value in FIXED.items():
        assert answer["headers"][name.lower()] == value
    assert answer["headers"]["content-security-policy"] == page_policy("localhost:8501")
    assert answer["headers"]["content-type"] == "text/html"


def test_the_policy_names_no_host_but_the_server_itself() -> None:
    policy = directives(page_policy("localhost:8501"))
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'self'"]
    assert policy["connect-src"] == ["'self'", "ws://localhost:8501", "wss://localhost:8501"]
    allowed = {
        "'self'",
        "'none'",
        "'unsafe-inline'",
        "data:",
        "blob:",
        "ws://localhost:8501",
        "wss://localhost:8501",
    }
    assert {source for sources in policy.values() for source in sources} <= allowed
    assert "'unsafe-inline'" not in policy["default-src"]


@pytest.mark.parametrize("host", ["evil; script-src *", "a b", "a\r\nb", "", "localhost:8501, evil.org", "*"])
def test_a_crafted_host_never_gets_into_the_policy(host: str) -> None:
    assert directives(page_policy(host))["connect-src"] == ["'self'"]


def test_files_of_others_cannot_run_as_a_page() -> None:
    assert ask(path="/media/0123.svg")["headers"]["content-security-policy"] == MEDIA_POLICY
    assert "sandbox" in MEDIA_POLICY and "script-src" not in MEDIA_POLICY


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8501", "127.0.0.1:8501", "[::1]:8501"])
def test_this_machine_is_answered(host: str) -> None:
    assert ask(host=host)["status"] == 200
    assert ask(host=host, kind="websocket")["messages"] == [{"type": "websocket.accept"}]


@pytest.mark.parametrize(
    ("host", "server"),
    [
        ("192.168.1.4:8501", ("192.168.1.4", 8501)),
        ("localhost:8501", ("192.168.1.4", 8501)),
        ("rebound.example.org:8501", ("127.0.0.1", 8501)),
        ("localhost.example.org", ("127.0.0.1", 8501)),
        ("", ("127.0.0.1", 8501)),
    ],
)
def test_other_machines_are_refused_until_allowed(host, server, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ask(host=host, server=server)
    assert not answer["reached"] and answer["status"] == 403
    assert "content-security-policy" in answer["headers"]
    assert b"--allow-remote" in answer["messages"][1]["body"]
    socket = ask(host=host, server=server, kind="websocket")
    assert not socket["reached"] and socket["messages"][0]["type"] == "websocket.close"
    monkeypatch.setenv("GNNREC_ALLOW_REMOTE", "1")
    assert ask(host=host, server=server)["reached"]


def test_a_unix_socket_counts_as_this_machine() -> None:
    assert ask(server=("/run/gnnrec.sock", None))["reached"]
