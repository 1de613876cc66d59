"""What a search reads of sessions and of long turns: the texts that are embedded and counted."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from personae.memory.turns import Scope, Turn

PIECES = 200  #: how much of a text one vector holds, in estimated word pieces; the embedder cuts at 256
_TOKEN = re.compile(r"[^\W\d_]+|\d|[^\w\s]|_")
_CHUNK = re.compile(r"\S{1,100}")


#: A session of one conversation: the scope it belongs to, and its name.
Session = tuple[Scope, str]


def session_of(turn: Turn) -> Session:
    """The session a turn belongs to; two conversations may both have a session "1"."""
    return turn.scope, turn.session


def session_texts(turns: Iterable[Turn], *, captions: bool = False) -> dict[Session, str]:
    """Session → its turns' documents, a line each, in the order they come."""
    lines: dict[Session, list[str]] = {}
    for turn in turns:
        lines.setdefault(session_of(turn), []).append(turn.document(captions=captions))
    return {session: "\n".join(texts) for session, texts in lines.items()}


def parts(text: str, pieces: int = PIECES) -> list[str]:
    """A long text cut into parts of at most so many estimated word pieces; a short one as it is.

    >>> parts("one two three four", pieces=2)
    ['one two', 'three four']
    """
    if estimated_pieces(text) <= pieces:
        return [text]
    found: list[list[str]] = [[]]
    used = 0
    for chunk in _CHUNK.findall(text):
        cost = estimated_pieces(chunk)
        if found[-1] and used + cost > pieces:
            found.append([])
            used = 0
        found[-1].append(chunk)
        used += cost
    return [" ".join(chunks) for chunks in found]


def estimated_pieces(text: str) -> int:
    """About how many word pieces an English embedder makes of a text, rather too many than too few."""
    return sum(_cost(token) for token in _TOKEN.findall(text))


def _cost(token: str) -> int:
    if not token.isascii():
        return len(token)
    return 1 if len(token) <= 8 else math.ceil(len(token) / 5)


def all_parts(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """The parts of all texts, and for each part the place of its text."""
    found = [(part, at) for at, text in enumerate(texts) for part in parts(text)]
    return [part for part, _ in found], [at for _, at in found]
