"""The stance of a reply to a claim: does the reply entail the claim, contradict it, or neither?

A pair scorer decides. Where it finds neither, the opening of the reply may still take a side – "You are right, my
love." entails nothing by itself – and is read off a list; how often is reported. Before any of it counts, the scorer
has to tell the claim from its twin: a scorer that reads "Ice is hot." as agreement with "Ice is cold." is no judge of
replies to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from personae.measure.consistency.asking import judged
from personae.measure.consistency.matrix import Readable
from personae.measure.stance.claims import Claim
from personae.measure.stance.texts import wording
from personae.types import CONTRADICTION, ENTAILMENT, PairScorer

Stance = Literal["agree", "neutral", "disagree"]

#: Stances as numbers, for logs.
NUMBERS: dict[Stance, float] = {"agree": 1.0, "neutral": 0.0, "disagree": -1.0}

#: Why a reply that only says the prompt again has no stance: small models do so, and the claim stands in the prompt.
ECHO = "the reply repeats what was said and adds nothing"

#: What may stand before the words that take a side: actions, and sounds.
_BEFORE = re.compile(
    r"^(?:\s|\([^()]{0,200}\)|\*[^*]{0,200}\*|[\"“'‘—–-]|(?:oh|ah|well|hm+|why|but|my|dear)\b[,!.… ]*)+", re.I
)
_TURN = re.compile(r"^[\s,;:—–-]*(?:but|if|only|unless|except|though|and yet)\b", re.I)
_ENDS = re.compile(r"^\s*(?:$|[.,;:!?…—–\n])")


@dataclass(frozen=True, slots=True)
class Reading:
    """A stance, or the reason why there is none. `by` says what it was read from: "pair scorer" or "opening".

    contradiction, entailment: the scorer's probabilities, where it gave any.
    """

    stance: Stance | None
    by: str = ""
    why: str = ""
    contradiction: float | None = None
    entailment: float | None = None


async def read_stance(scorer: PairScorer, reply: str, claim: Claim, readable: Readable) -> Reading:
    """The stance of a reply; none for a reply that cannot be read, or a claim the scorer cannot tell from its twin.

    >>> import asyncio
    >>> from personae.models.pairs.scripted import ScriptedPairs
    >>> claim = Claim("ice", "Ice is hot.", "Ice is cold.", so=False)
    >>> told_apart = {(claim.text, claim.text): (0, 0, 1), (claim.twin, claim.text): (1, 0, 0)}
    >>> asyncio.run(read_stance(ScriptedPairs(told_apart), "You are right, my love.", claim, lambda text: None))
    Reading(stance='agree', by='opening', why='', contradiction=0.0, entailment=0.0)
    """
    for text in (reply, claim.text):
        if reason := readable(text):
            return Reading(None, why=reason)
    rows = await judged(scorer, [claim.text, claim.twin, reply], [claim.text] * 3)
    if np.isnan(rows).any():
        return Reading(None, why="the pair scorer gave no answer")
    kinds = rows.argmax(axis=1).tolist()
    if kinds[:2] != [ENTAILMENT, CONTRADICTION]:
        return Reading(None, why="the pair scorer does not tell this claim from its twin")
    numbers = round(float(rows[2, CONTRADICTION]), 4), round(float(rows[2, ENTAILMENT]), 4)
    if kinds[2] == ENTAILMENT:
        return Reading("agree", "pair scorer", "", *numbers)
    if kinds[2] == CONTRADICTION:
        return Reading("disagree", "pair scorer", "", *numbers)
    if (side := opened(reply, negated=claim.negated)) is not None:
        return Reading(side, "opening", "", *numbers)
    return Reading("neutral", "pair scorer", "", *numbers)


def without_echo(reply: str, said: str) -> str:
    """The reply without the lines of the prompt that it repeats word for word; saying the claim itself is no echo.

    >>> without_echo('Robin says to you: "Ice is hot."\\nIt is.', '(He nods.)\\nRobin says to you: "Ice is hot."')
    'It is.'
    """
    for line in said.splitlines():
        if line.strip():
            reply = reply.replace(line.strip(), " ")
    return reply.strip()


def opened(reply: str, *, negated: bool = False) -> Literal["agree", "disagree"] | None:
    """The side a reply takes with its first words, or None. After a claim with a negation a bare yes or no takes none.

    >>> opened("(nods) Oh, you are right."), opened("No, never."), opened("No.", negated=True), opened("No doubt.")
    ('agree', 'disagree', None, None)
    >>> opened("True, but only in winter.") is None
    True
    """
    plain = _BEFORE.sub("", reply.replace("’", "'")).casefold()
    for phrase, side, bare in _openers():
        if not plain.startswith(phrase) or (bare and negated):
            continue
        rest = plain[len(phrase) :]
        ends = _ENDS.match(rest) or (" " in phrase and re.match(r"\s", rest))
        if ends and not _TURN.match(rest):
            return side
    return None


@cache
def _openers() -> tuple[tuple[str, Literal["agree", "disagree"], bool], ...]:
    """(phrase, side, bare), longer phrases first."""
    found = wording()["openers"]
    kinds: tuple[tuple[str, Literal["agree", "disagree"], bool], ...] = (
        ("agree", "agree", False),
        ("disagree", "disagree", False),
        ("yes", "agree", True),
        ("no", "disagree", True),
    )
    listed = [(phrase, side, bare) for key, side, bare in kinds for phrase in found[key]]
    return tuple(sorted(listed, key=lambda entry: -len(entry[0])))
