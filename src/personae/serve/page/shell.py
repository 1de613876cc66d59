"""The frame around every panel: where to go, who one is, light or dark – and the door for whom nobody knows yet."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nicegui import ui

from personae.errors import UsageError
from personae.serve.page.bits import Tag, button
from personae.serve.page.site import PATH, Site
from personae.serve.page.visitors import Visitor

#: Seconds that a wrong key costs.
WRONG_S = 1.0
#: Seconds between two looks whether the visitor left, in another window.
GONE_S = 1.0
#: None follows the system.
THEMES: tuple[tuple[bool | None, str, str], ...] = (
    (None, "Light or dark as the system", "contrast"),
    (False, "Always light", "light_mode"),
    (True, "Always dark", "dark_mode"),
)


@dataclass(frozen=True)
class Panel:
    """A page of the site: its path, its name, its icon, and what draws it."""

    path: str
    title: str
    icon: str
    draw: Callable[[Site, Visitor], None]


@cache
def _bundled(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")


def framed(site: Site, panel: Panel, panels: Sequence[Panel]) -> None:
    """A panel in its frame; for a visitor that nobody knows yet, the door."""
    visitor = site.visitor()
    ui.add_head_html(f"<style>{_bundled('page.css')}</style><script>{_bundled('page.js')}</script>")
    dark = ui.dark_mode(visitor.dark)
    if not visitor.name:
        _welcome(site, visitor)
        return
    Tag("a", "Skip to the content", "skip", href="#content")
    with Tag("header", classes="top"):
        Tag("a", "Personae", "brand", href=f"{PATH}/")
        _navigation(panel, panels)
        with Tag("div", classes="row me"):
            Tag("span", visitor.name, "my-name")
            _theme(visitor, dark)
            button("", lambda: _leave(visitor), "icon", icon="logout", label="Leave")
    with Tag("div", classes=f"panel {panel.title.lower()}", id="content", tabindex="-1"):
        panel.draw(site, visitor)
    ui.timer(GONE_S, functools.partial(_unless_gone, visitor, visitor.owner))


def _navigation(panel: Panel, panels: Sequence[Panel]) -> None:
    with Tag("nav", classes="places", aria_label="Pages"):
        for each in panels:
            here = {"aria_current": "page"} if each.title == panel.title else {}
            with Tag("a", classes="place", href=f"{PATH}{each.path}", **here):
                ui.icon(each.icon).props("aria-hidden=true")
                Tag("span", each.title)


def _theme(visitor: Visitor, dark: ui.dark_mode) -> None:
    @ui.refreshable
    def switch() -> None:
        at = [value for value, _, _ in THEMES].index(visitor.dark)
        _, label, icon = THEMES[at]

        def turn() -> None:
            visitor.dark = THEMES[(at + 1) % len(THEMES)][0]
            dark.set_value(visitor.dark)
            switch.refresh()

        button("", turn, "icon theme", icon=icon, label=f"{label}; change")

    switch()


def _unless_gone(visitor: Visitor, owner: str) -> None:
    """Nothing of a visitor who left stays on the screen."""
    if visitor.owner != owner:
        ui.navigate.reload()


def _leave(visitor: Visitor) -> None:
    visitor.leave()
    ui.navigate.to("/")


def _welcome(site: Site, visitor: Visitor) -> None:
    personas = [agent.persona.name for agent in site.door.host.agents.values()]
    with Tag("div", classes="welcome", id="content"):
        Tag("p", "Personae", "brand")
        Tag("h1", "Somebody is waiting to talk to you")
        Tag("p", " · ".join(personas[:6]) + (" · …" if len(personas) > 6 else ""), "cast")
        key = (
            ui.input("Key", password=True).props("outlined autocomplete=current-password")
            if site.keys.by_name
            else None
        )
        name = ui.input("What should they call you?").props("outlined autocomplete=nickname maxlength=60 autofocus")
        problem = Tag("p", "", "problem", role="alert")

        async def enter() -> None:
            try:
                visitor.enter(site.keys, key.value if key else "", name.value or "")
            except UsageError as error:
                await asyncio.sleep(WRONG_S if key else 0)
                problem.set_text(_sentence(str(error)))
                return
            ui.navigate.reload()

        for field in filter(None, (key, name)):
            field.on("keydown.enter", enter, args=[])
        button("Come in", enter, "primary wide")
        remembers = "What you say is kept, so that they know you when you come back. You can make them forget it."
        Tag("p", remembers if site.door.host.store is not None else "Nothing you say here is kept.", "fine")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
