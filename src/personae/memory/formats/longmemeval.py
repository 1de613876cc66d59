"""LongMemEval (2024): a question, and the sessions with an assistant that it may be answered from.

A record holds question_id, question_type, question, answer, question_date, haystack_session_ids, haystack_dates,
haystack_sessions (lists of {role, content, has_answer}) and answer_session_ids.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import model_validator

from personae.errors import FormatError
from personae.memory.formats.histories import Histories, Probe, joined
from personae.memory.formats.reading import Loose, Name, Shape, Text, iso, read_records, shaped
from personae.memory.turns import Scope, Turn, turn_id

#: "2023/05/20 (Sat) 02:21", the form of the set's dates.
FORMS = ("%Y/%m/%d (%a) %H:%M", "%Y/%m/%d %H:%M", "%Y/%m/%d")
#: How ids of questions that nothing answers end.
ABSTAIN = "_abs"


class _Line(Shape):
    role: Literal["user", "assistant"]
    content: Loose
    has_answer: bool = False


class _Record(Shape):
    question_id: Name
    question_type: Name
    question: Text
    answer: Loose
    question_date: Loose = ""
    haystack_dates: tuple[Loose, ...] = ()
    haystack_session_ids: tuple[Name, ...]
    haystack_sessions: tuple[tuple[_Line, ...], ...]
    answer_session_ids: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _sessions_have_names(self) -> _Record:
        ids, sessions, dates = map(len, (self.haystack_session_ids, self.haystack_sessions, self.haystack_dates))
        if ids != sessions or dates not in (0, sessions):
            raise ValueError(f"{sessions} haystack_sessions, {ids} haystack_session_ids and {dates} haystack_dates")
        for text in (self.question_date, *self.haystack_dates):
            iso(text, *FORMS)
        return self


def load(path: Path | str, *, agent: str = "assistant") -> Histories:
    """The turns and the probe of every record; each record is a history of its own, named by its question_id.

    The user speaks as "user", the assistant as `agent`. Evidence are the turns marked `has_answer`. Lines without a
    word are counted, not kept. Raises FormatError naming file, record and key; UnsafeFile beyond 512 MB.
    """
    found = joined(_history(shaped(_Record, tree, name), agent) for name, tree in read_records(path))
    if not found.probes:
        raise FormatError(f"{str(path)!r} holds no record; LongMemEval is a list of questions with their sessions")
    return found


def _history(record: _Record, agent: str) -> Histories:
    scope = Scope(agent, "user", record.question_id)
    turns: list[Turn] = []
    evidence: list[str] = []
    empty = 0
    for place, (session, lines) in enumerate(zip(record.haystack_session_ids, record.haystack_sessions, strict=True)):
        at = iso(record.haystack_dates[place], *FORMS) if record.haystack_dates else None
        for number, line in enumerate(lines, 1):
            if not line.content:
                empty += 1
                continue
            id = turn_id(place + 1, number)
            turns.append(Turn(id, scope, session, agent if line.role == "assistant" else "user", line.content, at))
            if line.has_answer:
                evidence.append(id)
    probe = Probe(
        record.question_id,
        record.question_id,
        record.question,
        record.answer or None,
        tuple(evidence),
        record.question_type,
        record.question_id.endswith(ABSTAIN),
        iso(record.question_date, *FORMS),
    )
    return Histories(tuple(turns), (probe,), {"turn without words": empty} if empty else {})
