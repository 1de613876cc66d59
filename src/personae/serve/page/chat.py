"""Talking: a persona, its talks, the lines as they come, and beside them what each reply was made of."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from nicegui import background_tasks, ui

from personae.errors import PersonaeError
from personae.serve.page.bits import Tag, button, counted, plainly, when
from personae.serve.page.curves import draw_curves, our_scorer, scored
from personae.serve.page.faces import face
from personae.serve.page.site import Site
from personae.serve.page.talks import Line, Listed, Talk, listed
from personae.serve.page.visitors import Visitor
from personae.serve.page.why import draw_why

#: Seconds between two looks at a talk.
LOOK_S = 0.1
#: Lines that are shown.
MOST_LINES = 200
#: Enter sends what was written and empties the box at once; with Shift it begins a new line.
ENTER = """(event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  const text = event.target.value;
  if (!text.trim() || document.querySelector(".stop:not(.hidden)")) return;
  event.target.value = "";
  event.target.dispatchEvent(new Event("input"));
  emit(text);
}"""


def draw(site: Site, visitor: Visitor) -> None:
    """The panel, for one window."""
    Chat(site, visitor).draw()


@dataclass
class Chat:
    """One window on a visitor's talk. `looked_at` is the line that is explained, None for the last."""

    site: Site
    visitor: Visitor
    looked_at: int | None = None
    seen: int = -1
    box: ui.textarea = field(init=False)
    buttons: dict[str, Tag] = field(default_factory=dict)
    live: Tag | None = None
    curves: bool = False
    scoring: bool = False
    why_not: str = ""
    changed: bool = False

    @property
    def talk(self) -> Talk:
        """The talk that goes on."""
        return self.site.talk(self.visitor, self.visitor.model)

    def draw(self) -> None:
        """All of it."""
        with Tag("aside", classes="drawer left", aria_label="Personas and talks"):
            self._aside()
        with Tag("section", classes="middle", aria_label="Talk"):
            self._head()
            with Tag("div", classes="talk", role="log", aria_live="polite", tabindex="0", aria_label="Lines"):
                self._lines()
            self._composer()
        with Tag("aside", classes="drawer right", aria_label="Why this reply"):
            self._beside()
        self.seen = self.talk.stamp
        ui.timer(LOOK_S, self._look)

    def _look(self) -> None:
        if not self.visitor.name:
            return
        talk = self.talk
        if talk.stamp != self.seen:
            self.seen = talk.stamp
            self._redraw()
            if talk.draft:
                self.box.set_value(talk.draft)
                talk.draft = ""
        elif self.changed:
            self.changed = False
            self._beside.refresh()
        elif talk.busy and self.live is not None and self.live.text != talk.heard:
            self.live.set_text(talk.heard)
            self.live.classes(remove="waiting")

    def _redraw(self) -> None:
        self.looked_at = None
        if self.curves:
            self._score()
        for part in (self._lines, self._beside, self._talks):
            part.refresh()
        self._show_controls()

    def _aside(self) -> None:
        with Tag("div", classes="row spread"):
            Tag("h2", "Personas")
            Tag("button", "Close", "closes quiet", type="button")
        with Tag("ul", classes="people"):
            for model, agent in self.site.door.host.agents.items():
                here = {"aria_current": "true"} if model == self.visitor.model else {}
                with Tag("li"), Tag("button", "", "person", type="button", **here) as one:
                    face(agent.persona.name)
                    Tag("span", agent.persona.name)
                one.on("click", lambda _, model=model: self._turn_to(model), args=[])
        with Tag("div", classes="row spread"):
            Tag("h2", "Talks")
            button("New", self._new, "quiet", icon="add", label="New talk")
        self._talks()

    @ui.refreshable_method
    def _talks(self) -> None:
        found = listed(self.site.door, self.visitor.model, self.visitor.owner)
        known = {one.name for one in found}
        here = [
            Listed(talk.name, talk.title, "")
            for (model, name), talk in reversed(self.visitor.talks.items())
            if model == self.visitor.model and name not in known
        ]
        with Tag("ul", classes="talks"):
            for one in [*here, *found]:
                current = {"aria_current": "true"} if one.name == self.talk.name else {}
                with Tag("li"), Tag("button", "", "listed", type="button", **current) as item:
                    Tag("span", one.title or "A new talk", "title")
                    Tag("span", when(one.at) or "now", "fine")
                item.on("click", lambda _, name=one.name: self._open(name), args=[])

    def _head(self) -> None:
        persona = self.site.door.host.agents[self.visitor.model].persona
        with Tag("header", classes="head"):
            button("", lambda: None, "icon narrow", icon="menu", label="Personas and talks", data_opens=".drawer.left")
            face(persona.name)
            with Tag("div", classes="who"):
                Tag("h1", persona.name)
                Tag("p", persona.summary, "fine")
            button(
                "", lambda: None, "icon mid", icon="help_outline", label="Why this reply", data_opens=".drawer.right"
            )

    @ui.refreshable_method
    def _lines(self) -> None:
        talk = self.talk
        self.live = None
        if len(talk.lines) > MOST_LINES:
            Tag("p", f"{len(talk.lines) - MOST_LINES} earlier lines are not shown.", "fine")
        for place, line in list(enumerate(talk.lines))[-MOST_LINES:]:
            self._line(place, line)
        if not talk.lines and not talk.busy:
            Tag("p", f"Say hello to {talk.persona_name}.", "empty")
        if talk.busy:
            with Tag("article", classes="line theirs", aria_busy="true"):
                Tag("p", talk.persona_name, "speaker")
                self.live = Tag("p", talk.heard, "text" if talk.heard else "text waiting")
        if talk.problem:
            Tag("p", talk.problem, "problem", role="alert")

    def _line(self, place: int, line: Line) -> None:
        mine = line.message.role == "user"
        with Tag("article", classes="line mine" if mine else "line theirs"):
            Tag("p", self.visitor.name if mine else self.talk.persona_name, "speaker")
            Tag("p", line.message.content, "text")
            if line.stopped:
                Tag("p", "stopped by you", "fine")
            if line.turn is not None:
                usage = line.turn.completion.usage
                told = [counted(usage.completion_tokens, "token"), f"{usage.seconds:.1f} s"]
                used = line.turn.prompt.recollections
                told += [counted(len(used), "memory")] if used else []
                button(
                    " · ".join(told),
                    lambda place=place: self._explain(place),
                    "cost",
                    title="Why this reply",
                    data_opens=".drawer.right",
                )

    def _composer(self) -> None:
        with Tag("div", classes="composer"):
            self.box = ui.textarea().props("autogrow borderless dense autofocus rows=1 maxlength=20000")
            self.box.props["aria-label"] = f"Your line to {self.talk.persona_name}"
            self.box.props["placeholder"] = "Write …"
            self.box.on("keydown", lambda event: self._send(event.args), js_handler=ENTER)
            self._controls()

    def _controls(self) -> None:
        """Buttons that are there all the time, so that none is gone under a click; some are hidden."""
        with Tag("div", classes="row"):
            self.buttons = {
                "stop": button("Stop", lambda: self.talk.stop(), "stop danger", icon="stop", label="Stop (Esc)"),
                "retry": button("", lambda: self.talk.retry(), "icon", icon="refresh", label="Another reply"),
                "undo": button("", lambda: self.talk.undo(), "icon", icon="undo", label="Take the last line back"),
                "send": button("Send", self._send_box, "primary", icon="arrow_upward", label="Send (Enter)"),
            }
        self._show_controls()

    def _show_controls(self) -> None:
        talk = self.talk
        said = any(line.message.role == "user" for line in talk.lines)
        for name, made in self.buttons.items():
            made.set_visibility(talk.busy if name == "stop" else not talk.busy and (said or name == "send"))

    @ui.refreshable_method
    def _beside(self) -> None:
        with Tag("div", classes="row spread"):
            with Tag("div", classes="row", role="group", aria_label="What is shown"):
                for curves, title in ((False, "Why this reply"), (True, "Curves")):
                    pressed = "true" if curves is self.curves else "false"
                    button(title, lambda curves=curves: self._show(curves), "tab", aria_pressed=pressed)
            Tag("button", "Close", "closes quiet", type="button")
        if self.curves:
            draw_curves(self.talk, why_not=self.why_not, is_scoring=self.scoring)
        else:
            self._why()

    def _show(self, curves: bool) -> None:
        self.curves = curves
        if curves:
            self._score()
        self._beside.refresh()

    def _score(self) -> None:
        """Have the new replies scored beside the persona, without making anybody wait."""
        if not self.scoring and not self.why_not:
            self.scoring = True
            background_tasks.create(self._scored(), name="curves")

    async def _scored(self) -> None:
        try:
            scorer = self.site.scorer
            if scorer is None:
                scorer = await asyncio.to_thread(our_scorer)
            done = await asyncio.to_thread(scored, self.talk, scorer)
        except PersonaeError as error:
            done, self.why_not = 1, f"Not to be had here: {plainly(error)}"
        finally:
            self.scoring = False
        self.changed = self.changed or done > 0

    def _why(self) -> None:
        lines, host = self.talk.lines, self.site.door.host
        place = len(lines) - 1 if self.looked_at is None else self.looked_at
        turn = lines[place].turn if 0 <= place < len(lines) else None
        if turn is None and place > 0 and lines[place].message.role == "assistant":
            Tag("p", "This reply was made before, or was cut off; what it was made of is not kept.", "fine")
            return
        with Tag("div", classes="why"):
            draw_why(host.agents[self.visitor.model].persona, turn, remembers=host.store is not None)

    def _explain(self, place: int) -> None:
        self.looked_at = place
        self.curves = False
        self._beside.refresh()

    def _send(self, text: str) -> None:
        if self.talk.busy:
            self.box.set_value(text)
        else:
            self.talk.say(text)

    def _send_box(self) -> None:
        text = self.box.value or ""
        self.box.set_value("")
        self._send(text)

    def _new(self) -> None:
        self.site.new_talk(self.visitor, self.visitor.model)
        self._redraw()

    def _open(self, name: str) -> None:
        self.site.talk(self.visitor, self.visitor.model, name)
        self._redraw()

    def _turn_to(self, model: str) -> None:
        self.visitor.model = model
        ui.navigate.reload()
