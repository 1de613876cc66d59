"""Statement edits on a card: the changed span is patched, a new statement appended, a removed one cut."""

from __future__ import annotations

from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.persona.statements import split

SECTIONS = ("description", "personality")


def settled(persona: Persona, view: Persona) -> Persona:
    """The persona with its texts brought in step with its statements; `view` is the card as it was read.

    A text the user rewrote wins over edits of the statements that were read from it.
    """
    if persona.statements == view.statements:
        return _resplit(persona, view)
    texts = {"description": persona.description, "personality": persona.personality.description or ""}
    before = {"description": view.description, "personality": view.personality.description or ""}
    known = {statement.id: statement for statement in view.statements}
    kept = {statement.id: statement for statement in persona.statements}
    for section in SECTIONS:
        if texts[section] == before[section]:
            texts[section] = _patched(texts[section], section, view.statements, kept)
    fresh = [s.text for s in persona.statements if s.id not in known and s.text not in texts["description"]]
    if fresh and persona.description == view.description:
        gap = "\n" if texts["description"] and not texts["description"].endswith("\n") else ""
        texts["description"] += gap + "\n".join(fresh)
    personality = persona.personality.model_copy(update={"description": texts["personality"] or None})
    return persona.edited(description=texts["description"], personality=personality)


def same_statements(persona: Persona, again: Persona, view: Persona | None) -> bool:
    """Do the statements a card reads as say all that the persona's say?

    Ids made from the text, spans, and what follows from an edited text (kind, person) may differ.
    """
    known = {statement.id: statement for statement in view.statements} if view else {}
    if len(persona.statements) != len(again.statements):
        return False
    left = list(again.statements)
    for statement in persona.statements:
        match = next((s for s in left if _same(statement, s, known.get(statement.id))), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _same(statement: Statement, fresh: Statement, before: Statement | None) -> bool:
    if statement.text != fresh.text or (before is None and statement.id != fresh.id):
        return False
    for field in Statement.model_fields:
        if field in ("id", "text", "source"):
            continue
        value = getattr(statement, field)
        if value != getattr(fresh, field) and (before is None or value != getattr(before, field)):
            return False
    return True


def _patched(text: str, section: str, old: tuple[Statement, ...], kept: dict[str, Statement]) -> str:
    spans = [(s.source, s) for s in old if s.source is not None and s.source.section == section]
    for span, statement in sorted(spans, key=lambda pair: -pair[0].start):
        now = kept.get(statement.id)
        if now is None:
            after = text[span.end :]
            before = text[: span.start]
            if not before or before.endswith((" ", "\n")):
                after = after[1:] if after[:1] in (" ", "\n") else after
            text = before + after
        elif now.text != statement.text:
            text = text[: span.start] + now.text + text[span.end :]
    return text


def _resplit(persona: Persona, view: Persona) -> Persona:
    """Where only the texts were rewritten, the statements read from them follow."""
    same_text = persona.description == view.description
    if same_text and persona.personality.description == view.personality.description:
        return persona
    statements = split(persona.description, section="description")
    taken = frozenset(statement.id for statement in statements)
    more = split(persona.personality.description or "", section="personality", taken=taken)
    return persona.edited(statements=(*statements, *more))
