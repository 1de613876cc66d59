"""A client made of bytes, for what no library sends."""

from __future__ import annotations

import json
import socket
from typing import Any


def post(body: Any, path: str = "/v1/chat/completions", *headers: str) -> bytes:
    """A whole request."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = ["content-type: application/json", f"content-length: {len(content)}", *headers]
    return head("POST", path, *lines) + content


def head(method: str = "GET", path: str = "/v1/models", *headers: str, version: str = "1.1") -> bytes:
    """A request without a body."""
    named = headers if any(line.lower().startswith("host:") for line in headers) else ("host: 127.0.0.1", *headers)
    return "\r\n".join([f"{method} {path} HTTP/{version}", *named, "", ""]).encode("latin-1")


def connected(port: int, *, buffer: int | None = None, timeout: float = 20.0) -> socket.socket:
    """A connection; with a small buffer the server soon sees that nobody reads."""
    client = socket.socket()
    if buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    client.settimeout(timeout)
    client.connect(("127.0.0.1", port))
    return client


def everything(client: socket.socket) -> bytes:
    """All that comes until the server closes."""
    said = b""
    while True:
        try:
            piece = client.recv(65536)
        except ConnectionResetError:
            return said
        if not piece:
            return said
        said += piece


def exchange(port: int, sent: bytes) -> bytes:
    """Send, and read all of the answer; ask for "connection: close" to end it."""
    with connected(port) as client:
        client.sendall(sent)
        return everything(client)


def status(said: bytes) -> int:
    """Of an answer; 0 for none."""
    return int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/") else 0
