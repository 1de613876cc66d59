"""The app: routes behind their guards, and a store that is closed when it ends."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from personae import __version__
from personae.errors import PersonaeError
from personae.serve.api import Door, routes
from personae.serve.errors import Refused, refused
from personae.serve.guards import Authorised, Bounded, KnownHosts
from personae.serve.keys import Keys
from personae.serve.requests import FIELDS

log = logging.getLogger(__name__)

#: By what names a server on this machine alone may be called.
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def create_app(door: Door, keys: Keys | None = None, hosts: Collection[str] = LOOPBACK_NAMES) -> FastAPI:
    """The API as an ASGI app, for any server that runs one.

    keys:  who may come in; without keys everybody who reaches it.
    hosts: names the app answers to; empty for any, which is for servers that ask for keys.
    """
    app = FastAPI(
        title="Personae",
        version=__version__,
        docs_url=None,  # these pages load from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(door),
    )
    app.include_router(routes(door))
    app.add_exception_handler(Refused, _refusal)
    app.add_exception_handler(PersonaeError, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _not_there)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(Authorised, keys=keys or Keys())
    app.add_middleware(Bounded)
    if hosts:
        app.add_middleware(KnownHosts, hosts=hosts)
    return app


def _lifespan(door: Door):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as end:  # whatever fails, the store is closed, and last
            if door.host.store is not None:
                end.callback(door.host.store.close)
            end.push_async_callback(door.host.close_models)
            yield

    return living


async def _refusal(request: Request, error: Exception) -> JSONResponse:
    told = error if isinstance(error, Refused) else refused(error) if isinstance(error, PersonaeError) else None
    assert told is not None
    return told.response()


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """A field at fault, by name and without its value: a client may have sent a secret."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if found[0]["loc"] == ("body",) or found[0]["type"] == "json_invalid":
        told = "the body is no JSON object; send one, with the header Content-Type: application/json"
        return Refused(400, told).response()
    # of what may be a text or a list, a list says more of what is wrong with it
    first = next((one for one in found if one["type"] not in ("string_type", "list_type")), found[0])
    where = ".".join(str(part) for part in first["loc"] if isinstance(part, int) or part in FIELDS)
    return Refused(400, f"{where or 'the body'}: {first['msg']}", param=where or None).response()


async def _not_there(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    told = f"{request.method} {request.url.path} is not served"
    if error.status_code not in (404, 405):
        told = str(error.detail)
    code = "not_found" if error.status_code == 404 else None
    return Refused(error.status_code, told, code=code, headers=dict(error.headers or {})).response()


async def _broken(request: Request, error: Exception) -> JSONResponse:
    log.error("while serving %s", request.url.path, exc_info=error)
    return Refused(500, "this server made a mistake; its log says which", "server_error", "internal_error").response()
