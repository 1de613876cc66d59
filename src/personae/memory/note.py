"""A note: one Markdown text of at most 2,048 tokens that a writer edits chunk by chunk, not knowing the later question.

The agentic memory of PersonaMem-v2 (2025). A writer is a function of the note so far and the next turns, so that there
is no way to show it a question.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.errors import UsageError
from personae.files import bundled
from personae.memory.profile.extraction import extract
from personae.memory.profile.guard import cleaned, refusal
from personae.memory.profile.merging import merge
from personae.memory.profile.profile import Profile
from personae.memory.profile.schema import NEGATIVE, Entry
from personae.memory.turns import Turn
from personae.persona.tokens import estimate_tokens
from personae.types import Message, Model, Outcome, Settings, Usage

#: All published: tokens of a note, tokens of a chunk, chunks at most.
CAP = 2_048
CHUNK = 5_000
MAX_CHUNKS = 8
EMPTY = "No previous memory"
SETTINGS = Settings(temperature=0.0, max_tokens=CAP)

_BULLET = re.compile(r"[-*•]\s+(?P<text>\S.*)")


@dataclass(frozen=True, slots=True)
class Line:
    """One bullet: its text, how sure it is, and the place of the chunk or the time it was last said."""

    text: str
    confidence: float = 0.8
    said_at: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer gives back: all lines of the new note, and how it went. Only "answered" changes the note."""

    lines: tuple[Line, ...]
    outcome: Outcome = "answered"
    usage: Usage = field(default_factory=Usage)


#: The note so far and the next turns to the next note. There is no third argument: a question cannot be seen.
Writer = Callable[[Sequence[Line], Sequence[Turn]], Awaitable[Written]]


