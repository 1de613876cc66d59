"""From a passage about a character to statements that name it, each with the words it was read from.

By rules, offline (`extract`), or written by a model (`extract_with`). A statement can be read alone: the character is
called by name where a pronoun stood. [Global Faithfulness 2024: statements that name the character, without pronouns]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from personae.errors import UsageError
from personae.persona.answers import content, parse_items
from personae.persona.cast import Cast, cast_for, mentions
from personae.persona.convert import ensure_stop
from personae.persona.english import not_english
from personae.persona.kinds import kind_of
from personae.persona.naming import dangling, named
from personae.persona.parts import Span, Statement
from personae.persona.predicates import predicates
from personae.persona.statements import person_of, split, statement_id
from personae.persona.texts import texts
from personae.types import Message, Model, Outcome, Settings, Usage

#: Longest passage that is read, in characters.
MAX_CHARACTERS = 200_000
#: A model reads at most this many characters at once; longer passages are cut between sentences.
CHUNK = 6_000
#: A model's statement of more words is more than one fact.
MAX_WORDS = 40
#: Share of a statement's content words that a sentence must hold to count as its source, when the quote is not found.
GROUNDED = 0.6
#: How a model is asked: deterministic, as in the paper (T = 0).
SETTINGS = Settings(temperature=0.0, max_tokens=1_500)

_LETTER = "[0-9A-Za-zÀ-ɏ]"
_WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A piece of the passage, or of a model's answer, that did not become a statement, and why.

    reason: "dangling" (it points at something outside of itself), "duplicate", "too_long", "nameless" (a model's
    statement about nobody), "malformed".
    """

    reason: str
    text: str
    source: Span | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found. `reason` says why there is no statement at all.

    statements: those with `speaker` "self" name the character; "other" are facts about somebody or something else.
                `confidence` is 0.5 where a pronoun could have meant somebody else, or nothing in the passage says it.
    outcomes:   how the calls of the model ended, counted; empty for rules.
    """

    statements: tuple[Statement, ...]
    reason: str | None = None
    left_out: tuple[LeftOut, ...] = ()
    outcomes: Mapping[str, int] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)


def extract(passage: str, name: str, *, pronouns: str | None = None, section: str = "passage") -> Extraction:
    """The statements of an English passage about `name`, by rules, in its order.

    `pronouns` (she, he, they) are those the passage uses most unless given. Raises UsageError for an empty name and a
    passage of more than 200,000 characters.

    >>> found = extract("Ana lives in Porto. Her sister is a nurse. She was late. It rained.", "Ana")
    >>> [(s.text, s.confidence) for s in found.statements]
    [('Ana lives in Porto.', 1.0), ("Ana's sister is a nurse.", 1.0), ('Ana was late.', 0.5)]
    >>> [(piece.reason, piece.text) for piece in found.left_out]
    [('dangling', 'It rained.')]
    >>> extract("  ", "Ana").reason
    'the passage is empty'
    """
    if reason := _unreadable(passage, name) or _foreign(passage):
        return Extraction((), reason)
    cast = cast_for(passage, name, pronouns)
    kept: dict[str, Statement] = {}
    left_out: list[LeftOut] = []
    end = 0
    for piece in split(passage, section):
        start, before = (piece.source.start, end) if piece.source else (end, end)
        end = piece.source.end if piece.source else end
        continues = bool(kept) and not re.search(r"[.!?…\n]", passage[max(0, before - 1) : start])
        labelled = piece.text != " ".join(passage[start:end].split())
        after = cast
        for number, (text, left, right) in enumerate(_facts(piece.text, passage, start, end, cast, labelled)):
            source = Span(section=section, start=left, end=right)
            result, then = named(text, cast, continues=continues, spoken=labelled)
            after = then if number == 0 else after
            if result is None:
                left_out.append(LeftOut("dangling", text, source))
            else:
                kind = piece.kind if text == piece.text else None
                statement = _statement(result.text, source, own=result.own, kind=kind, sure=result.sure)
                _keep(statement, cast, kept, left_out)
        cast = after
    return Extraction(tuple(kept.values()), _why_none(kept), tuple(left_out))


async def extract_with(
    model: Model,
    passage: str,
    name: str,
    *,
    pronouns: str | None = None,
    section: str = "passage",
    settings: Settings = SETTINGS,
) -> Extraction:
    """The statements a model writes of a passage, checked one by one.

    The answer must be one JSON object of the asked shape, else it is "unparsed" as a whole; refused, empty and cut-off
    answers are counted as such and carry nothing. A statement found in the passage keeps that span; one that is not has
    origin "extracted", no source and confidence 0.5. Raises what the model raises, and UsageError as `extract` does.

    >>> import asyncio
    >>> from personae.models.scripted import Scripted
    >>> model = Scripted(['{"statements": [{"text": "Ana lives in Porto.", "quote": "lives in Porto"}]}'])
    >>> found = asyncio.run(extract_with(model, "She lives in Porto.", "Ana"))
    >>> found.statements[0].source
    Span(section='passage', start=4, end=18)
    """
    if reason := _unreadable(passage, name):
        return Extraction((), reason)
    cast = cast_for(passage, name, pronouns)
    prompt = texts("extract")
    kept: dict[str, Statement] = {}
    left_out: list[LeftOut] = []
    outcomes: dict[str, int] = {}
    usage = Usage()
    for start, end in _chunks(passage):
        messages = (
            Message("system", prompt["system"].format(name=name)),
            Message("user", prompt["user"].format(name=name, passage=passage[start:end].strip())),
        )
        completion = await model.generate(messages, settings)
        usage += completion.usage
        items = parse_items(completion.text, "statements") if completion.outcome == "answered" else None
        outcome: Outcome = "unparsed" if items is None and completion.outcome == "answered" else completion.outcome
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        for item in items or ():
            _take(item, passage, (start, end), section, cast, kept, left_out)
    return Extraction(tuple(kept.values()), _why_none(kept, outcomes), tuple(left_out), outcomes, usage)


def ground(quote: str, statement: str, passage: str, within: tuple[int, int] | None = None) -> tuple[int, int] | None:
    """Where a passage says a statement: its quote to the letter, but for case, spacing and quotation marks, or the
    sentence that holds most of the statement's content words. None where nothing does.

    >>> ground("lives in PORTO", "", "Ana  lives in\\nPorto.")
    (5, 19)
    """
    start, end = within or (0, len(passage))
    words = [re.escape(word) for word in re.findall(r"\w+|[^\w\s]", quote) if word not in "\"'“”‘’"]
    if any(word[0].isalnum() for word in re.findall(r"\w+", quote)):
        pattern = f"(?<!{_LETTER})" + r"[\s\"'“”‘’]*".join(words[:400]) + f"(?!{_LETTER})"
        found = re.compile(pattern, re.IGNORECASE).search(passage, start, end)
        if found:
            return found.span()
    wanted = content(statement)
    best: tuple[float, int, int] = (0.0, 0, 0)
    for piece in split(passage[start:end]):
        if piece.source and wanted:
            share = len(wanted & content(piece.text)) / len(wanted)
            best = max(best, (share, -(start + piece.source.start), start + piece.source.end))
    return (-best[1], best[2]) if best[0] >= GROUNDED else None


def _facts(text: str, passage: str, start: int, end: int, cast: Cast, labelled: bool) -> Iterator[tuple[str, int, int]]:
    """(text, start, end) of what a piece says of its subject, one by one; the later parts get the subject back."""
    raw = passage[start:end]
    parts = [] if labelled else predicates(raw, subjects := cast.subjects())
    if len(parts) < 2:
        yield text, start, end
        return
    subject = next(each for each in subjects if raw[: len(each)].casefold() == each.casefold())
    for left, right in parts:
        said = " ".join(raw[left:right].split())
        yield (f"{raw[: len(subject)]} {said}" if left else said), start + left, start + right


def _take(
    item: Any,
    passage: str,
    within: tuple[int, int],
    section: str,
    cast: Cast,
    kept: dict[str, Statement],
    left_out: list[LeftOut],
) -> None:
    """One item of a model's answer: a statement, or left out for a reason."""
    text, quote = (item.get("text"), item.get("quote") or "") if isinstance(item, dict) else (None, "")
    if not isinstance(text, str) or not isinstance(quote, str) or not _WORD.search(text):
        left_out.append(LeftOut("malformed", str(item)[:200]))
        return
    text = ensure_stop(" ".join(text.split()))
    span = ground(quote, " ".join(word for word in _WORD.findall(text) if word not in cast.aliases), passage, within)
    source = Span(section=section, start=span[0], end=span[1]) if span else None
    result = named(text, cast)[0]
    reason = None
    if len(_WORD.findall(text)) > MAX_WORDS:
        reason = "too_long"
    elif result is None or dangling(result.text, cast):
        reason = "dangling"
    elif not mentions(result.text, cast):
        reason = "nameless"
    if reason or result is None:
        left_out.append(LeftOut(reason or "dangling", text, source))
        return
    _keep(_statement(result.text, source, own=True, kind=None, sure=source is not None), cast, kept, left_out)


