"""Does a speaker contradict what they said before? Each reply against the same speaker's earlier ones.

The utterance-based test of DECODE (2021): the highest P(contradiction) over the earlier own utterances, flagged from ½
on. Claims are compared, not whole turns: the earlier utterance is the premise, each sentence of the new one that is no
question a hypothesis.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from personae.measure.consistency.asking import judged
from personae.types import CONTRADICTION, PairScorer

#: From this probability on an utterance is flagged.
FLAG = 0.5

_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """One utterance and the earlier one it goes against most. Numbers are positions, from 0.

    probability: highest P(contradiction) over all earlier own utterances, None where none could be compared.
    earlier:     position of the utterance that gave it. claim: the sentence of this utterance that goes against it.
    """

    utterance: int
    probability: float | None
    earlier: int | None = None
    claim: str = ""

    @property
    def flagged(self) -> bool:
        """Is the probability ½ or more?"""
        return self.probability is not None and self.probability >= FLAG

    def to_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return asdict(self) | {"flagged": self.flagged}


async def self_contradictions(
    scorer: PairScorer, utterances: Sequence[str], *, last: int | None = None
) -> list[SelfCheck]:
    """One check per utterance of one speaker, in order. `last` compares with that many earlier ones only (None: all).

    The first utterance, one that claims nothing (questions only) and one the scorer gave no answer to have no
    probability. Empty utterances count as positions and are compared with nothing.

    >>> import asyncio
    >>> from personae.models.pairs.scripted import ScriptedPairs
    >>> scorer = ScriptedPairs({("I have no cat.", "My cat is ill."): (0.9, 0.1, 0.0)})
    >>> checks = asyncio.run(self_contradictions(scorer, ["I have no cat.", "Is it late? My cat is ill."]))
    >>> [check.flagged for check in checks], checks[1].claim
    ([False, True], 'My cat is ill.')
    """
    pairs = [
        (now, before, claim)
        for now, utterance in enumerate(utterances)
        for claim in claims(utterance)
        for before in range(0 if last is None else max(0, now - last), now)
        if utterances[before].strip()
    ]
    rows = await judged(scorer, [utterances[before] for _, before, _ in pairs], [claim for _, _, claim in pairs])
    checks = [SelfCheck(position, None) for position in range(len(utterances))]
    for (now, before, claim), probability in zip(pairs, rows[:, CONTRADICTION], strict=True):
        highest = checks[now].probability
        if not np.isnan(probability) and (highest is None or probability > highest):
            checks[now] = SelfCheck(now, round(float(probability), 6), before, claim)
    return checks


def claims(text: str) -> list[str]:
    """The sentences of a text that state something: those with a letter that do not end in a question mark.

    >>> claims("Do you like it? I do! ... Really.")
    ['I do!', 'Really.']
    """
    sentences = (sentence.strip() for sentence in _SENTENCE.findall(text))
    return [each for each in sentences if any(map(str.isalpha, each)) and not each.endswith("?")]