@dataclass(frozen=True, slots=True)
class Note:
    """The note, what fell off it, and how each chunk went."""

    lines: tuple[Line, ...] = ()
    dropped: tuple[Line, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    usage: Usage = field(default_factory=Usage)

    @property
    def text(self) -> str:
        """The note as Markdown bullets; "No previous memory" while it is empty."""
        return _text(self.lines)


async def write_note(
    turns: Iterable[Turn],
    writer: Writer,
    *,
    note: Note | None = None,
    cap: int = CAP,
    chunk: int = CHUNK,
    count_tokens: Callable[[str], int] = estimate_tokens,
) -> Note:
    """The note after these turns, read in chunks; of a longer history the newest 8 chunks.

    Only what was said is shown to the writer. Over the cap whole lines fall off, the least sure and then the oldest
    first. Raises UsageError for a cap or a chunk below 1, and what the writer raises.
    """
    if cap < 1 or chunk < 1:
        raise UsageError(f"cap is {cap!r}, chunk is {chunk!r}; give at least 1 token")
    note = note or Note()
    for part in chunks(turns, chunk, count_tokens)[-MAX_CHUNKS:]:
        written = await writer(note.lines, part)
        lines = written.lines if written.outcome == "answered" else note.lines
        kept, dropped = fitted(lines, cap, count_tokens)
        usage = note.usage + written.usage
        note = Note(kept, (*note.dropped, *dropped), (*note.outcomes, written.outcome), usage)
    return note


def chunks(
    turns: Iterable[Turn], size: int = CHUNK, count_tokens: Callable[[str], int] = estimate_tokens
) -> list[list[Turn]]:
    """What was said, in pieces of at most `size` tokens; a longer turn is a piece of its own."""
    found: list[list[Turn]] = []
    used = 0
    for turn in turns:
        if turn.origin != "said":
            continue
        cost = count_tokens(turn.document())
        if not found or used + cost > size:
            found.append([])
            used = 0
        found[-1].append(turn)
        used += cost
    return found


def fitted(
    lines: Sequence[Line], cap: int = CAP, count_tokens: Callable[[str], int] = estimate_tokens
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The lines that fit, in their order, and those that fell off: whole lines, least sure first, then oldest."""
    kept = list(lines)
    dropped = []
    while kept and count_tokens(_text(kept)) > cap:
        weakest = min(range(len(kept)), key=lambda at: (kept[at].confidence, kept[at].said_at, at))
        dropped.append(kept.pop(weakest))
    return tuple(kept), tuple(dropped)


@dataclass
class RuleWriter:
    """Writes by the rules of the profile, without a model: one line per belief, negatives first, the latest wins.

    It holds the profile between chunks, so one writer serves one note. user, persona: as `extract` takes them.

    >>> import asyncio
    >>> from personae.memory.turns import Scope
    >>> told = Turn("D1:1", Scope("keeper", "ines", "a"), "1", "Ines", "I love tea. I can't stand opera.")
    >>> print(asyncio.run(write_note([told], RuleWriter())).text)
    - dislikes: opera
    - likes: tea
    """

    user: str | None = None
    persona: str | None = None
    profile: Profile = field(default_factory=Profile)

    async def __call__(self, note: Sequence[Line], turns: Sequence[Turn]) -> Written:
        """The note after these turns; of the note so far nothing is needed but what the profile holds."""
        found = extract(turns, user=self.user, persona=self.persona)
        known = {source for entry in self.profile.entries for source in entry.sources}
        self.profile = merge(self.profile, found.changes, found.sources | known).profile
        entries = sorted(self.profile.of("user"), key=lambda entry: entry.polarity not in NEGATIVE)
        return Written(tuple(Line(_shown(entry), entry.confidence, entry.last_seen) for entry in entries))


@dataclass(frozen=True, slots=True)
class ModelWriter:
    """Writes by a language model: it sees the note and the chunk, and answers with bullets alone.

    An answer with anything but bullets is "unparsed". Instructions are taken out of the talk, and bullets that are one
    are left out. A line that stays keeps its place in time, a new one has the time of the chunk's end.
    """

    model: Model
    settings: Settings = SETTINGS

    async def __call__(self, note: Sequence[Line], turns: Sequence[Turn]) -> Written:
        """The note after these turns. Raises what the model raises."""
        texts = _texts()
        talk = "\n".join(f"{turn.speaker}: {text}" for turn in turns if (text := cleaned(turn.text)))
        asked = texts["ask"].format(note=_text(note), talk=talk)
        done = await self.model.generate((Message("system", texts["system"]), Message("user", asked)), self.settings)
        bullets = read_bullets(done.text) if done.outcome == "answered" else None
        if bullets is None:
            return Written((), "unparsed" if done.outcome == "answered" else done.outcome, done.usage)
        old = {line.text: line for line in note}
        at = turns[-1].at or ""
        lines = tuple(old.get(text, Line(text, said_at=at)) for text in bullets if not refusal(text))
        return Written(lines, usage=done.usage)


def read_bullets(answer: str) -> tuple[str, ...] | None:
    """The texts of an answer that is bullets and nothing else, each once; None for any other answer.

    >>> read_bullets("- likes tea\\n- avoids fish"), read_bullets("Here is the note: tea")
    (('likes tea', 'avoids fish'), None)
    """
    found = [_BULLET.fullmatch(line.strip()) for line in answer.splitlines() if line.strip()]
    texts = [match["text"] for match in found if match]
    return tuple(dict.fromkeys(texts)) if texts and len(texts) == len(found) else None


def answering(note: Note, question: str, options: Sequence[str]) -> tuple[Message, ...]:
    """What is asked when a question with options is to be answered from the note alone; the letter comes in a box."""
    texts = _texts()
    listed = "\n".join(f"({chr(ord('a') + at)}) {option}" for at, option in enumerate(options))
    return (
        Message("system", texts["answer_system"].format(note=note.text)),
        Message("user", texts["answer"].format(question=question, options=listed)),
    )


def _shown(entry: Entry) -> str:
    label = entry.polarity or entry.key.split(".")[1].replace("_", " ").replace("open", "fact")
    return f"{label}: {entry.value}"


def _text(lines: Sequence[Line]) -> str:
    return "\n".join(f"- {line.text}" for line in lines) or EMPTY


def _texts() -> Any:
    return bundled(__package__, "texts/note.en.yaml")
