"""Side by side: one line, two models or settings, and a vote before anybody knows which is which."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nicegui import ui

from personae.agent import Agent, Turn
from personae.errors import PersonaeError
from personae.memory.long_term.memory import now
from personae.memory.turns import mended
from personae.serve.errors import Refused, refused
from personae.serve.keys import payer
from personae.serve.page.bits import Tag, button, counted, tell
from personae.serve.page.faces import face
from personae.serve.page.site import Site
from personae.serve.page.visitors import Visitor
from personae.types import Conversation, Message

#: The file of votes, in the folder of the page.
VOTES = "votes.jsonl"
MOST = 4_000
Vote = Literal["left", "right", "alike"]
CHOICES: tuple[tuple[Vote, str], ...] = (
    ("left", "The left one is better"),
    ("alike", "Both alike"),
    ("right", "The right one is better"),
)


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared: a model by name, and a temperature."""

    model: str
    temperature: float

    def __str__(self) -> str:
        return f"{self.model} at {self.temperature:g}"


@dataclass(frozen=True)
class Round:
    """One line and its two replies, in the order they are shown."""

    line: str
    persona: str
    content_hash: str
    sides: tuple[Side, Side]
    turns: tuple[Turn, Turn]

    def record(self, vote: Vote, voter: str, at: str) -> dict[str, Any]:
        """The vote as a line of the file."""
        shown = {
            where: {**dataclasses.asdict(side), "text": turn.message.content}
            for where, side, turn in zip(("left", "right"), self.sides, self.turns, strict=True)
        }
        return {"at": at, "voter": voter, "persona": self.persona, "hash": self.content_hash, "line": self.line,
                **shown, "vote": vote}  # fmt: skip


