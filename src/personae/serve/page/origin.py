"""What stands before the page: pages elsewhere may neither write to it nor open its socket, nor may it fetch anything
from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from personae.serve.errors import Refused

#: The framework builds its page by scripts in it; everything comes from this server, and nobody else may frame it.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'self'; "
    "form-action 'self'; base-uri 'self'; object-src 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


@dataclass(frozen=True)
class SameOrigin:
    """Below `path`, refuses what a browser sends on behalf of another site, and forbids requests to any other host."""

    app: ASGIApp
    path: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one socket."""
        if scope["type"] not in ("http", "websocket") or not is_below(scope["path"], self.path):
            await self.app(scope, receive, send)
            return
        if is_foreign(scope):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                told = "another site sent this request; open the page by its own address"
                await Refused(403, told, code="foreign_origin").response()(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in HEADERS if each[0] not in given)]
            await send(message)

        await self.app(scope, receive, guarded)


def is_below(path: str, top: str) -> bool:
    """Is this path the top or something below it?

    >>> is_below("/page", "/page"), is_below("/page/memory", "/page"), is_below("/pages", "/page")
    (True, True, False)
    """
    return path == top or path.startswith(f"{top}/")


def is_foreign(scope: Scope) -> bool:
    """Does a browser say that another site sent this? What says nothing of its origin is no browser's."""
    headers: dict[bytes, str] = {name: value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin")
    if origin is None or (scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and not _socket(scope)):
        return False
    return urlsplit(origin).netloc.lower() != headers.get(b"host", "").lower()


def _socket(scope: Scope) -> bool:
    """The socket falls back to plain requests, which are no safer."""
    return "/_nicegui_ws/" in str(scope["path"])
