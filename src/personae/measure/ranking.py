"""Which kind of reply does a way of choosing put first: the gold one, or one that agrees with, ignores or contradicts
the persona?

A ranking set is a file of JSON lines, each with `persona` (statements), `history` (lines, the partner's last),
`candidates` and their `kinds`: "gold", "entail", "neutral" or "contradict" (Dialogue NLI, Welleck et al. 2019).
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError, model_validator

from personae.agent.decoding import select
from personae.agent.roles import Score
from personae.errors import FormatError, UsageError
from personae.files import read_limited
from personae.measure.items import difference, share
from personae.persona.persona import Persona
from personae.stats.paired import mcnemar
from personae.types import Measurement, Message

Kind = Literal["gold", "entail", "neutral", "contradict"]

#: Kind → what the share of dialogues that end with it on top is called.
AT_ONE: dict[Kind, str] = {
    "gold": "hits@1",
    "entail": "entail@1",
    "neutral": "neutral@1",
    "contradict": "contradict@1",
}
_NEUTRAL: list[Kind] = ["neutral"]
#: A larger file is not read.
MAX_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RankingCase:
    """One dialogue whose next turn is to be chosen; `kinds` has one kind per candidate."""

    id: str
    persona: tuple[str, ...]
    history: tuple[str, ...]
    candidates: tuple[str, ...]
    kinds: tuple[Kind, ...]

    def context(self) -> tuple[Message, ...]:
        """The history as messages; the speakers alternate and the partner spoke last."""
        last = len(self.history) - 1
        return tuple(
            Message("user" if (last - index) % 2 == 0 else "assistant", text) for index, text in enumerate(self.history)
        )

    def as_persona(self) -> Persona:
        """A persona of these statements."""
        statements = [{"id": f"s{number}", "text": text} for number, text in enumerate(self.persona, 1)]
        return Persona.model_validate({"name": "Speaker", "statements": statements})


@dataclass(frozen=True, slots=True)
class Pick:
    """What came first in one case: a candidate of a kind, or nothing and why."""

    kind: Kind | None
    index: int | None = None
    reason: str | None = None


class _Line(BaseModel):
    persona: tuple[str, ...]
    history: tuple[str, ...] = ()
    candidates: tuple[str, ...] = Field(min_length=1)
    kinds: tuple[Kind, ...]

    @model_validator(mode="after")
    def _one_kind_each(self) -> _Line:
        if len(self.kinds) != len(self.candidates):
            raise ValueError(f"{len(self.kinds)} kinds for {len(self.candidates)} candidates; give one for each")
        return self


def read_ranking(path: Path | str) -> tuple[RankingCase, ...]:
    """The cases of a ranking set; other fields of its lines are passed over.

    Raises FormatError, naming the line, for one that is no case; UnsafeFile above 200 MB.
    """
    cases = []
    for number, line in enumerate(read_limited(path, MAX_BYTES).decode("utf-8", "replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            found = _Line.model_validate(json.loads(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "line"
            raise FormatError(f"line {number} of {str(path)!r}: {where}: {first['msg']}") from error
        except (ValueError, RecursionError) as error:
            raise FormatError(f"line {number} of {str(path)!r} is not JSON: {line[:60]!r}") from error
        cases.append(RankingCase(str(number - 1), found.persona, found.history, found.candidates, found.kinds))
    return tuple(cases)


def among_distractors(
    turns: Sequence[tuple[Sequence[str], Sequence[str], str]], *, distractors: int = 19, seed: int = 0
) -> tuple[RankingCase, ...]:
    """A case per turn (persona, history, reply): its reply among replies of other turns, drawn with the seed.

    Kinds are "gold" and "neutral", for nobody judged the others. Raises UsageError where there are too few replies.

    >>> turns = [((), ("Hi.",), "Hello."), ((), ("Tea?",), "Please."), ((), ("Bye.",), "Bye!")]
    >>> [(case.candidates[0], len(case.candidates)) for case in among_distractors(turns, distractors=2)]
    [('Hello.', 3), ('Please.', 3), ('Bye!', 3)]
    """
    replies = list(dict.fromkeys(reply for _, _, reply in turns))
    if len(replies) <= distractors:
        raise UsageError(f"{distractors!r} distractors need more than {len(replies)} different replies")
    rng = random.Random(seed)
    cases = []
    for number, (persona, history, reply) in enumerate(turns):
        others = [other for other in rng.sample(replies, distractors + 1) if other != reply][:distractors]
        kinds: list[Kind] = ["gold", *_NEUTRAL * distractors]
        cases.append(RankingCase(str(number), tuple(persona), tuple(history), (reply, *others), tuple(kinds)))
    return tuple(cases)


async def picks(
    cases: Sequence[RankingCase],
    score: Score,
    *,
    seed: int | None = 0,
    on_case: Callable[[RankingCase], None] = lambda case: None,
) -> dict[str, Pick]:
    """The first choice of `score` in every case, by case id.

    Of equals the first wins, and ranking sets list the gold reply first: so candidates are shuffled, each case by
    `seed` and its id. None leaves them as they are. `on_case` hears of every finished case.
    """
    found = {}
    for case in cases:
        order = list(range(len(case.candidates)))
        if seed is not None:
            random.Random(f"{seed}/{case.id}").shuffle(order)
        choice = await select(case.context(), case.as_persona(), [case.candidates[index] for index in order], score)
        index = None if choice.index is None else order[choice.index]
        found[case.id] = Pick(None if index is None else case.kinds[index], index, choice.reason)
        on_case(case)
    return found


def at_one(picked: Mapping[str, Pick]) -> list[Measurement]:
    """Hits, Entail, Neutral and Contradict@1: the share of cases with that kind on top, with Wilson's interval.

    Cases without a choice are missing, by reason. With 31 candidates (1 gold, 10 of each other kind) chance gives
    .032 and .323 each.
    """
    missing = Counter(pick.reason or "no choice" for pick in picked.values() if pick.kind is None)
    return [share(name, _is(picked, kind), missing) for kind, name in AT_ONE.items()]


def change_at_one(after: Mapping[str, Pick], before: Mapping[str, Pick], *kinds: Kind) -> Measurement:
    """How the share of these kinds on top changes from `before` to `after`, on the cases both have.

    `details` holds "sign_p", the exact two-sided sign test on the cases that differ (McNemar), with "gained" and
    "lost" beside it.
    """
    name = "+".join(AT_ONE[kind] for kind in kinds)
    now, then = _is(after, *kinds), _is(before, *kinds)
    missing = Counter(pick.reason or "no choice" for pick in after.values() if pick.kind is None)
    change = difference(name, now, then, missing, unit="share")
    both = now.keys() & then.keys()
    gained = sum(now[id] > then[id] for id in both)
    lost = sum(now[id] < then[id] for id in both)
    details = {**change.details, "gained": gained, "lost": lost, "sign_p": mcnemar(gained, lost)}
    return dataclasses.replace(change, details=details)


def _is(picked: Mapping[str, Pick], *kinds: Kind) -> dict[str, float]:
    return {id: float(pick.kind in kinds) for id, pick in picked.items() if pick.kind is not None}
