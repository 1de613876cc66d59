"""What a persona remembers of its visitor: beliefs with their sources and history, turns, a search – and forgetting."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nicegui import ui

from personae.errors import PersonaeError
from personae.memory.long_term import Believed, forget, forget_belief
from personae.memory.long_term.memory import near
from personae.memory.profile import Entry, Past, Profile
from personae.memory.retrieval.hybrid import Hit
from personae.memory.retrieval.kept import StoreSearch
from personae.memory.store import Only, Store
from personae.memory.turns import Scope, Turn
from personae.serve.page.bits import Tag, bar, button, confirmed, counted, details, tell, tell_error, when
from personae.serve.page.correcting import correct
from personae.serve.page.faces import face
from personae.serve.page.site import Site
from personae.serve.page.visitors import Visitor

#: Talks that are listed, turns of one that are shown, and hits of a search.
MOST_TALKS, MOST_TURNS, MOST_HITS = 40, 200, 8
#: Turns that are read for it, the newest; a search finds them all.
MOST_TURNS_READ = 4_000
LONGEST_QUERY = 500
MINE = {"user": "What {persona} believes of you", "persona": "What {persona} said of itself"}


def draw(site: Site, visitor: Visitor) -> None:
    """The panel, for one window."""
    persona = site.door.host.agents[visitor.model].persona
    with Tag("header", classes="head"):
        face(persona.name)
        with Tag("div", classes="who"):
            Tag("h1", f"What {persona.name} remembers")
            Tag("p", "From your talks alone; nobody else sees it.", "fine")
        _choice(site, visitor)
    if site.door.host.store is None:
        Tag("p", "This server keeps no memory. Start it with --memory FILE, and they remember you.", "empty")
        return
    Browser(site, visitor, site.door.host.store, Scope(persona.name, visitor.owner)).draw()


def _choice(site: Site, visitor: Visitor) -> None:
    agents = site.door.host.agents
    if len(agents) > 1:

        def turn_to(model: str) -> None:
            visitor.model = model
            ui.navigate.reload()

        names = {model: agent.persona.name for model, agent in agents.items()}
        ui.select(names, value=visitor.model, label="Persona", on_change=lambda e: turn_to(e.value)).props(
            "outlined dense"
        )


@dataclass
class Browser:
    """One window on a memory."""

    site: Site
    visitor: Visitor
    store: Store
    scope: Scope
    hits: Sequence[Hit] = ()
    searched: str = ""
    turns: dict[str, Turn] = field(default_factory=dict)

    def draw(self) -> None:
        """All of it."""
        with Tag("form", classes="search row", role="search") as form:
            box = ui.input("Search what was said").props("outlined dense type=search maxlength=500").classes("grow")
            Tag("button", "Search", "primary", type="submit")
        form.on(
            "submit",
            lambda: self._search(box.value or ""),
            args=[],
            js_handler="(e) => { e.preventDefault(); emit(); }",
        )
        self._found()
        self._all()

    async def _search(self, query: str) -> None:
        search = StoreSearch(self.store, self.site.door.host.embedder)
        self.searched = query = query.strip()[:LONGEST_QUERY]
        found = await asyncio.to_thread(search.search, query, self.scope, MOST_HITS) if self.searched else None
        self.hits = [hit for hit in found.hits if near(hit, search.weights)] if found else ()
        self._found.refresh()

    @ui.refreshable_method
    def _found(self) -> None:
        if not self.searched:
            return
        with Tag("section", classes="found", aria_live="polite"):
            Tag("h2", f"{counted(len(self.hits), 'turn')} found" if self.hits else "Nothing comes to mind")
            with Tag("ul", classes="used cards"):
                for hit in self.hits:
                    with Tag("li"):
                        self._turn(hit.turn)
                        for signal, share in hit.why.items():
                            bar(share, signal)

    @ui.refreshable_method
    def _all(self) -> None:
        turns = list(self.store.turns(self.scope, newest=MOST_TURNS_READ))
        self.turns = {f"{turn.scope.conversation}/{turn.id}": turn for turn in turns}
        if not turns:
            Tag("p", "Nothing is remembered. Have a talk first.", "empty")
            return
        profile = Believed(self.store, self.scope, user=self.visitor.name).profile()
        with Tag("div", classes="columns"):
            with Tag("section", aria_label="Beliefs"):
                self._beliefs(profile)
            with Tag("section", aria_label="Talks"):
                self._talks(turns)
        everything = functools.partial(forget, self.store, self.scope)
        ask = "Forget everything?", f"All talks with {self.scope.agent} and all that is believed of you goes."
        button("Forget everything", lambda: self._forget(*ask, everything), "danger")

    def _beliefs(self, profile: Profile) -> None:
        for owner, title in MINE.items():
            entries = [entry for entry in profile.entries if entry.owner == owner]
            if entries or owner == "user":
                Tag("h2", title.format(persona=self.scope.agent))
                with Tag("ul", classes="used cards"):
                    for entry in entries:
                        with Tag("li"):
                            self._belief(entry)
                if not entries:
                    Tag("p", "Nothing yet.", "fine")
        if profile.history:
            with details(f"Believed before ({len(profile.history)})"), Tag("ul", classes="used cards"):
                for past in reversed(profile.history):
                    with Tag("li"):
                        self._past(past)

    def _belief(self, entry: Entry) -> None:
        Tag("p", entry.sentence, "said")
        Tag("p", f"{entry.key.replace('.', ' · ').replace('_', ' ')} · since {when(entry.first_seen)}", "fine")
        with details(f"From {counted(len(entry.sources), 'turn')}"):
            for source in entry.sources:
                self._source(source)
        with Tag("div", classes="row"):
            if entry.owner == "user":
                button("Correct", lambda: self._correct(entry), "quiet", aria_label=f"Correct: {entry.sentence}")
            gone = functools.partial(forget_belief, self.store, self.scope, entry.key, entry.value)
            ask = (
                f"Forget “{entry.sentence}”?",
                "The turns it was read from are forgotten too. They cannot be brought back.",
            )
            button("Forget", lambda: self._forget(*ask, gone), "quiet bad", aria_label=f"Forget: {entry.sentence}")

    def _past(self, past: Past) -> None:
        Tag("p", past.entry.sentence, "said")
        Tag("p", f"from {when(past.entry.first_seen)} until {when(past.until)}", "fine")
        for source in past.ended_by:
            self._source(source)

    def _source(self, source: str) -> None:
        turn = self.turns.get(source) or self._older(source)
        Tag("blockquote", f"{turn.speaker}: {turn.text}" if turn else "a turn that is gone")
        Tag("p", f"{source} · {when(turn.at)}" if turn else source, "fine")

    def _older(self, source: str) -> Turn | None:
        conversation, _, id = source.rpartition("/")
        here = Scope(self.scope.agent, self.scope.user, conversation or "?")
        return next(iter(self.store.turns(here, Only(ids=(id,)))), None)

    def _talks(self, turns: Sequence[Turn]) -> None:
        by_talk: dict[str, list[Turn]] = {}
        for turn in turns:
            by_talk.setdefault(turn.scope.conversation or "", []).append(turn)
        newest = sorted(by_talk.items(), key=lambda item: item[1][-1].at or "", reverse=True)
        Tag("h2", f"{counted(len(by_talk), 'talk')}, {counted(len(turns), 'turn')}")
        for name, said in newest[:MOST_TALKS]:
            with details(f"{when(said[-1].at)} · {_short(said[0].text)}", "card"):
                with Tag("ul", classes="used"):
                    for turn in said[-MOST_TURNS:]:
                        with Tag("li"):
                            self._turn(turn)
                gone = functools.partial(forget, self.store, Scope(self.scope.agent, self.scope.user, name))
                ask = "Forget this talk?", f"All {len(said)} turns of it go, and what is believed for them alone."
                button("Forget this talk", functools.partial(self._forget, *ask, gone), "quiet bad")

    def _turn(self, turn: Turn) -> None:
        with Tag("div", classes="row spread"):
            Tag("p", f"{turn.speaker}: {turn.text}", "said grow")
            here = Scope(self.scope.agent, self.scope.user, turn.scope.conversation)
            gone = functools.partial(forget, self.store, here, [turn.id])
            ask = "Forget this turn?", f"“{_short(turn.text)}” goes, and what is believed for it alone."
            button("", lambda: self._forget(*ask, gone), "icon bad", icon="delete_outline", label="Forget this turn")
        Tag("p", f"{turn.scope.conversation}/{turn.id} · {when(turn.at)}", "fine")

    async def _forget(self, question: str, consequence: str, gone: Callable[[], object]) -> None:
        if await confirmed(question, consequence, "Forget"):
            await self._change(gone, "Forgotten.")

    async def _correct(self, entry: Entry) -> None:
        with ui.dialog() as dialog, Tag("div", classes="dialog", role="dialog", aria_label="Correct a belief"):
            Tag("h2", "What is right instead?")
            Tag("p", entry.sentence, "said")
            box = ui.input("Instead of " + _short(entry.value), value=entry.value).props(
                "outlined autofocus maxlength=200"
            )
            box.on("keydown.enter", lambda: dialog.submit(box.value), args=[])
            with Tag("div", classes="row end"):
                button("Leave it", lambda: dialog.submit(None))
                button("Correct it", lambda: dialog.submit(box.value), "primary")
        value = await dialog
        dialog.delete()
        if value and value.strip() != entry.value:
            host, speaker = self.site.door.host, self.visitor.name
            put = functools.partial(
                correct, self.store, self.scope, entry, value, speaker=speaker, embedder=host.embedder
            )
            await self._change(put, "Corrected.")

    async def _change(self, work: Callable[[], object], told: str) -> None:
        """Do it, and show what is left; talks that go on are read anew."""
        try:
            await asyncio.to_thread(work)
        except PersonaeError as error:
            tell_error(error)
            return
        self.visitor.let_go(self.visitor.model)
        tell(told)
        if self.searched:
            await self._search(self.searched)
        self._all.refresh()


def _short(text: str, most: int = 70) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 2]} …"
