"""What every answer of the server carries, and whom it answers at all.

One pure ASGI layer in front of Streamlit: security headers on each response, and a refusal for visitors from
other machines (or for a foreign host name that resolves to this one) unless remote access was allowed.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gnnrec import places

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

# What may stand in a Host header that is copied into the policy: a name or an address, and a port.
_HOST = re.compile(r"(?P<name>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    # Addresses carry user ids (the whole view is in the URL), so other sites do not get to see them.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

# Files that somebody put in (pictures, downloads) never run as a page of the app, whatever is in them.
MEDIA_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; sandbox allow-downloads"


def page_policy(host: str) -> str:
    """The content security policy of a page: nothing but this server, data and blob addresses.

    Args:
        host: the Host header of the request. The socket of the page is named in full because not every
            browser lets 'self' stand for ws: and wss:, and those schemes alone would let any host in.
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return "; ".join(
        (
            "default-src 'self'",
            # Streamlit's own start page and components without a build step need inline and blob scripts.
            "script-src 'self' 'unsafe-inline' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self'{sockets}",
            "frame-src 'self' blob: data:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


class SecurityHeaders:
    """ASGI layer that adds the headers and turns uninvited visitors away.

    Args:
        app: the application behind it.
    """

    def __init__(self, app: Asgi) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        host = _header(scope, b"host")
        headers = _encoded(FIXED | {"Content-Security-Policy": _policy(scope["path"], host)})

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in headers}
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in names]
                message["headers"] = kept + headers
            await send(message)

        reason = _refusal(scope, host)
        if reason is None:
            await self.app(scope, receive, send_with_headers)
        else:
            await _refuse(scope, send_with_headers, reason)


def _policy(path: str, host: str) -> str:
    return MEDIA_POLICY if "/media/" in path else page_policy(host)


def _refusal(scope: Scope, host: str) -> str | None:
    """Why this request is not answered, or None when it is."""
    if places.remote_allowed():
        return None
    server = scope.get("server")
    # A unix socket has no port; only this machine reaches it.
    if server and server[1] is not None and not places.is_loopback(server[0]):
        return "this server answers its own machine only"
    match = _HOST.fullmatch(host)
    if match is None or not places.is_loopback(match["name"]):
        return "this server answers to localhost only"
    return None


async def _refuse(scope: Scope, send: Send, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
        return
    todo = "Allow other machines with `gnnrec serve --allow-remote` or GNNREC_ALLOW_REMOTE=1."
    body = f"Refused: {reason}. {todo}\n".encode()
    kind = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": kind})
    await send({"type": "http.response.body", "body": body})


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), "")


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
