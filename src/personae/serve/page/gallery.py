"""Who is here: the served personas, and the starters that could be."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from personae.errors import PersonaeError
from personae.persona.find import Starter, find, starters
from personae.persona.lint import section_costs
from personae.persona.persona import Persona
from personae.serve.page.bits import Tag, button, counted, details, tell_error
from personae.serve.page.faces import face
from personae.serve.page.site import PATH, Site
from personae.serve.page.visitors import Visitor

#: Facts that a card shows.
MOST = 12


def draw(site: Site, visitor: Visitor) -> None:
    """The panel."""
    with Tag("header", classes="head"):
        with Tag("div", classes="who"):
            Tag("h1", "Who is here")
            Tag("p", "Talk to them here, or by the API under the name below each.", "fine")
        if site.folder is not None:
            Tag("a", "New persona", "button primary", href=f"{PATH}/personas/new")
    with Tag("ul", classes="gallery"):
        for model, agent in site.door.host.agents.items():
            with Tag("li", classes="card"):
                _served(site, visitor, model, agent.persona)
    served = {agent.persona.name for agent in site.door.host.agents.values()}
    left = [one for one in starters() if one.name not in served]
    if not left:
        return
    Tag("h2", "Starters")
    if site.folder is None:
        Tag("p", "They come with the toolkit: personae serve ID. With --files FOLDER they can be invited here.", "fine")
    with Tag("ul", classes="gallery"):
        for one in left:
            with Tag("li", classes="card"):
                _starter(site, visitor, one)


def _served(site: Site, visitor: Visitor, model: str, persona: Persona) -> None:
    _who(persona.name, persona.summary)
    Tag(
        "p",
        " · ".join(
            (model, counted(len(persona.statements), "fact"), counted(sum(section_costs(persona).values()), "token"))
        ),
        "fine",
    )
    if persona.statements:
        with details("Facts"), Tag("ul", classes="facts"):
            for statement in persona.statements[:MOST]:
                Tag("li", statement.text)
            if len(persona.statements) > MOST:
                Tag("li", f"and {len(persona.statements) - MOST} more", "fine")
    label = f"Talk to {persona.name}"
    button("Talk", lambda: talk_to(visitor, model), "quiet", aria_label=label)


def _starter(site: Site, visitor: Visitor, one: Starter) -> None:
    _who(one.name, one.summary)
    Tag("p", " · ".join((one.id, one.language, *one.tags[:3])), "fine")
    if site.folder is not None:
        button("Invite", lambda: serve(site, visitor, lambda: find(one.path)), "quiet", aria_label=f"Invite {one.name}")


def _who(name: str, summary: str) -> None:
    with Tag("div", classes="row"):
        face(name)
        Tag("h3", name, "name grow")
    Tag("p", summary, "summary")


def talk_to(visitor: Visitor, model: str) -> None:
    """Go to the talk with a persona."""
    visitor.model = model
    ui.navigate.to("/")


def serve(site: Site, visitor: Visitor, read: Callable[[], Persona]) -> None:
    """Serve one more persona, to everybody, and go to it."""
    try:
        model = site.serve(read())
    except PersonaeError as error:
        tell_error(error)
        return
    talk_to(visitor, model)
