"""From free text to atomic statements, each knowing where it was read.

Understands prose in most scripts, bullet lists, hard-wrapped paragraphs, `Label: value` lines and the two bracket
styles of character cards (`[Personality: "kind", "shy"]` and `Species("elf")`). Nothing is thrown away: what no
statement covers is layout, punctuation, a label or the word that joined two clauses.
"""

from __future__ import annotations

import bisect
import hashlib
import re
from collections.abc import Iterator
from typing import Literal

from personae.persona.convert import PERSON, sentence_for
from personae.persona.kinds import kind_of, kind_of_label
from personae.persona.parts import Span, Statement
from personae.persona.perspective import has_verb

_CLOSERS = "\"'”’»)*_\\]」』）"
_BREAK = re.compile(
    rf"(?:(?P<stop>[.!?…؟۔।]+)(?P<close>[{_CLOSERS}]*)(?=\s|$))|(?:[。！？；]+[{_CLOSERS}]*)|(?:…(?=[\u3040-\u9fff]))"
)
_PROTECTED = re.compile(
    r"\"[^\"\n]{1,300}\"|“[^”]{1,300}”|«[^»]{1,300}»|「[^」]{1,300}」|\*[^*\n]{1,300}\*|\([^()\n]{1,200}\)"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“])(?:mr|mrs|ms|dr|prof|st|sr|jr|vs|etc|e\.g|i\.e|approx|capt|col|gen|lt|sgt|rev|hon|fig|dept|est|inc|ltd|"
    r"d\.c|u\.s|u\.k|a\.m|p\.m|ph\.d|b\.a|m\.a|sra?|dra?|bzw|z\.b|usw|[A-Z]|(?:[A-Za-z]\.)+[A-Za-z])\.$",
    re.IGNORECASE,
)
_SENTENCE_ENDERS = ("etc.", "a.m.", "p.m.", "jr.", "sr.", "inc.", "ltd.", "ph.d.", "u.s.", "u.k.")
_JOINT = re.compile(
    r"(?:,?\s+(?:and|but|yet)\s+|\s*,\s+so\s+|\s*;\s+(?:(?:and|but|however,)\s+)?)(?=(?:i|he|she|they|we|it|you|\{\{char\}\})(?:'|’|\s)\S)",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"\b(?:if|when|whenever|because|although|though|while|since|after|before|as|unless|until|where|that|both|"
    r"says?|said|thinks?|thought|knows?|whether|what|who)\b",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[ \t]*(?:[-*+•‣▪·–—>]+|\d{1,3}[.)]|#{1,6})[ \t]+")
_LABEL = re.compile(r"[ \t]*\**(?P<key>[^\W\d_][^:\n\"“()\[\]{}*.!?,;]{0,29}?)\**[ \t]*[:：]\**[ \t]*(?=\S)")
_CALL = re.compile(r"(?P<key>[^\W\d_][^\n\"“()\[\]{}+,;]{0,39}?)[ \t]*\([ \t]*(?P<values>[\"“][^)\n]{1,600})\)")
_QUOTED = re.compile(r"[\"“]([^\"”\n]+)[\"”]")
_ITEM = re.compile(r"[^,;+，、；]+")
#: Sentences of more characters are not looked through for clauses.
_LONG = 600
_WORDS = re.compile(r"\w+(?:['’]\w+)*")

Piece = tuple[int, int, str | None]


def split(
    text: str,
    section: str = "description",
    *,
    origin: Literal["given", "expanded", "invented", "extracted"] = "given",
    taken: frozenset[str] = frozenset(),
) -> tuple[Statement, ...]:
    """The atomic statements of a text, in its order, each with the characters of `section` it was read from.

    Ids come from the content: reading the same text again gives the same ids, and a statement keeps its id when
    others around it change. `taken` are ids in use elsewhere in the persona. An empty text gives no statements.

    >>> [s.text for s in split("She lives in Porto with Dr. Reis. She mends nets and she sings.")]
    ['She lives in Porto with Dr. Reis.', 'She mends nets', 'she sings.']
    >>> [(s.text, s.kind) for s in split('[Personality: "kind", "shy"]')]
    [('I am kind.', 'personality'), ('I am shy.', 'personality')]
    """
    used = set(taken)
    counts: dict[str, int] = {}
    found = []
    for start, end, label in pieces(text):
        statement = _statement(text, section, start, end, label, origin)
        if statement is None:
            continue
        unique = statement.id
        while unique in used:
            counts[statement.id] = counts.get(statement.id, 1) + 1
            unique = f"{statement.id}-{counts[statement.id]}"
        used.add(unique)
        found.append(statement if unique == statement.id else statement.model_copy(update={"id": unique}))
    return tuple(found)


def statement_id(text: str) -> str:
    """A short stable id for a statement: equal but for case, spacing and punctuation means equal id.

    >>> statement_id("I like tea.") == statement_id("i like  tea")
    True
    """
    words = " ".join(_WORDS.findall(text.casefold())) or " ".join(text.split())
    return "s" + hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def person_of(text: str) -> Literal["first", "second", "third"]:
    """The grammatical person an English statement is written in.

    >>> person_of("My cat is old."), person_of("You hate rain."), person_of("Ana reads.")
    ('first', 'second', 'third')
    """
    for person, pattern in PERSON:
        if pattern.search(text):
            return person
    return "third"


def pieces(text: str) -> Iterator[Piece]:
    """Disjoint, ordered (start, end, label) pieces of a text; `label` where the text names what the value is."""
    position = 0
    for call in _CALL.finditer(text):
        if not _QUOTED.search(call["values"]):
            continue
        yield from _paragraphs(text, position, call.start())
        for value in _QUOTED.finditer(text, call.start("values"), call.end("values")):
            if value[1].strip():
                yield (*value.span(1), call["key"].strip())
        position = call.end()
    yield from _paragraphs(text, position, len(text))


def _paragraphs(text: str, start: int, end: int) -> Iterator[Piece]:
    """Lines joined where a sentence runs on over a line end, then cut into labelled values and sentences."""
    block: tuple[int, int] | None = None
    for line_start, line_end in _lines(text, start, end):
        inner = _unlisted(text, line_start, line_end)
        fresh = inner != line_start or _labelled(text, inner, line_end) is not None or text[inner] == "["
        if block and not fresh and _runs_on(text[block[0] : block[1]], text[inner:line_end]):
            block = (block[0], line_end)
            continue
        if block:
            yield from _cut(text, *block)
        block = (inner, line_end)
    if block:
        yield from _cut(text, *block)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Non-blank lines; a blank line shows as a gap of more than one line end between two of them."""
    for line in re.compile(r"[^\r\n]+").finditer(text, start, end):
        stripped = line[0].strip()
        if stripped.strip("[]{}()\"'*_-=~#<>|+,. "):
            left = line.start() + len(line[0]) - len(line[0].lstrip())
            yield left, left + len(stripped)


def _unlisted(text: str, start: int, end: int) -> int:
    bullet = _BULLET.match(text, start, end)
    return bullet.end() if bullet and bullet.end() < end else start


def _runs_on(before: str, after: str) -> bool:
    """Does the sentence of a hard-wrapped line go on in the next one?"""
    last = before.rsplit("\n", 1)[-1].rstrip()
    return len(last) >= 50 and last[-1] not in '.!?…。！？:"”*]})' and after[:1] != "["


def _labelled(text: str, start: int, end: int) -> re.Match[str] | None:
    inner = start + (text[start : start + 1] in "[{(")
    label = _LABEL.match(text, inner, end)
    if label and (kind_of_label(label["key"]) or len(label["key"].split()) <= 3):
        return label
    return None


def _cut(text: str, start: int, end: int) -> Iterator[Piece]:
    label = _labelled(text, start, end)
    if label is None:
        yield from _sentences(text, start, end)
        return
    if text[start] == "[" and text[end - 1] == "]":
        end -= 1
    groups = list(re.compile(r"[^;]+").finditer(text, label.end(), end))
    key = label["key"].strip()
    for group in groups:
        own = _LABEL.match(text, group.start() + len(group[0]) - len(group[0].lstrip()), group.end())
        if own and group is not groups[0]:
            key = own["key"].strip()
        yield from _values(text, own.end() if own and group is not groups[0] else group.start(), group.end(), key)


def _values(text: str, start: int, end: int, key: str) -> Iterator[Piece]:
    """The values after a label: quoted ones, a list of short items, or sentences."""
    value = text[start:end]
    quoted = list(_QUOTED.finditer(text, start, end))
    if quoted and not re.search(r"\w", _QUOTED.sub("", value)):
        yield from ((*match.span(1), key) for match in quoted if match[1].strip())
        return
    items = list(_ITEM.finditer(text, start, end))
    if all(len(item[0].split()) <= 5 for item in items) and not re.search(r"[.!?。]\s+\S", value):
        yield from ((item.start(), item.end(), key) for item in items if item[0].strip())
        return
    for left, right, _ in _sentences(text, start, end):
        yield left, right, key


def _sentences(text: str, start: int, end: int) -> Iterator[Piece]:
    closed = [match.span() for match in _PROTECTED.finditer(text, start, end)]
    left = start
    for match in _BREAK.finditer(text, start, end):
        here = match.end()
        if _inside(closed, here) or (match["stop"] and not _ends(text, left, match, end)):
            continue
        yield from _clauses(text, left, here, closed)
        left = here
    yield from _clauses(text, left, end, closed)


def _ends(text: str, left: int, match: re.Match[str], end: int) -> bool:
    """Is this full stop the end of a sentence, and not of an abbreviation or a pause?"""
    after = text[match.end() : end].lstrip()
    if not after:
        return True
    if match["stop"] == "." and not match["close"]:
        before = text[max(left, match.end() - 12) : match.end()]
        if _ABBREVIATION.search(before):
            return before.casefold().endswith(_SENTENCE_ENDERS) and after[0].isupper()
        return True
    if match["stop"].startswith(("..", "…")) or match["close"]:
        return not after[0].islower()
    return True


def _inside(closed: list[tuple[int, int]], position: int) -> bool:
    """Does a position lie within one of the ordered, disjoint ranges?"""
    index = bisect.bisect_left(closed, (position,)) - 1
    return index >= 0 and closed[index][0] < position < closed[index][1]


def _clauses(text: str, start: int, end: int, closed: list[tuple[int, int]]) -> Iterator[Piece]:
    """Two clauses, each with its own subject and three words, are two statements."""
    left = start
    if end - start > _LONG:
        yield start, end, None
        return
    for joint in _JOINT.finditer(text, start, end):
        if _inside(closed, joint.start()):
            continue
        before, after = text[left : joint.start()], text[joint.end() : end]
        long_enough = len(_WORDS.findall(before)) >= 3 and len(_WORDS.findall(after)) >= 2
        if long_enough and has_verb(before) and not _SUBORDINATE.search(before):
            yield left, joint.start(), None
            left = joint.end()
    yield left, end, None


def _statement(
    text: str,
    section: str,
    start: int,
    end: int,
    label: str | None,
    origin: Literal["given", "expanded", "invented", "extracted"],
) -> Statement | None:
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip())
    end -= len(raw) - len(raw.rstrip())
    value = " ".join(text[start:end].split())
    if not any(character.isalnum() for character in value):
        value = value.strip("[]{}()\"'*_-=~#<>|+,.;: ")
        if not value:
            return None
    words = sentence_for(label, value) if label else value
    return Statement(
        id=statement_id(words),
        text=words,
        kind=(kind_of_label(label) if label else None) or kind_of(words),
        person=person_of(words),
        source=Span(section=section, start=start, end=end),
        origin=origin,
    )
