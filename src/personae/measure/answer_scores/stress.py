"""Is a judge of answers to be believed? What it accepts of answers known to be wrong, vague, reworded and right.

A published audit of LoCoMo found a judge that takes one wrong specific answer in ten and six vague ones in ten. So: an
acceptance rate per kind of answer and code of question, beside how often three runs agree, before any judged number.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from personae.errors import UsageError
from personae.files import bundled
from personae.judges.roles import Judge, Verdict
from personae.measure.answer_scores.judging import KEY, AnswerItem, two_key, words_agree
from personae.measure.answer_scores.lexical import ADVERSARIAL, answer_words, gold_word_recall
from personae.measure.items import share
from personae.types import Measurement

Kind = Literal["rotated", "vague", "paraphrase", "gold"]
KINDS: tuple[Kind, ...] = ("rotated", "vague", "paraphrase", "gold")
#: Code of questions about time.
TEMPORAL = 2


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """A question with its gold answer, of one conversation, and its code (`lexical.CODES`)."""

    id: str
    conversation: str
    question: str
    gold: str
    code: int


@dataclass(frozen=True, slots=True)
class StressCase:
    """One answer that a judge is tried on."""

    id: str
    kind: Kind
    code: int
    item: AnswerItem


def rotated(golds: Sequence[GoldAnswer]) -> list[tuple[GoldAnswer, str]]:
    """For each question the gold of the next one of the same conversation and code, the last taking the first's.

    Adversarial questions and pairs of golds with the same words are left out.

    >>> when = [GoldAnswer(f"q{n}", "c", "When?", gold, 2) for n, gold in enumerate(["May 2023", "May, 2023", "2019"])]
    >>> [(one.gold, other) for one, other in rotated(when)]
    [('May, 2023', '2019'), ('2019', 'May 2023')]
    """
    groups: dict[tuple[str, int], list[GoldAnswer]] = {}
    for one in golds:
        if one.code != ADVERSARIAL:
            groups.setdefault((one.conversation, one.code), []).append(one)
    return [
        (one, other.gold)
        for group in groups.values()
        for one, other in zip(group, (*group[1:], group[0]), strict=True)
        if answer_words(one.gold) != answer_words(other.gold)
    ]


def accepted_by_words(
    golds: Sequence[GoldAnswer], key: Callable[[str, str], bool] | None = None
) -> dict[int | str, tuple[int, int]]:
    """How many rotated golds gold-word recall ≥ .5 accepts, of how many: by code, and "all".

    key: another test of (answer, gold), such as `words_agree`, which reads dates.
    """
    test = key or (lambda answer, gold: gold_word_recall(answer, gold) >= KEY)
    counts: dict[int | str, tuple[int, int]] = {}
    for one, wrong in rotated(golds):
        right = int(test(wrong, one.gold))
        for name in (one.code, "all"):
            yes, of = counts.get(name, (0, 0))
            counts[name] = (yes + right, of + 1)
    return counts


def stress_cases(
    golds: Sequence[GoldAnswer],
    *,
    kinds: Sequence[Kind] = KINDS,
    paraphrases: Mapping[str, str] | None = None,
    n: int | None = None,
    seed: int = 0,
) -> list[StressCase]:
    """The answers to try a judge on, in the order of the questions.

    paraphrases: question id → the gold in other words; ours put it inside a sentence where there is none.
    n:           of how many questions, a seeded part; None for all. Rotation is done before that.

    Raises UsageError for an unknown kind.
    """
    if unknown := set(kinds) - set(KINDS):
        raise UsageError(f"no kind of answer is called {sorted(unknown)[0]!r}; there are {', '.join(KINDS)}")
    wrong = {(one.conversation, one.id): other for one, other in rotated(golds)}
    usable = [one for one in golds if one.code != ADVERSARIAL and answer_words(one.gold)]
    rng = random.Random(seed)
    kept = sorted(rng.sample(range(len(usable)), min(len(usable), len(usable) if n is None else n)))
    chosen = [usable[at] for at in kept]
    wording = bundled(__package__, "texts/stress.en.yaml")
    cases = []
    for place, one in enumerate(chosen):
        time = "_time" if one.code == TEMPORAL else ""
        frames, vague = wording[f"paraphrase{time}"], wording[f"vague{time}"]
        framed = frames[place % len(frames)].replace("{gold}", one.gold.strip().rstrip("."))
        answers: dict[Kind, str | None] = {
            "rotated": wrong.get((one.conversation, one.id)),
            "vague": vague[place % len(vague)],
            "paraphrase": (paraphrases or {}).get(one.id, framed),
            "gold": one.gold,
        }
        for kind in kinds:
            if answer := answers[kind]:
                id = f"{kind}/{one.conversation}/{one.id}"
                cases.append(StressCase(id, kind, one.code, AnswerItem(one.question, one.gold, answer)))
    return cases


async def stress(
    judges: Sequence[Judge[AnswerItem]], cases: Sequence[StressCase], *, at_once: int = 8
) -> list[Measurement]:
    """What a judge accepts of each kind of answer, and whether it says so again.

    judges: the same judge once per run, as `AnswerJudge.repeated(3)` gives it: each with another seed, so that no
            cache answers for it.

    In order: `judge_stress.<kind>` (share accepted in the first run; the details hold it by code, and under "two_key"
    the share that the words accept as well), then `judge_stress.repeatability` (share of cases with the same verdict
    in every run; with one run a reason). A verdict without a value is missing, by reason, never a rejection.

    Raises UsageError for no cases or no judge.
    """
    if not cases or not judges:
        raise UsageError(f"{len(cases)} cases, {len(judges)} runs of a judge; give at least one of each")
    gate = asyncio.Semaphore(at_once)

    async def read(judge: Judge[AnswerItem], case: StressCase) -> Verdict:
        async with gate:
            return await judge(case.item)

    rounds = [await asyncio.gather(*(read(judge, case) for case in cases)) for judge in judges]
    told = [_acceptance(kind, cases, rounds[0]) for kind in KINDS if any(case.kind == kind for case in cases)]
    return [*told, repeatability(cases, rounds)]


def _acceptance(kind: Kind, cases: Sequence[StressCase], verdicts: Sequence[Verdict]) -> Measurement:
    some = [(case, verdict) for case, verdict in zip(cases, verdicts, strict=True) if case.kind == kind]
    missing = Counter(verdict.reason for _, verdict in some if verdict.reason)
    values = {case.id: verdict.value for case, verdict in some if verdict.value is not None}
    read = [case for case, verdict in some if verdict.value is not None]
    flags = {case.id: two_key(values[case.id] > 0.5, case.item.answer, case.item.gold) for case in read}
    details = {
        "codes": {
            code: _rate([values[case.id] for case in read if case.code == code])
            for code in sorted({case.code for case in read})
        },
        "two_key": _rate([float(flag == "both") for flag in flags.values()]),
        "words": _rate([float(words_agree(case.item.answer, case.item.gold)) for case in read]),
        "to_look_at": [id for id, flag in flags.items() if flag in ("only the judge", "only the words")],
    }
    return share(f"judge_stress.{kind}", values, dict(missing), details=details)


def _rate(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def repeatability(cases: Sequence[StressCase], rounds: Sequence[Sequence[Verdict]]) -> Measurement:
    """The share of cases that got the same verdict in every run. It says nothing of whether the verdicts are right."""
    name = "judge_stress.repeatability"
    if len(rounds) < 2:
        return Measurement(name, reason="one run repeats nothing; ask for 2 or more", unit="share")
    missing: Counter[str] = Counter()
    values: dict[str, float] = {}
    for case, verdicts in zip(cases, zip(*rounds, strict=True), strict=True):
        lost = next((verdict.reason for verdict in verdicts if verdict.reason), None)
        if lost:
            missing[lost] += 1
        else:
            values[case.id] = float(len({verdict.value for verdict in verdicts}) == 1)
    return share(name, values, dict(missing), details={"runs": len(rounds)})
