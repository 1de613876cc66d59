"""The pairwise judge: which of two replies is better, asked in both orders; a verdict that hangs on them is none."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.judges.asking import RETRIES, SETTINGS, Answer, ask, filled, needed, quoted, texts
from personae.judges.position import LEVEL
from personae.judges.roles import Verdict
from personae.judges.summary import too_few
from personae.judges.verdicts import Problem, Side, read_certainty, read_side
from personae.stats.counts import binomial_two_sided
from personae.types import Measurement, Message, Model, Settings

#: What may be asked of two replies, as keys of our wording.
ASPECTS = ("in_character", "correctness", "preference")

#: What each side of a swapped order stands for.
_SWAPPED: dict[Side, Side] = {"A": "B", "B": "A", "tie": "tie"}
_VALUES: dict[Side, float] = {"A": 1.0, "B": 0.0, "tie": 0.5}


@dataclass(frozen=True, slots=True)
class PairItem:
    """Two replies to one question, and the persona – or the user whose taste counts – as text, if there is one."""

    question: str
    first: str
    second: str
    persona: str = ""


@dataclass(frozen=True, slots=True)
class PairwiseJudge:
    """Says which of two replies is better: value 1 for the first, 0 for the second, 0.5 for a tie in both orders.

    aspect:    one of `ASPECTS`; `asks` puts another question in its place.
    rounds:    when the two orders disagree, or one has no readable verdict, both are asked again, up to so many rounds
               in all, each with another seed. With one round the reason is "inconsistent", with more "undecided". More
               rounds need a temperature above 0.
    ties:      whether the judge may say that neither is better.
    certainty: whether it is asked how sure it is; the mean over both orders, 0–1.

    The details hold what was said in each round, with the first reply shown as A and then as B.

    >>> import asyncio
    >>> from personae.models import Scripted
    >>> item = PairItem("Where to?", "To the river.", "I am a language model.")
    >>> asyncio.run(PairwiseJudge(Scripted(["[[A]]", "[[B]]"]))(item)).value
    1.0
    >>> asyncio.run(PairwiseJudge(Scripted(["[[A]]", "[[A]]"]))(item)).reason
    'inconsistent'
    """

    model: Model
    aspect: str = "in_character"
    asks: str = ""
    rounds: int = 1
    ties: bool = False
    certainty: bool = False
    settings: Settings = SETTINGS
    retries: int = RETRIES

    def __post_init__(self) -> None:
        if self.aspect not in ASPECTS:
            raise UsageError(f"unknown aspect {self.aspect!r}; known are {', '.join(ASPECTS)}")
        if self.rounds < 1:
            raise UsageError(f"rounds must be at least 1, got {self.rounds!r}")
        if self.rounds > 1 and (self.settings.temperature <= 0 or self.settings.seed is None):
            raise UsageError("more than one round needs a temperature above 0 and a seed, or every round says the same")

    @property
    def name(self) -> str:
        """ "pairwise/", the aspect ("own" for a question of the user's) and the model's name."""
        return f"pairwise/{'own' if self.asks else self.aspect}/{self.model.name}"

    async def __call__(self, item: PairItem, /) -> Verdict:
        """The verdict on two replies. Raises `UsageError` for an empty text or twice the same reply."""
        account: Answer[_Said] = Answer()
        rounds: list[list[Side | None]] = []
        for number in range(self.rounds):
            said: list[_Said | None] = []
            for swapped in (False, True):
                answer = await self._ask(item, number, swapped)
                said.append(answer.value)
                account = _added(account, answer)
            rounds.append([one.side if one else None for one in said])
            if said[0] and said[1] and said[0].side == _SWAPPED[said[1].side]:
                sure = (said[0].certainty + said[1].certainty) / 2 if self.certainty else None
                return account.verdict(self.name, _VALUES[said[0].side], sure, rounds=rounds)
        if any(None not in sides for sides in rounds):
            verdict = dataclasses.replace(account, reason="unparsed").without_value(self.name, rounds=rounds)
            reason = "inconsistent" if self.rounds == 1 else "undecided"
            return dataclasses.replace(verdict, reason=reason, why="the two orders were answered differently")
        return account.without_value(self.name, rounds=rounds)

    async def _ask(self, item: PairItem, number: int, swapped: bool) -> Answer[_Said]:
        seed = None if self.settings.seed is None else self.settings.seed + number
        settings = dataclasses.replace(self.settings, seed=seed)
        return await ask(self.model, self._messages(item, swapped), settings, self._read, retries=self.retries)

    def _messages(self, item: PairItem, swapped: bool) -> tuple[Message, ...]:
        return pair_messages(item, self.asks or self.aspect, swapped=swapped, ties=self.ties, certainty=self.certainty)

    def _read(self, text: str) -> _Said | Problem:
        side = read_side(text, ties=self.ties)
        if isinstance(side, Problem) or not self.certainty:
            return side if isinstance(side, Problem) else _Said(side)
        sure = read_certainty(text)
        return sure if isinstance(sure, Problem) else _Said(side, sure / 100)


@dataclass(frozen=True, slots=True)
class _Said:
    side: Side
    certainty: float = 0.0


def pair_messages(
    item: PairItem, asks: str, *, swapped: bool = False, ties: bool = False, certainty: bool = False
) -> tuple[Message, ...]:
    """What the judge reads; `asks` is an aspect or a question of one's own, `swapped` shows the second reply as A."""
    needed(question=item.question, first=item.first, second=item.second)
    if " ".join(item.first.split()) == " ".join(item.second.split()):
        raise UsageError(f"both replies are {item.first[:60]!r}; there is nothing to compare")
    wording = texts("pairwise")
    a, b = (item.second, item.first) if swapped else (item.first, item.second)
    marks = "[[A]], [[B]] or [[tie]]" if ties else "[[A]] or [[B]]"
    fields = {
        "asks": wording["aspects"].get(asks, asks).strip(),
        "persona": quoted("persona", item.persona) + "\n\n" if item.persona.strip() else "",
        "question": quoted("question", item.question),
        "a": quoted("reply", a, side="A"),
        "b": quoted("reply", b, side="B"),
        "marks": marks,
        "certainty": "\n" + wording["certainty"].strip() if certainty else "",
    }
    return (
        Message("system", filled(wording["system"], fields).strip()),
        Message("user", filled(wording["ask"], fields).strip()),
    )


def swap_report(verdicts: Sequence[Verdict]) -> tuple[Measurement, Measurement]:
    """How far pairwise verdicts hang on the order, from the first round of each: consistency and position bias.

    "consistency": share of pairs whose two orders agree, among those with two readable verdicts, with the Wilson
    interval. "position_bias": share of "A" among all verdicts A or B; a judge of replies says it half of the time, for
    each pair stands in both orders. Its details hold the pairs won by the first place and by the second, the exact
    binomial p of the one against the other, and `favours`: "first", "second" or "neither" (p ≥ .05). Where more than a
    tenth of the pairs could not be read, there is a reason instead.

    >>> stuck = [Verdict("p", reason="inconsistent", details={"rounds": [["A", "A"]]})] * 8
    >>> consistency, bias = swap_report(stuck)
    >>> consistency.value, bias.value, bias.details["p"], bias.details["favours"]
    (0.0, 1.0, 0.0078125, 'first')
    """
    from personae.stats.intervals import wilson

    firsts = [verdict.details["rounds"][0] for verdict in verdicts]
    read = [sides for sides in firsts if None not in sides]
    missing = {"unread": len(firsts) - len(read)} if len(read) < len(firsts) else {}
    if reason := too_few(len(read), len(firsts)):
        return (
            Measurement("consistency", reason=reason, missing=missing),
            Measurement("position_bias", reason=reason, missing=missing),
        )
    agreed = wilson(sum(first == _SWAPPED[second] for first, second in read), len(read))
    consistency = Measurement(
        "consistency", agreed.value, None, agreed.low, agreed.high, agreed.n, missing, unit="share"
    )
    said = Counter(side for sides in read for side in sides)
    if not said["A"] + said["B"]:
        return consistency, Measurement("position_bias", reason="every verdict is a tie", missing=missing)
    share = wilson(said["A"], said["A"] + said["B"])
    return consistency, Measurement(
        "position_bias", share.value, None, share.low, share.high, share.n, missing, "share", _places(read)
    )


def _places(read: Sequence[Sequence[Side]]) -> dict[str, object]:
    """Pairs won by a place instead of a reply. With a tie in one order the place of the other one won."""
    scores = [_VALUES[first] + _VALUES[second] - 1.0 for first, second in read]
    first, second = sum(score > 0 for score in scores), sum(score < 0 for score in scores)
    p = binomial_two_sided(first, first + second)
    side = "first" if first > second else "second"
    favours = side if p < LEVEL else "neither"
    return {"first_place_won": first, "second_place_won": second, "p": float(f"{p:.6g}"), "favours": favours}


def _added(account: Answer[_Said], more: Answer[_Said]) -> Answer[_Said]:
    """The accounts of two answers together; the latest failure keeps its reason."""
    return Answer(
        None,
        more.reason or account.reason,
        more.why or account.why,
        account.raw + more.raw,
        account.outcomes + more.outcomes,
        account.usage + more.usage,
    )
