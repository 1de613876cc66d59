"""Who a sweep speaks as: a noun phrase or a whole persona, and the controls without which no figure means anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.files import bundled
from personae.persona.persona import Persona
from personae.persona.render import render

CONTROL = "control"  #: the category of the controls
NONE, HUMAN = "none", "human"


@dataclass(frozen=True, slots=True)
class Subject:
    """One persona of a sweep.

    id:       what tables call it.
    phrase:   as it stands in "You are …": "a lighthouse keeper"; "" for nobody at all.
    category: what personas are grouped by ("age", "profession").
    card:     the whole persona as text, where there is more than the phrase.
    pair:     id of the persona that differs in one thing alone (disabled and able-bodied), where there is one.
    """

    id: str
    phrase: str
    category: str = ""
    card: str = ""
    pair: str | None = None


def controls() -> tuple[Subject, ...]:
    """Nobody, a human, an average human.

    >>> [(subject.id, subject.phrase) for subject in controls()]
    [('none', ''), ('human', 'a human'), ('average_human', 'an average human')]
    """
    return tuple(Subject(each["id"], each.get("phrase", ""), CONTROL) for each in bundled(__package__, _CONTROLS))


def subject_of(persona: Persona, category: str = "persona") -> Subject:
    """A persona with its card, called by its name.

    >>> subject_of(Persona(name="Ana", summary="A mender of nets.")).card
    'You are Ana.\\n\\nA mender of nets.'
    """
    return Subject(persona.name, persona.name, category, render(persona, "second_person"))


def with_controls(subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    """The controls, then the subjects. Raises `UsageError` for one that is empty, repeated or named like a control."""
    everybody = (*controls(), *subjects)
    seen: dict[str, str] = {}
    for subject in everybody:
        if not subject.id.strip() or (not subject.phrase.strip() and subject.id != NONE):
            raise UsageError(f"the persona {subject.id!r} is empty; give it an id and a phrase such as 'a baker'")
        told = " ".join(f"{subject.card} {subject.phrase}".split()).casefold()
        for key in (f"id {subject.id.casefold()!r}", f"text {told!r:.80}"):
            if key in seen:
                both = f"{seen[key]!r} and {subject.id!r}"
                raise UsageError(f"the personas {both} have the same {key}; name each one once")
            seen[key] = subject.id
    return everybody


_CONTROLS = "texts/controls.en.yaml"
