"""The contrast test: two asks close in wording, each with its own reply. Does a reward know which belongs to which?

Response consistency: r(I1, R1) > r(I1, R2). Instruction consistency: r(I1, R1) > r(I2, R1). Both in both directions;
ties fail. Chance is .5. [The Trickle-down Impact of Reward (In-)consistency on RLHF, 2024]
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.judges.pairwise import PairItem
from personae.judges.rewards.roles import Reward
from personae.judges.roles import Judge
from personae.judges.summary import judge_all
from personae.stats.clustered import clustered_share
from personae.types import Embedder, Measurement

MAX_BYTES = 64 * MEGABYTE
#: Cosines of two asks that are close in wording and still two asks (the specification's band).
CLOSE = (0.8, 0.97)
_KEYS = ("query", "query_response_k", "retrieval", "retrieval_response_k")


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two asks close in wording, each with the reply that was given to it."""

    ask: str
    reply: str
    other_ask: str
    other_reply: str


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Items of the test, and how many could not become one, by reason."""

    items: tuple[Contrast, ...]
    missing: Mapping[str, int] = field(default_factory=dict)


def read_contrasts(path: Path | str) -> Contrasts:
    """Items of the published shape: a JSON list of query, query_response_k, retrieval, retrieval_response_k.

    An item that lacks a text is dropped and counted. Raises `FormatError` for anything that is no such list.
    """
    try:
        tree = json.loads(read_limited(path, MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} cannot be read as JSON: {error}") from error
    if not isinstance(tree, list) or not all(isinstance(row, dict) for row in tree):
        raise FormatError(f"{str(path)!r} holds no list of objects with {', '.join(_KEYS)}")
    found = [Contrast(*texts) for row in tree if (texts := _texts(row)) is not None]
    if not found:
        raise FormatError(f"{str(path)!r} holds no item with {', '.join(_KEYS)}")
    lost = len(tree) - len(found)
    return Contrasts(tuple(found), {"without a text": lost} if lost else {})


def from_log(asked: Sequence[tuple[str, str]], embedder: Embedder, *, band: tuple[float, float] = CLOSE) -> Contrasts:
    """Items from one's own log of (ask, reply): each ask with its nearest other in the band of cosines, each used once.

    Pairs without a reply, and asks with no other in the band, are counted.
    """
    whole = [(ask.strip(), reply.strip()) for ask, reply in asked if ask.strip() and reply.strip()]
    missing = {"without a text": len(asked) - len(whole)} if len(whole) < len(asked) else {}
    if not whole:
        return Contrasts((), missing)
    vectors = embedder.embed([ask for ask, _ in whole])
    cosines, low, high = vectors @ vectors.T, *band
    near = sorted(
        ((float(cosines[i, j]), i, j) for i in range(len(whole)) for j in range(i) if low <= cosines[i, j] <= high),
        key=lambda each: (-each[0], each[1:]),
    )
    used: set[int] = set()
    found: list[Contrast] = []
    for _, i, j in near:
        if not used & {i, j} and whole[i][1] != whole[j][1]:
            used |= {i, j}
            found.append(Contrast(*whole[j], *whole[i]))
    alone = len(whole) - len(used)
    return Contrasts(tuple(found), missing | ({"no close ask": alone} if alone else {}))


async def contrast_test(reward: Reward, contrasts: Contrasts) -> list[Measurement]:
    """ "response", "instruction" and "all_four" of a reward: shares of comparisons that come out right.

    Each item has two comparisons of a kind and counts as one unit. An item for which the reward has no number drops out
    and is counted. Raises UsageError without items.
    """
    items = contrasts.items
    if not items:
        raise UsageError("the contrast test has no items; read some, or take them from a log")
    asks = [ask for each in items for ask in (each.ask, each.ask, each.other_ask, each.other_ask)]
    replies = [reply for each in items for reply in (each.reply, each.other_reply) * 2]
    scores = await reward(asks, replies)
    right: dict[str, list[list[bool]]] = {"response": [], "instruction": [], "all_four": []}
    for at in range(len(items)):
        own, crossed, other_crossed, other_own = scores[4 * at : 4 * at + 4]
        if own is None or crossed is None or other_crossed is None or other_own is None:
            continue
        response = [own > crossed, other_own > other_crossed]
        instruction = [own > other_crossed, other_own > crossed]
        right["response"].append(response)
        right["instruction"].append(instruction)
        right["all_four"].append([all(response + instruction)])
    missing = _lost(contrasts, len(items) - len(right["all_four"]), "without a reward")
    return [_share(name, groups, missing) for name, groups in right.items()]


async def contrast_test_of_pairs(judge: Judge[PairItem], contrasts: Contrasts) -> Measurement:
    """ "response" of a judge of pairs: how often it prefers the ask's own reply; asks cannot be compared by it.

    A tie fails; a verdict that hangs on the order, or could not be read, drops its comparison out and is counted.
    """
    pairs = [
        pair
        for each in contrasts.items
        for pair in (
            PairItem(each.ask, each.reply, each.other_reply),
            PairItem(each.other_ask, each.other_reply, each.reply),
        )
    ]
    if not pairs:
        raise UsageError("the contrast test has no items; read some, or take them from a log")
    verdicts = await judge_all(judge, pairs)
    groups = [
        [verdict.value == 1.0 for verdict in verdicts[at : at + 2] if verdict.value is not None]
        for at in range(0, len(verdicts), 2)
    ]
    lost: dict[str, int] = {}
    for verdict in verdicts:
        if verdict.reason is not None:
            lost[verdict.reason] = lost.get(verdict.reason, 0) + 1
    return _share("response", groups, {**contrasts.missing, **lost})


def _share(name: str, groups: Sequence[Sequence[bool]], missing: Mapping[str, int]) -> Measurement:
    found = clustered_share({str(at): group for at, group in enumerate(groups)})
    details: dict[str, Any] = {"chance": 0.5} if name != "all_four" else {}
    if found.value is None:
        return Measurement(name, reason="no item has a reward for every pair", missing=missing, unit="share")
    return Measurement(name, found.value, None, found.low, found.high, found.n, missing, "share", details)


def _lost(contrasts: Contrasts, count: int, why: str) -> dict[str, int]:
    return {**contrasts.missing, **({why: count} if count else {})}


def _texts(row: Mapping[str, Any]) -> tuple[str, str, str, str] | None:
    texts = [row.get(key) for key in _KEYS]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        return None
    ask, reply, other_ask, other_reply = (str(text).strip() for text in texts)
    return ask, reply, other_ask, other_reply
