"""Picture-sharing plans in text: when, what is seen, from where, and the line under it. No picture is made.

A plan is made in three steps – describe, choose a source, attach – and belongs to a timed session. [Stark 2024, without
its image models]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from personae.errors import FormatError, UsageError
from personae.files import bundled
from personae.judges.verdicts import answer_of
from personae.metrics.text import unicode_words
from personae.models.scoring import looks_refused
from personae.persona.persona import Persona
from personae.types import Message, Model, Outcome, Settings

Source = Literal["generate", "retrieve", "web"]
SOURCES: tuple[Source, ...] = get_args(Source)
MAX_PLANS, MAX_CHARS = 50, 100_000
ALIKE = 0.5  #: share of a description's words an album's picture must have


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a session at a time."""

    speaker: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """Messages in order of time. Raises UsageError for a message before the one it follows."""

    messages: tuple[Said, ...]

    def __post_init__(self) -> None:
        for before, after in pairwise(self.messages):
            if after.at < before.at:
                raise UsageError(f"{after.text[:40]!r} was said at {after.at}, before what it follows, {before.at}")

    @property
    def gaps_s(self) -> tuple[float, ...]:
        """Seconds between each message and the next, ≥ 0."""
        return tuple((after.at - before.at).total_seconds() for before, after in pairwise(self.messages))


@dataclass(frozen=True, slots=True)
class PhotoPlan:
    """One picture to share. `after` is the place of the message it follows, from 0; `at` when it is shared.

    request: what the source is asked: a drawing instruction, an album's id, or search words.
    """

    after: int
    at: datetime
    description: str
    source: Source
    request: str
    caption: str


@dataclass(frozen=True, slots=True)
class Planned:
    """The plans a model gave, or how it failed to."""

    outcome: Outcome
    plans: tuple[PhotoPlan, ...] = ()
    reason: str | None = None
    text: str = ""


def check_sessions(sessions: Sequence[Session]) -> tuple[float, ...]:
    """Seconds between the end of each session and the start of the next. Raises UsageError for a negative gap."""
    kept = [session for session in sessions if session.messages]
    gaps = tuple((b.messages[0].at - a.messages[-1].at).total_seconds() for a, b in pairwise(kept))
    for at, gap in enumerate(gaps, 2):
        if gap < 0:
            raise UsageError(f"session {at} begins {-gap:.0f} s before the one before it has ended; sort them by time")
    return gaps


def choose(description: str, album: Mapping[str, str], *, public: Sequence[str] = ()) -> tuple[Source, str]:
    """Where a picture comes from and what is asked there, by rule: from the album where one of its pictures shows at
    least half of the description's words; from the web where a public name occurs; else generated.

    >>> choose("my brown dog on the sofa", {"p1": "brown dog asleep on my sofa", "p2": "a bridge"})
    ('retrieve', 'p1')
    >>> choose("the Eiffel Tower at night", {}, public=["Eiffel Tower"])
    ('web', 'the Eiffel Tower at night')
    """
    wanted = set(unicode_words(description))
    if not wanted:
        raise UsageError("a description without words; say what is seen")
    shares = {id: len(wanted & set(unicode_words(seen))) / len(wanted) for id, seen in album.items()}
    best = max(shares, key=lambda id: shares[id], default=None)
    if best is not None and shares[best] >= ALIKE:
        return "retrieve", best
    named = any(name.lower() in description.lower() for name in public)
    return ("web", description) if named else ("generate", description)


async def plan_photos(
    model: Model,
    persona: Persona,
    session: Session,
    *,
    album: Mapping[str, str] | None = None,
    most: int = 3,
    settings: Settings = Settings(temperature=0.0, max_tokens=800),  # noqa: B008 – frozen
) -> Planned:
    """Ask a model for the plans of a session. An answer that is no plan is an outcome with a reason, never repaired."""
    messages = (Message("user", _prompt(persona, session, album or {}, most)),)
    completion = await model.generate(messages, settings)
    if completion.outcome != "answered":
        return Planned(completion.outcome, reason=completion.outcome, text=completion.text)
    answer = answer_of(completion.text).strip()
    if looks_refused(answer):
        return Planned("refused", reason="refused", text=completion.text)
    try:
        plans = read_plans(answer, session, album=album or {}, most=most)
    except FormatError as error:
        return Planned("unparsed", reason=str(error), text=completion.text)
    return Planned("answered", plans, text=completion.text)


def read_plans(
    text: str, session: Session, *, album: Mapping[str, str] | None = None, most: int = MAX_PLANS
) -> tuple[PhotoPlan, ...]:
    """The plans of a JSON answer. Raises FormatError for what is no plan: other keys, a message that is not there, a
    picture the album does not hold, a time before the message."""
    if len(text) > MAX_CHARS:
        raise FormatError(f"the plans have {len(text)} characters; {MAX_CHARS} are the most")
    try:
        given = _Given.model_validate_json(_fenced(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the answer"
        raise FormatError(f"{where}: {first['msg']}") from error
    if len(given.plans) > most:
        raise FormatError(f"{len(given.plans)} pictures; at most {most} are wanted")
    return tuple(_plan(one, at, session, album) for at, one in enumerate(given.plans, 1))


class _GivenPlan(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, str_strip_whitespace=True)

    description: Annotated[str, Field(min_length=1, max_length=500)]
    source: Source
    request: Annotated[str, Field(min_length=1, max_length=500)]
    caption: Annotated[str, Field(min_length=1, max_length=500)]
    after: Annotated[int, Field(ge=1)]
    wait_s: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 0.0


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    plans: tuple[_GivenPlan, ...] = Field(max_length=MAX_PLANS)


def _plan(given: _GivenPlan, number: int, session: Session, album: Mapping[str, str] | None) -> PhotoPlan:
    if given.after > len(session.messages):
        raise FormatError(f"picture {number} follows message {given.after}; there are {len(session.messages)}")
    if given.source == "retrieve" and album is not None and given.request not in album:
        raise FormatError(f"picture {number} is to be retrieved as {given.request[:40]!r}, which the album lacks")
    try:
        at = session.messages[given.after - 1].at + timedelta(seconds=given.wait_s)
    except OverflowError as error:
        raise FormatError(f"picture {number} is shared after the year 9999") from error
    return PhotoPlan(given.after - 1, at, given.description, given.source, given.request, given.caption)


def _prompt(persona: Persona, session: Session, album: Mapping[str, str], most: int) -> str:
    texts = bundled(__package__, "texts/planner.en.yaml")
    entries = "\n".join(f"- {id}: {seen}" for id, seen in album.items())
    return str(texts["task"]).format(
        name=persona.name,
        statements="\n".join(f"- {one.text}" for one in persona.statements) or "- nothing",
        album=str(texts["album"]).format(entries=entries) if album else "",
        chat="\n".join(f"{at}. {one.speaker}: {one.text}" for at, one in enumerate(session.messages, 1)),
        most=most,
    )


def _fenced(text: str) -> str:
    """The inside of one code fence where the whole answer is one."""
    lines = text.strip().splitlines()
    if len(lines) >= 3 and lines[0].strip() in ("```", "```json") and lines[-1].strip() == "```":
        return "\n".join(lines[1:-1])
    return text.strip()
