"""The page joins the app: its routes, its guard, and one function per panel."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from nicegui import ui

from personae.serve.api import Door
from personae.serve.hosting import close_models
from personae.serve.keys import Keys
from personae.serve.page import chat, compare, form, gallery, memories, results
from personae.serve.page.origin import SameOrigin
from personae.serve.page.shell import Panel, framed
from personae.serve.page.site import PATH, Site
from personae.types import Model, PairScorer

#: Seconds after which a window that went away is forgotten, and a visitor that did not come back.
WINDOW_S = 10.0
VISIT_S = 14 * 24 * 3600
#: Seconds that replies in the making have when the server ends; then they are kept as far as they were said.
FAREWELL_S = 20.0

PANELS = (
    Panel("/", "Chat", "chat_bubble_outline", chat.draw),
    Panel("/memory", "Memory", "auto_stories", memories.draw),
    Panel("/personas", "Personas", "groups", gallery.draw),
    Panel("/compare", "Compare", "balance", compare.draw),
    Panel("/results", "Results", "insights", results.draw),
)
#: Reached from the personas.
NEW = Panel("/personas/new", "Personas", "person_add", form.draw)


def attach(
    app: FastAPI,
    door: Door,
    keys: Keys | None = None,
    *,
    folder: Path | None = None,
    runs: Path | None = None,
    models: Mapping[str, Model] | None = None,
    scorer: PairScorer | None = None,
) -> None:
    """Put the page on an app of `create_app`, below `PATH`; "/" leads there. Once in a process, before it is served.

    keys:   as the app's own; with keys the page asks for one first.
    folder: where personas that are made on the page, and votes, are written; without one neither is.
    runs:   a folder of runs whose reports are shown.
    models: models by name, besides that which speaks, for the comparison; closed when the app ends.
    scorer: what the live curve of adherence rests on; None is the embedded pair scorer, where it is installed.
    """
    site = Site(door, keys or Keys(), folder, runs, models or {}, scorer)
    for panel in (*PANELS, NEW):
        ui.page(panel.path, title=f"{panel.title} · Personae")(_page(site, panel))
    results.add_route(site)
    app.router.lifespan_context = _settling(site, app.router.lifespan_context)
    app.get("/", include_in_schema=False)(_home)
    app.add_middleware(SameOrigin, path=PATH)
    ui.run_with(
        app,
        mount_path=PATH,
        storage_secret=secrets.token_urlsafe(32),
        session_middleware_kwargs={"session_cookie": "personae", "same_site": "lax", "max_age": VISIT_S},
        title="Personae",
        favicon="🎭",
        dark=None,
        tailwind=False,
        reconnect_timeout=WINDOW_S,
        show_welcome_message=False,
    )


def _settling(site: Site, lives: Callable[[Any], AbstractAsyncContextManager[Any]]) -> Any:
    """The life of the app, which ends when the replies in the making are kept and the page's own models closed."""

    @asynccontextmanager
    async def living(app: Any) -> AsyncIterator[Any]:
        async with lives(app) as state:
            yield state
            await site.visitors.settle(FAREWELL_S)
            await close_models(site.models.values())

    return living


def _page(site: Site, panel: Panel) -> Callable[[], None]:
    def page() -> None:
        framed(site, panel, PANELS)

    return page


async def _home() -> RedirectResponse:
    return RedirectResponse(f"{PATH}/")
