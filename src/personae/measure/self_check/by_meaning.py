"""Self-check by meaning: near sentences of the samples, entailment by a pair scorer, or a model asked yes or no.

[SelfCheckAgent, 2025; SelfCheckGPT, 2023]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from personae.files import bundled
from personae.judges.asking import SETTINGS, Answer, ask, filled, quoted
from personae.judges.verdicts import Problem, answer_of
from personae.measure.self_check.passage import Passage, Scores, checkable, sentences
from personae.types import CONTRADICTION, ENTAILMENT, Embedder, Message, Model, PairScorer, Settings

#: Yes, no, and neither of them.
_VALUES = {"yes": 0.0, "no": 1.0, "neither": 0.5}


@dataclass(frozen=True, slots=True)
class Nearness:
    """1 − the mean over samples of the cosine with the sample's nearest sentence, 0 … 2."""

    embedder: Embedder
    name: str = "embedding"

    async def __call__(self, passage: Passage) -> Scores:
        """One number per sentence."""
        import numpy as np

        vectors = self.embedder.embed(checkable(passage).sentences)
        best = [
            (vectors @ self.embedder.embed(sentences(sample) or [sample]).T).max(axis=1) for sample in passage.samples
        ]
        return Scores(tuple(float(value) for value in 1 - np.mean(best, axis=0)))


@dataclass(frozen=True, slots=True)
class Nli:
    """The mean over samples of P(contradiction) / (P(contradiction) + P(entailment)), 0 … 1; neutral is dropped.

    readable: why the scorer cannot read a text, or None where it can (`supported` for ours); such sentences have no
              number and are counted.
    """

    scorer: PairScorer
    readable: Callable[[str], str | None] | None = None
    name: str = "nli"

    async def __call__(self, passage: Passage) -> Scores:
        """One number per sentence."""
        import numpy as np

        said = checkable(passage).sentences
        kept = [number for number, one in enumerate(said) if self.readable is None or self.readable(one) is None]
        premises = [sample for _ in kept for sample in passage.samples]
        rows = await self.scorer.score(premises, [said[number] for number in kept for _ in passage.samples])
        against, wanted = rows[:, CONTRADICTION].astype(np.float64), rows[:, ENTAILMENT].astype(np.float64)
        both = against + wanted
        shares = np.where(both > 0, against / np.where(both > 0, both, 1.0), 0.5)
        means = shares.reshape(len(kept), -1).mean(axis=1) if kept else []
        found = dict(zip(kept, map(float, means), strict=True))
        unread = len(said) - len(kept)
        return Scores(tuple(map(found.get, range(len(said)))), {"unread": unread} if unread else {})


@dataclass(frozen=True, slots=True)
class Asked:
    """A model asked of every sentence and sample whether the one is supported by the other: yes 0, no 1, neither .5.

    thoughts: whether it may think first; it then ends with "Answer: Yes" or "Answer: No".

    An answer that says neither counts .5, as published, and is counted as "neither"; one that was refused, empty, cut
    off or failed says nothing, and is left out and counted.
    """

    model: Model
    thoughts: bool = False
    settings: Settings = field(default=SETTINGS)
    name: str = "prompt"

    async def __call__(self, passage: Passage) -> Scores:
        """One number per sentence; one call per sentence and sample."""
        missing: Counter[str] = Counter()
        values: list[float | None] = []
        for sentence in checkable(passage).sentences:
            known = []
            for sample in passage.samples:
                answer = await self._ask(sentence, sample)
                if answer.value is None:
                    missing[str(answer.reason)] += 1
                    continue
                missing.update(["neither"] if answer.value == "neither" else [])
                known.append(_VALUES[answer.value])
            values.append(sum(known) / len(known) if known else None)
        return Scores(tuple(values), dict(missing))

    async def _ask(self, sentence: str, sample: str) -> Answer[str]:
        texts = _texts()
        fields = {
            "context": quoted("reference", sample),
            "sentence": quoted("item", sentence),
            "form": texts["thoughts" if self.thoughts else "plain"].strip(),
        }
        messages = [
            Message("system", texts["system"].strip()),
            Message("user", filled(texts["ask"], fields).strip()),
        ]
        return await ask(self.model, messages, self.settings, self._read, retries=0)

    def _read(self, text: str) -> str | Problem:
        return read_yes_no(text, last=self.thoughts)


def read_yes_no(text: str, *, last: bool = False) -> str:
    """ "yes", "no" or "neither": the first word of an answer, or with `last` what follows its last "Answer:".

    >>> read_yes_no("Yes, it is."), read_yes_no("It has the date. Answer: no", last=True), read_yes_no("Perhaps.")
    ('yes', 'no', 'neither')
    """
    said = answer_of(text).casefold()
    if last:
        said = said.rpartition("answer:")[2]
    first = said.split(maxsplit=1)[:1]
    word = first[0].strip("*_`\"'.,;:!()[]") if first else ""
    return word if word in ("yes", "no") else "neither"


@cache
def _texts() -> Any:
    return bundled(__package__, "texts/self_check.en.yaml")