def _statement(text: str, source: Span | None, *, own: bool, kind: str | None, sure: bool) -> Statement:
    text = ensure_stop(text)
    return Statement(
        id=statement_id(text),
        text=text,
        kind=kind or kind_of(text),
        person="third" if own else person_of(text),
        speaker="self" if own else "other",
        source=source,
        origin="extracted" if source is None else "given",
        confidence=1.0 if sure else 0.5,
    )


def _keep(statement: Statement, cast: Cast, kept: dict[str, Statement], left_out: list[LeftOut]) -> None:
    """Take a statement that nobody has said yet, by whatever name; of two sayings the one with a source stays."""
    id = statement_id(cast.in_full(statement.text))
    before = kept.get(id)
    if before is not None and (before.source is not None or statement.source is None):
        left_out.append(LeftOut("duplicate", statement.text, statement.source))
        return
    if before is not None:
        left_out.append(LeftOut("duplicate", before.text))
    kept[id] = statement


def _chunks(passage: str) -> Iterator[tuple[int, int]]:
    """(start, end) of pieces of at most `CHUNK` characters, cut after sentences or lines where there are any."""
    start = 0
    while start < len(passage):
        end = min(start + CHUNK, len(passage))
        if end < len(passage):
            cuts = [
                match.end() for match in re.compile(r"[.!?…。！？]\s|\n").finditer(passage, start + CHUNK // 2, end)
            ]
            end = cuts[-1] if cuts else end
        if passage[start:end].strip():
            yield start, end
        start = end


def _unreadable(passage: str, name: str) -> str | None:
    if not name.strip():
        raise UsageError(f"the name {name!r} is empty; statements need somebody to be about")
    if len(passage) > MAX_CHARACTERS:
        raise UsageError(f"the passage has {len(passage):,} characters; give at most {MAX_CHARACTERS:,} at once")
    if not passage.strip():
        return "the passage is empty"
    return None if any(letter.isalpha() for letter in passage) else "the passage holds no words"


def _foreign(passage: str) -> str | None:
    reason = not_english(passage)
    return f"the rules read English, and the passage is not that: {reason}; let a model read it" if reason else None


def _why_none(kept: Mapping[str, Statement], outcomes: Mapping[str, int] | None = None) -> str | None:
    if kept:
        return None
    failed = {name: count for name, count in (outcomes or {}).items() if name != "answered"}
    if failed:
        return "the model gave no usable answer: " + ", ".join(f"{count} {name}" for name, count in failed.items())
    return "nothing in the passage can be read as a statement"
