"""How a talk goes: how far each reply is in line with its persona, and the style of both speakers, as small curves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from nicegui import ui

from personae.errors import UsageError
from personae.measure.consistency.apc import apc_share
from personae.measure.consistency.matrix import hypotheses
from personae.metrics.style import DIMENSIONS, style_vector
from personae.models.embedder import supported
from personae.models.registry import open_pair_scorer
from personae.persona.persona import Persona
from personae.serve.page.bits import Tag
from personae.serve.page.talks import Talk
from personae.types import CONTRADICTION, ENTAILMENT, PairScorer

#: Statements that a reply is put beside, and replies that are shown.
MOST_STATEMENTS, MOST_REPLIES = 40, 30
#: From this on a statement counts as contradicted.
AGAINST = 0.5
#: Curves of style: the dimension, its title, and its range on the page (None: from the figures).
STYLES: tuple[tuple[str, str, tuple[float, float] | None], ...] = (
    ("sentence_length", "Words a sentence", None),
    ("informality", "Informality", None),
    ("sentiment", "Feeling", (-1.0, 1.0)),
)
WIDTH, HEIGHT, PAD = 280, 64, 6

Figures = Sequence[float | None]


@dataclass(frozen=True)
class Kept:
    """How far a reply is in line with its persona: the share of statements satisfied, 0 … 1, and which one it is
    against, if any."""

    share: float
    against: str = ""


@cache
def our_scorer() -> PairScorer:
    """The one that comes with the toolkit, opened once. Raises MissingExtra where it is not installed."""
    return open_pair_scorer()


async def in_line(persona: Persona, scorer: PairScorer, line: str, reply: str) -> Kept | None:
    """The share of statements that a reply satisfies (`apc_share`), asked by a line; None where none can be read."""
    if persona.language != "en" or supported(reply) or not reply.strip():
        return None
    own = [each.text for each in hypotheses(persona)[0][:MOST_STATEMENTS]]
    if not own:
        return None
    asked = await scorer.relevance(own, [line] * len(own), to="query") if line.strip() else np.zeros(len(own))
    nli = np.asarray(await scorer.score([reply] * len(own), own), dtype=np.float64)
    against = nli[:, CONTRADICTION]
    worst = int(against.argmax())
    share = float(apc_share(np.asarray(asked, dtype=np.float64), nli[:, ENTAILMENT], against))
    return Kept(share, own[worst] if against[worst] >= AGAINST else "")


def scored(talk: Talk, scorer: PairScorer) -> int:
    """Score the replies that were not scored yet; how many. Takes its time: call it in a thread."""
    persona, done = talk.persona, 0
    said = [(line.message.role, line.message.content) for line in talk.lines][-2 * MOST_REPLIES :]
    for before, (role, text) in zip([("", ""), *said], said, strict=False):
        if role == "assistant" and text not in talk.kept:
            asked = before[1] if before[0] == "user" else ""
            talk.kept[text] = asyncio.run(in_line(persona, scorer, asked, text))
            done += 1
    return done


def draw_curves(talk: Talk, *, why_not: str, is_scoring: bool) -> None:
    """All curves of a talk, the newest replies at the right."""
    said = [line.message for line in talk.lines][-2 * MOST_REPLIES :]
    theirs = [message.content for message in said if message.role == "assistant"]
    mine = [message.content for message in said if message.role == "user"]
    Tag("h3", "In line with the persona")
    if why_not:
        Tag("p", why_not, "fine")
    else:
        _adherence(talk, theirs, is_scoring=is_scoring)
    for name, title, span in STYLES:
        Tag("h3", title)
        one, other = (_styles(texts, name, talk.persona.language) for texts in (theirs, mine))
        _curve(title, {talk.persona_name: one, "you": other}, span)
    with Tag("p", classes="fine legend"):
        Tag("span", talk.persona_name, "of-theirs")
        Tag("span", "you", "of-mine")


def _adherence(talk: Talk, replies: Sequence[str], *, is_scoring: bool) -> None:
    known = [talk.kept[text] for text in replies if text in talk.kept]
    shares = [None if one is None else one.share for one in known]
    _curve("In line with the persona", {talk.persona_name: shares}, (0.0, 1.0))
    if is_scoring:
        Tag("p", "Reading the newest reply …", "fine", role="status")
    last = next((one for one in reversed(known) if one is not None), None)
    if last is not None:
        Tag("p", f"{last.share:.0%} of the facts are satisfied by the last reply.", "fine")
        if last.against:
            Tag("p", f"It may contradict: {last.against}", "problem")
    elif known:
        Tag("p", "These replies cannot be read: the scorer reads English, and needs facts.", "fine")


def _styles(texts: Sequence[str], dimension: str, language: str) -> Figures:
    found: list[float | None] = []
    for text in texts:
        try:
            figure = float(style_vector(text, language=language)[DIMENSIONS.index(dimension)])
        except UsageError:
            figure = float("nan")
        found.append(None if np.isnan(figure) else figure)
    return found


def _curve(title: str, lines: dict[str, Figures], span: tuple[float, float] | None) -> None:
    known = [value for values in lines.values() for value in values if value is not None]
    if not known:
        Tag("p", "Nothing to show yet.", "fine")
        return
    low, high = span or (0.0, max(1.0, *known))
    told = "; ".join(f"{name} {_last(values)}" for name, values in lines.items())
    most = max(map(len, lines.values()))
    drawn = "".join(
        _line([*[None] * (most - len(values)), *values], low, high, classes)
        for classes, values in zip(("of-theirs", "of-mine"), lines.values(), strict=False)
    )
    frame = f'<line x1="0" x2="{WIDTH}" y1="{HEIGHT - PAD}" y2="{HEIGHT - PAD}" class="ground"/>'
    svg = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{frame}{drawn}</svg>'  # numbers of ours, no text
    with Tag("figure", classes="curve", role="img", aria_label=f"{title}, last: {told}"):
        ui.html(svg, sanitize=False)
        Tag("figcaption", f"{low:g} to {high:.3g}; last: {told}", "fine")


def _line(values: Figures, low: float, high: float, classes: str) -> str:
    step = (WIDTH - 2 * PAD) / max(1, len(values) - 1)
    points = [
        (PAD + place * step, HEIGHT - PAD - (min(high, max(low, value)) - low) / (high - low) * (HEIGHT - 2 * PAD))
        for place, value in enumerate(values)
        if value is not None
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>' for x, y in points)
    return f'<g class="{classes}"><polyline points="{path}"/>{dots}</g>'


def _last(values: Figures) -> str:
    value = next((value for value in reversed(values) if value is not None), None)
    return "–" if value is None else f"{value:.2f}"