def append(path: Path, record: dict[str, Any]) -> None:
    """Add a line to a file, on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write((json.dumps(record, ensure_ascii=True) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())


async def two_replies(site: Site, visitor: Visitor, line: str, sides: tuple[Side, Side], rng: random.Random) -> Round:
    """Both replies, asked for at once, in an order that nobody is told. Raises what an agent raises, and Refused."""
    agent = site.door.host.agents[visitor.model]
    shown = sides if rng.random() < 0.5 else (sides[1], sides[0])
    said = Conversation() + Message("user", mended(line), visitor.name)
    left, right = await asyncio.gather(*(_reply(site, visitor, agent, side, said) for side in shown))
    return Round(line, agent.persona.name, agent.persona.content_hash, shown, (left, right))


async def _reply(site: Site, visitor: Visitor, agent: Agent, side: Side, said: Conversation) -> Turn:
    model = site.models.get(side.model, agent.model)
    settings = dataclasses.replace(agent.settings, temperature=side.temperature)
    visit = site.door.let_in(visitor.model, payer(visitor.owner))
    try:
        asked = dataclasses.replace(agent, model=model, settings=settings, user=visitor.name)
        async with asyncio.timeout_at(visit.end):
            visit.turn = await asked.reply(said)
        visit.status = 200
        return visit.turn
    finally:
        visit.leave()


def draw(site: Site, visitor: Visitor) -> None:
    """The panel, for one window."""
    Comparison(site, visitor).draw()


@dataclass
class Comparison:
    """One window on a comparison."""

    site: Site
    visitor: Visitor
    rng: random.Random = field(default_factory=random.SystemRandom)
    round: Round | None = None
    vote: Vote | None = None
    busy: bool = False
    tally: dict[str, int] = field(default_factory=dict)

    def draw(self) -> None:
        """All of it."""
        agent = self.site.door.host.agents[self.visitor.model]
        with Tag("header", classes="head"):
            face(agent.persona.name)
            with Tag("div", classes="who"):
                Tag("h1", f"Two of {agent.persona.name}")
                Tag("p", "The same line to two models or settings. You vote before you know which is which.", "fine")
            self._choice()
        names = list(dict.fromkeys([agent.model.name, *self.site.models]))
        with Tag("div", classes="sides"):
            self.first = self._side("One", names, names[0], 0.7)
            self.other = self._side("The other", names, names[-1], 0.7 if len(names) > 1 else 1.2)
        with Tag("div", classes="row ask"):
            self.box = ui.input("A line to both").props(f"outlined dense maxlength={MOST}").classes("grow")
            self.box.on("keydown.enter", self._ask, args=[])
            button("Ask both", self._ask, "primary")
        self._shown()

    def _choice(self) -> None:
        agents = self.site.door.host.agents
        if len(agents) > 1:
            names = {model: agent.persona.name for model, agent in agents.items()}
            choice = ui.select(
                names, value=self.visitor.model, label="Persona", on_change=lambda e: self._turn_to(e.value)
            )
            choice.props("outlined dense")

    def _turn_to(self, model: str) -> None:
        self.visitor.model = model
        ui.navigate.reload()

    def _side(self, title: str, names: list[str], model: str, temperature: float) -> tuple[Any, Any]:
        with Tag("fieldset", classes="side"):
            Tag("legend", title)
            which = ui.select(names, value=model, label="Model").props("outlined dense")
            warm = ui.number("Temperature", value=temperature, min=0, max=2, step=0.1).props("outlined dense")
        return which, warm

    async def _ask(self) -> None:
        line = (self.box.value or "").strip()
        if self.busy or not line:
            return
        self.busy, self.round, self.vote = True, None, None
        self._shown.refresh()
        try:
            sides = _chosen(self.first), _chosen(self.other)
            self.round = await two_replies(self.site, self.visitor, line[:MOST], sides, self.rng)
        except Refused as error:
            tell(error.message, wrong=True)
        except PersonaeError as error:
            tell(refused(error).message, wrong=True)
        except TimeoutError:
            tell("The replies took too long and were given up.", wrong=True)
        finally:
            self.busy = False
            self._shown.refresh()

    @ui.refreshable_method
    def _shown(self) -> None:
        if self.busy:
            Tag("p", "", "empty waiting", aria_label="Both are thinking")
        if self.round is None:
            return
        with Tag("div", classes="sides", aria_live="polite"):
            for where, side, turn in zip(("Left", "Right"), self.round.sides, self.round.turns, strict=True):
                with Tag("article", classes="card side"):
                    Tag("p", f"{where}: {side}" if self.vote else where, "speaker")
                    Tag("p", turn.message.content or "(no answer)", "text")
                    if self.vote:
                        usage = turn.completion.usage
                        Tag("p", f"{counted(usage.completion_tokens, 'token')} · {usage.seconds:.1f} s", "fine")
        with Tag("div", classes="row votes"):
            for vote, label in CHOICES:
                button(label, lambda vote=vote: self._cast(vote), "quiet", disabled=self.vote is not None)
        if self.vote:
            Tag(
                "p",
                "So far – " + "; ".join(f"{name}: {counted(count, 'vote')}" for name, count in self.tally.items()),
                "fine",
                role="status",
            )
            if self.site.folder is None:
                Tag("p", "The vote is not kept: this server writes no files (--files FOLDER).", "fine")

    async def _cast(self, vote: Vote) -> None:
        if self.round is None or self.vote is not None:
            return
        self.vote = vote
        better = {"left": str(self.round.sides[0]), "right": str(self.round.sides[1]), "alike": "alike"}[vote]
        self.tally[better] = self.tally.get(better, 0) + 1
        if self.site.folder is not None:
            record = self.round.record(vote, self.visitor.owner, now())
            try:
                await asyncio.to_thread(append, self.site.folder / VOTES, record)
            except OSError as error:
                tell(f"The vote could not be kept: {error.strerror}", wrong=True)
        self._shown.refresh()


def _chosen(fields: tuple[Any, Any]) -> Side:
    which, warm = fields
    return Side(which.value, min(2.0, max(0.0, float(warm.value or 0))))
