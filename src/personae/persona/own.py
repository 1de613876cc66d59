"""What a persona says of itself, in its own voice: the form in which a pair scorer and a model read statements."""

from __future__ import annotations

from collections.abc import Callable

from personae.persona.cast import cast_for
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.persona.perspective import to_first_person


def teller(persona: Persona) -> Callable[[Statement], str]:
    """How this persona says a statement: third-person ones in the first person, all others as they are.

    Pronouns are the persona's own, else those its third-person statements use most.

    >>> ana = Persona(name="Ana Reis", statements=[{"id": "a", "text": "She keeps maps.", "person": "third"}])
    >>> teller(ana)(ana.statements[0])
    'I keep maps.'
    """
    third = " ".join(statement.text for statement in persona.statements if statement.person == "third")
    cast = cast_for(third, persona.name, persona.identity.pronouns)

    def told(statement: Statement) -> str:
        if statement.person != "third":
            return statement.text
        return to_first_person(cast.in_full(statement.text), persona.name, cast.pronouns)

    return told


def own_statements(persona: Persona) -> tuple[Statement, ...]:
    """The statements about the persona itself, those in the third person told in the first; ids stay.

    Left out are facts about others, statements in the second person, and blank ones.

    >>> ana = Persona(name="Ana", statements=[{"id": "maps", "text": "Ana keeps maps.", "person": "third"}])
    >>> [(statement.id, statement.text) for statement in own_statements(ana)]
    [('maps', 'I keep maps.')]
    """
    told = teller(persona)
    return tuple(
        statement.model_copy(update={"text": told(statement), "person": "first"})
        for statement in persona.statements
        if statement.speaker == "self" and statement.person != "second" and statement.text.strip()
    )


def own_texts(persona: Persona) -> list[str]:
    """The words of `own_statements`.

    >>> own_texts(Persona(name="Ana", statements=[{"id": "maps", "text": "Ana keeps maps.", "person": "third"}]))
    ['I keep maps.']
    """
    return [statement.text for statement in own_statements(persona)]
