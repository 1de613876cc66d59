"""A pair of texts as the embedded pair scorer reads it. Training and use share this file, so they cannot differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from personae.types import Side

MAX_TOKENS = 128
#: The statement keeps its first half of the room, whatever stands beside it.
MAX_STATEMENT = MAX_TOKENS // 2
CLS, SEP = 101, 102
#: Unused entries of the vocabulary say which question is asked: none for NLI, one for each side of relevance.
MARKS: dict[Side, int] = {"query": 1, "reply": 2}


@dataclass(frozen=True, slots=True)
class Encoded:
    """A pair as ids, and how many of them belong to the first text."""

    ids: tuple[int, ...]
    first: int


def encode(tokenizer: Any, first: Sequence[str], second: Sequence[str], side: Side | None = None) -> list[Encoded]:
    """`[CLS] (mark) first [SEP] second [SEP]` for each pair; the second text (the statement) keeps at most 64 word
    pieces, the first what room is left of 128."""
    heads = tokenizer.encode_batch(list(first), add_special_tokens=False)
    tails = tokenizer.encode_batch(list(second), add_special_tokens=False)
    mark = [MARKS[side]] if side else []
    pairs = []
    for head, tail in zip(heads, tails, strict=True):
        end = tail.ids[:MAX_STATEMENT]
        start = [CLS, *mark, *head.ids[: room_for_first(len(end), side)], SEP]
        pairs.append(Encoded((*start, *end, SEP), len(start)))
    return pairs


def room_for_first(second: int, side: Side | None = None) -> int:
    """Word pieces the first text may have beside `second` of the statement.

    >>> room_for_first(10), room_for_first(200, "query")
    (115, 60)
    """
    return MAX_TOKENS - 3 - (side is not None) - min(second, MAX_STATEMENT)
