"""The app on a socket: listening, serving, and an end that waits for the replies in the making."""

from __future__ import annotations

import contextlib
import logging
import socket

import uvicorn
from fastapi import FastAPI

from personae.errors import UsageError
from personae.serve.protocol import Patient

#: Seconds that replies in the making have when the server is told to stop.
FAREWELL_S = 120
BACKLOG = 2048


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises UsageError where that cannot be."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        told = (error.strerror or str(error)).partition(" (")[0]
        raise UsageError(f"cannot listen on {host!r}, port {port}: {told}; give another --host or --port") from error


def url(listener: socket.socket) -> str:
    """Where it can be reached.

    >>> with listening("127.0.0.1", 0) as listener:
    ...     url(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
    True
    """
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(app: FastAPI, listener: socket.socket, *, log: bool = False, farewell_s: int = FAREWELL_S) -> None:
    """Serve until SIGINT or SIGTERM. No connection is taken any more then, and replies in the making end first.

    log: one line of each request on stderr: address, method, path, status. Bodies and keys are never logged.
    """
    config = uvicorn.Config(
        app,
        http=Patient,
        log_config=_logging(log),
        access_log=log,
        proxy_headers=False,  # an address that a client could choose itself is none
        server_header=False,
        timeout_graceful_shutdown=farewell_s,
        timeout_keep_alive=15,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run([listener])


class WithoutQuery(logging.Filter):
    """Takes what follows a path's "?" off the line of a request: some clients put a key there."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every line is logged."""
        if isinstance(record.args, tuple) and len(record.args) == 5:
            address, method, path, *rest = record.args
            record.args = (address, method, str(path).partition("?")[0], *rest)
        return True


def _logging(log: bool) -> dict[str, object]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"path": {"()": WithoutQuery}},
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(message)s"}},
        "handlers": {"line": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["line"], "level": "WARNING"},
        "loggers": {"uvicorn.access": {"level": "INFO" if log else "WARNING", "filters": ["path"]}},
    }
