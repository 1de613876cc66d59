"""How a turn on stage is written, and who gets to see which part of it.

    speech            said aloud: all hear it
    (action)          done: all see it
    [thought]         kept to oneself; so is what a reasoning model puts between <think> and </think>

Brackets that are not in pairs are read to the safe side: a thought that is never closed goes on to the end, and one
that is closed but never opened began where the thought before it ended. Round brackets without a partner are speech.
"""

from __future__ import annotations

import itertools
import re
import sys
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["speech", "action", "thought"]
Span = tuple[int, int]

_TAG = r"<[ \t]{0,4}/?[ \t]{0,4}think(?:ing)?[ \t]{0,4}>"
_TAGS = re.compile(r"<[ \t]{0,4}(?P<shut>/?)[ \t]{0,4}think(?:ing)?[ \t]{0,4}>", re.IGNORECASE)
_SQUARE = re.compile(r"[\[［]|(?P<shut>[\]］])")
_ROUND = re.compile(r"[()（）]")
_BRACKETS = re.compile(rf"^(?:[\[(［（]|{_TAG})|(?:[\])］）]|{_TAG})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a turn as it stands there, brackets included. The pieces of a turn join to the turn."""

    kind: Kind
    text: str

    @property
    def inner(self) -> str:
        """The text without its brackets and the blanks around it."""
        return self.text.strip() if self.kind == "speech" else _BRACKETS.sub("", self.text).strip()


def pieces(message: str) -> tuple[Piece, ...]:
    """A turn cut into speech, actions and thoughts; nothing is lost.

    >>> [(piece.kind, piece.inner) for piece in pieces("[He lies.] (nods) As you say, sir.")]
    [('thought', 'He lies.'), ('speech', ''), ('action', 'nods'), ('speech', 'As you say, sir.')]
    """
    hidden, _ = _thoughts(message)
    done, _ = _actions(message, hidden)
    cuts = sorted({0, len(message), *(edge for span in (*hidden, *done) for edge in span)})
    found = []
    for start, end in itertools.pairwise(cuts):
        kind: Kind = "thought" if _within(start, hidden) else "action" if _within(start, done) else "speech"
        found.append(Piece(kind, message[start:end]))
    return tuple(found)


def balanced(message: str) -> bool:
    """Do all brackets of the turn come in pairs?

    >>> balanced("(nods) [Yes.]"), balanced("[I must not say"), balanced("(nods")
    (True, False, False)
    """
    hidden, paired = _thoughts(message)
    return paired and _actions(message, hidden)[1]


def visible(message: str) -> str:
    """What everybody else gets: speech and actions, tidied where a thought was taken out; empty if nothing is left.

    >>> visible("(smiles [liar] warmly) Welcome! [Leave soon.]")
    '(smiles warmly) Welcome!'
    >>> visible("[Say nothing.]")
    ''
    """
    hidden, _ = _thoughts(message)
    if not hidden:
        return message.strip()
    edges = [0, *(edge for span in hidden for edge in span), len(message)]
    rest = "".join(message[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    rest = re.sub(r"\(\s*\)|（\s*）", " ", rest)
    rest = rest.replace("( ", "(").replace(" )", ")")
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in rest.splitlines())
    return "\n".join(line for line in lines if line)


def from_marked(turns: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """Turns marked as (thinking), (speaking) or another action, written in this grammar: (speaker, mark, text) each.

    Turns of one speaker that follow each other become one.

    >>> turns = [("Ana", "(thinking)", "He lies."), ("Ana", "(speaking)", "Hm."), ("Rui", "(shrugs)", "Yes.")]
    >>> list(from_marked(turns))
    [('Ana', '[He lies.] Hm.'), ('Rui', '(shrugs) Yes.')]
    """
    speaker, parts = "", list[str]()
    for who, mark, text in turns:
        if parts and who != speaker:
            yield speaker, " ".join(parts)
            parts = []
        speaker = who
        parts.append(_marked(mark.strip().strip("()").strip(), text.strip()))
    if parts:
        yield speaker, " ".join(parts)


def _marked(mark: str, text: str) -> str:
    if mark.casefold() in ("thinking", "thought", "thinks"):
        return f"[{text}]"
    return text if mark.casefold() in ("", "speaking", "speaks", "says") else f"({mark}) {text}".strip()


def _thoughts(message: str) -> tuple[list[Span], bool]:
    """Where thoughts stand, in order, and whether all their brackets have partners.

    Tags that were opened come first: a reasoning model may think about brackets, which are then none of the turn's.
    """
    tags, tags_paired = _enclosed(_TAGS.finditer(message), len(message))
    opened = [span for span in tags if (sign := _TAGS.match(message, span[0])) and not sign["shut"]]
    brackets = (sign for sign in _SQUARE.finditer(message) if not _within(sign.start(), opened))
    squares, squares_paired = _enclosed(brackets, len(message))
    merged: list[Span] = []
    for start, end in sorted([*tags, *squares]):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged, tags_paired and squares_paired


def _enclosed(signs: Iterable[re.Match[str]], length: int) -> tuple[list[Span], bool]:
    """What one kind of bracket encloses, outermost pairs only, and whether all have partners."""
    spans: list[Span] = []
    opened: list[int] = []
    paired = True
    for sign in signs:
        if not sign["shut"]:
            opened.append(sign.start())
        elif not opened:
            spans.append((spans[-1][1] if spans else 0, sign.end()))
            paired = False
        else:
            start = opened.pop()
            if not opened:
                spans.append((start, sign.end()))
    if opened:
        spans.append((opened[0], length))
    return spans, paired and not opened


def _actions(message: str, hidden: list[Span]) -> tuple[list[Span], bool]:
    """Where the outermost pairs of round brackets stand, those in thoughts aside, and whether all have partners."""
    spans: list[Span] = []
    opened: list[int] = []
    paired = True
    thoughts = iter([*hidden, (len(message) + 1, len(message) + 1)])
    thought = next(thoughts)
    for sign in _ROUND.finditer(message):
        while sign.start() >= thought[1]:
            thought = next(thoughts)
        if sign.start() >= thought[0]:
            continue
        if sign[0] in "(（":
            opened.append(sign.start())
        elif not opened:
            paired = False
        else:
            start = opened.pop()
            while spans and spans[-1][0] > start:
                spans.pop()
            spans.append((start, sign.end()))
    return spans, paired and not opened


def _within(place: int, spans: list[Span]) -> bool:
    before = bisect(spans, (place, sys.maxsize)) - 1
    return before >= 0 and place < spans[before][1]
