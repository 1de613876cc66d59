"""A person of the population answers a question in one of four modes, and two critics say whether it needs revision.

baseline             nobody in particular: the question alone
output_only          all that is known of the person, the answer only
chain_of_thought     the same, thoughts first and the answer after "Answer:"
demographic_summary  one line on who the person is instead of all attributes      [PERSONA: Reproducible Testbed 2024]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.files import bundled
from personae.judges.asking import SETTINGS, Answer, ask, filled, needed, quoted
from personae.judges.verdicts import Problem, answer_of, read_object
from personae.models.scoring import looks_refused
from personae.persona.persona import Persona
from personae.simulate.population.people import row_of
from personae.types import Message, Model, Outcome, Settings

Mode = Literal["baseline", "output_only", "chain_of_thought", "demographic_summary"]
MODES: tuple[Mode, ...] = ("baseline", "output_only", "chain_of_thought", "demographic_summary")

#: The two things critics look for, in order.
CRITICS = ("contradiction", "fit")
#: What the one line of the demographic summary holds (ours).
SUMMARY = ("age", "sex", "race", "education", "job", "income", "marital_status", "birthplace", "religion", "politics")

_ANSWER = re.compile(r"^[ \t*_#]{0,4}Answer[*_]{0,4}:[*_]{0,4}", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, with the thoughts before it; only "answered" carries text."""

    outcome: Outcome
    text: str = ""
    thoughts: str = ""


@dataclass(frozen=True)
class Reviewed:
    """What the critics found. `value` is 1 if neither wants a revision, 0 if one does, None where one gave no verdict.

    needs_revision: per critic; None where there is no verdict, and `reasons` says how it ended or what it objects to.
    """

    value: float | None
    needs_revision: tuple[bool | None, ...]
    reasons: tuple[str, ...]

    @property
    def agree(self) -> bool | None:
        """Do the two say the same? None unless both said something."""
        first, second = self.needs_revision
        return None if first is None or second is None else first == second


def messages(mode: Mode, persona: Persona, question: str) -> tuple[Message, ...]:
    """What a model reads in a mode.

    >>> [m.role for m in messages("baseline", Persona(name="Ana"), "Tea or coffee?")]
    ['user']
    """
    if mode not in MODES:
        raise UsageError(f"no mode is called {mode!r}; there are {', '.join(MODES)}")
    if mode == "baseline":
        return (Message("user", question),)
    known = summary(persona) if mode == "demographic_summary" else described(persona)
    told = filled(bundled(__package__, "texts/prompts.en.yaml")["modes"][mode], {"persona": quoted("persona", known)})
    return Message("system", told), Message("user", question)


def described(persona: Persona) -> str:
    """All statements of somebody, one a line."""
    return "\n".join(f"- {one.text}" for one in persona.statements)


def summary(persona: Persona) -> str:
    """One line: the demographic attributes somebody has, in the order of `SUMMARY`."""
    row = row_of(persona)
    return "; ".join(f"{name.replace('_', ' ')}: {row[name]}" for name in SUMMARY if name in row)


async def answer(model: Model, mode: Mode, persona: Persona, question: str, settings: Settings | None = None) -> Said:
    """What the person says. Thoughts without an "Answer:" are unparsed; refused, empty and cut-off ones told apart.

    >>> import asyncio
    >>> from personae.models import Scripted
    >>> asyncio.run(answer(Scripted(["She is frugal.\\nAnswer: Tea."]), "chain_of_thought", Persona(name="Ana"), "?"))
    Said(outcome='answered', text='Tea.', thoughts='She is frugal.')
    """
    try:
        said = await model.generate(messages(mode, persona, question), settings or Settings(temperature=0.0))
    except (BadResponse, ContextOverflow):
        return Said("failed")
    if said.outcome != "answered":
        return Said(said.outcome)
    text = answer_of(said.text).strip()
    if not text or looks_refused(text):
        return Said("refused" if text else "empty")
    if mode != "chain_of_thought":
        return Said("answered", text)
    marks = list(_ANSWER.finditer(text))
    final = text[marks[-1].end() :].strip() if marks else ""
    return Said("answered", final, text[: marks[-1].start()].strip()) if final else Said("unparsed", thoughts=text)


async def review(critics: Sequence[Model], persona: Persona, question: str, text: str) -> Reviewed:
    """Two critics read the answer, each for one thing; give one model twice, or two.

    A critic that refuses or cannot be read makes the value None, never 0 and never 1.
    """
    if len(critics) != len(CRITICS):
        raise UsageError(f"{len(critics)} critics; give two (one model may be both)")
    needed(answer=text, question=question)
    found = [await _verdict(model, what, persona, question, text) for model, what in zip(critics, CRITICS, strict=True)]
    needs = tuple(one.value["needs_revision"] if one.value is not None else None for one in found)
    reasons = tuple(one.value["why"] if one.value is not None else f"{one.reason}: {one.why}" for one in found)
    value = None if None in needs else float(not any(needs))
    return Reviewed(value, needs, reasons)


async def _verdict(model: Model, what: str, persona: Persona, question: str, text: str) -> Answer[dict[str, Any]]:
    own = bundled(__package__, "texts/prompts.en.yaml")["critics"]
    fields = {
        "persona": quoted("persona", described(persona)),
        "question": question,
        "answer": quoted("reply", text),
    }
    asked = filled(own["ask"], fields)
    return await ask(model, (Message("system", own[what]), Message("user", asked)), SETTINGS, read_review)


def read_review(text: str) -> dict[str, Any] | Problem:
    """The critic's JSON: `needs_revision` true or false, and why.

    >>> read_review('{"needs_revision": false, "why": "It fits."}')
    {'needs_revision': False, 'why': 'It fits.'}
    """
    tree = read_object(text)
    if isinstance(tree, Problem):
        return tree
    if not isinstance(tree.get("needs_revision"), bool):
        return Problem(f"'needs_revision' is {tree.get('needs_revision')!r}; give true or false")
    return {"needs_revision": tree["needs_revision"], "why": str(tree.get("why", ""))}
