"""A model checks its own long replies in small questions, and the best and the worst become a preference pair.

Large answers are where a model errs, small ones where it is right more often: each reply is taken apart into claims,
and each claim is put to the same model as a question against the card and the talk. This is the text analogue of a
method for models that see. [Self-Consistency as a Free Lunch: Reducing Hallucinations in Vision-Language Models via
Self-Reflection, 2025]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal, get_args

from personae.errors import FormatError, UsageError
from personae.files import bundled
from personae.judges.asking import filled
from personae.judges.verdicts import answer_of
from personae.models.many import Request, generate_many
from personae.persona.formats.json_text import parse
from personae.persona.persona import Persona
from personae.persona.render import render
from personae.train.preference_pairs.rows import PreferencePair
from personae.types import Message, Model, Settings

Answer = Literal["yes", "no", "unsaid"]
_ANSWERS = get_args(Answer)

#: A pair needs at least so much between its scores, and replies whose lengths in words differ by no more than this
#: share of the longer one, lest length be what is learnt.
GAP, LENGTH = 2, 0.3
#: A reply's claims beyond this many are not asked about.
MOST_CLAIMS = 40
#: How claims are listed, and how they are asked about.
LISTING = Settings(temperature=0.0, top_p=1.0, max_tokens=600)
ASKING = Settings(temperature=0.0, top_p=1.0, max_tokens=8)


@dataclass(frozen=True, slots=True)
class Checked:
    """A reply with its claims and what the model answered to each; None for an answer that is none of the three.

    `claims` is None where the list could not be read.
    """

    reply: str
    claims: tuple[tuple[str, Answer | None], ...] | None

    @property
    def score(self) -> int | None:
        """Confirmed less contradicted; None where no claim could be read or answered."""
        answers = [answer for _, answer in self.claims or () if answer is not None]
        return answers.count("yes") - answers.count("no") if answers else None


@dataclass(frozen=True)
class Verified:
    """All replies checked, and the pair they give, or the reason why there is none."""

    checked: tuple[Checked, ...]
    pair: PreferencePair | None = None
    reason: str | None = None

    @property
    def missing(self) -> dict[str, int]:
        """Replies without a score, and answers that could not be read."""
        silent = sum(one.score is None for one in self.checked)
        unread = sum(answer is None for one in self.checked for _, answer in one.claims or ())
        return {why: n for why, n in (("reply without a score", silent), ("answer unread", unread)) if n}


@dataclass(frozen=True)
class SelfVerification:
    """Makes a preference pair of several replies to one prompt, with the model that gave them as its own checker.

    gap:    the least difference of the two scores.
    length: the largest difference in words, as a share of the longer reply.
    limit:  calls at a time.
    """

    model: Model
    gap: int = GAP
    length: float = LENGTH
    limit: int = 8
    settings: Settings = field(default=ASKING)

    async def __call__(self, persona: Persona, prompt: Sequence[Message], replies: Sequence[str]) -> Verified:
        """The widest gap between two replies of like length as a pair. Raises UsageError for fewer than two replies."""
        replies = list(dict.fromkeys(reply.strip() for reply in replies if reply.strip()))
        if len(replies) < 2:
            raise UsageError(f"{len(replies)} different replies; a preference needs two or more")
        checked = await self._checked(persona, prompt, replies)
        known = [(one.score, one.reply) for one in checked if one.score is not None]
        if len(known) < 2:
            return Verified(checked, reason="fewer than two replies have a claim that could be read and answered")
        wide = [(abs(a - b), (a, x), (b, y)) for (a, x), (b, y) in combinations(known, 2) if abs(a - b) >= self.gap]
        if not wide:
            return Verified(checked, reason=f"no two replies are {self.gap} apart")
        alike = [each for each in wide if _unlike(each[1][1], each[2][1]) <= self.length]
        if not alike:
            return Verified(checked, reason="the replies that are far enough apart differ too much in length")
        _, one, other = max(alike, key=lambda each: each[0])
        (best, chosen), (worst, rejected) = (one, other) if one[0] > other[0] else (other, one)
        about = {"by": "self-verification", "model": self.model.name, "scores": [best, worst]}
        return Verified(checked, PreferencePair(tuple(prompt), chosen, rejected, about))

    async def _checked(
        self, persona: Persona, prompt: Sequence[Message], replies: Sequence[str]
    ) -> tuple[Checked, ...]:
        listed = await generate_many(self.model, [(_listing(reply), LISTING) for reply in replies], limit=self.limit)
        claims = [
            None if got.value is None or got.outcome != "answered" else read_claims(got.value.text) for got in listed
        ]
        card, talk = render(persona), [message for message in prompt if message.role != "system"]
        asked: list[Request] = [
            (_asking(persona.name, card, talk, claim), self.settings) for row in claims for claim in row or ()
        ]
        answers = iter(await generate_many(self.model, asked, limit=self.limit))
        return tuple(
            Checked(reply, None if row is None else tuple((claim, _answer(next(answers))) for claim in row))
            for reply, row in zip(replies, claims, strict=True)
        )


def read_claims(text: str) -> tuple[str, ...] | None:
    """The claims in a model's JSON list of texts, each once; None for anything else.

    >>> read_claims('["Ana mends nets.", "Ana mends nets."]'), read_claims("Ana mends nets.")
    (('Ana mends nets.',), None)
    """
    said = answer_of(text).strip()
    if said.startswith("```") and said.endswith("```"):
        said = said.strip("`").removeprefix("json").strip()
    try:
        tree = parse(said, "the claims")
    except FormatError:
        return None
    if not isinstance(tree, list) or not all(isinstance(each, str) for each in tree):
        return None
    return tuple(dict.fromkeys(each.strip() for each in tree if each.strip()))[:MOST_CLAIMS]


def outcomes(results: Sequence[Verified]) -> dict[str, int]:
    """How many prompts gave a pair, and why the others gave none."""
    return dict(Counter(one.reason or "pair" for one in results))


def _listing(reply: str) -> tuple[Message, ...]:
    texts = bundled(__package__, "texts/verify.en.yaml")["claims"]
    return (Message("system", texts["system"]), Message("user", filled(texts["ask"], {"reply": reply})))


def _asking(name: str, card: str, talk: Sequence[Message], claim: str) -> tuple[Message, ...]:
    texts = bundled(__package__, "texts/verify.en.yaml")["check"]
    told = "\n".join(f"{name if m.role == 'assistant' else m.name or 'User'}: {m.content}" for m in talk)
    fields = {"name": name, "card": card, "talk": told or "nothing", "claim": claim}
    return (Message("system", filled(texts["system"], fields)), Message("user", filled(texts["ask"], fields)))


def _answer(got: object) -> Answer | None:
    value = getattr(got, "value", None)
    if value is None or value.outcome not in ("answered", "truncated"):
        return None
    said = answer_of(value.text).strip().strip(".!\"'*` ").lower()
    return next((answer for answer in _ANSWERS if said == answer), None)


def _unlike(one: str, other: str) -> float:
    first, second = len(one.split()), len(other.split())
    return abs(first - second) / max(first, second)
