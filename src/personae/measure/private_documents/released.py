"""PersonaBench as released, from a folder the user names: `community_*` with eval_info, private_data and its noise.

Read as its retrieval figures were made: the first three people of each community, one chunk per session object without
the keys `segment_id` and `session`, as compact ASCII JSON.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.measure.private_documents.documents import Chunk, DocumentQuestion, Person
from personae.persona.formats.decode import faults, parse_json

#: Largest file that is read.
MAX_BYTES = 100 * MEGABYTE
#: People of each community whose documents are released.
PEOPLE = 3
#: Keys of a session that would give the truth away, or only number it.
HIDDEN = frozenset({"segment_id", "session"})
SOURCES = ("conversation", "user_ai_interaction", "purchase_history")


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


def _values(value: Any) -> Any:
    """A gold answer as a list of texts; an object in it is its values, which is what is asked for."""
    if value is None:
        return []
    listed = value if isinstance(value, list) else [value]
    return [" ".join(map(str, each.values())) if isinstance(each, dict) else str(each) for each in listed]


Values = Annotated[tuple[str, ...], BeforeValidator(_values)]


class _Question(_Shape):
    q_id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    answer: Values
    type: str
    difficulty: str
    outdated_value: Values = ()


class _Questions(_Shape):
    qa: tuple[_Question, ...]


class _Asked(_Shape):
    Name: str
    Eval_Info: _Questions


class _Truth(_Shape):
    q_id: str
    segment_id: dict[str, tuple[str, ...]]


class _Documents(_Shape):
    Name: str
    Data: tuple[dict[str, Any], ...]


def read_personabench(folder: Path | str, noise: float = 0.5, people: int = PEOPLE) -> list[Person]:
    """The people of every `community_*` in a folder, with their chunks and the questions that have evidence.

    noise:  which of the released noise levels (0.0, 0.3, 0.5, 0.7), if the folder has it.
    people: how many of each community, from the first; the rest has no documents.

    Questions without known evidence are counted in `Person.missing`. Raises FormatError naming file, record and key,
    UsageError for a folder without communities.
    """
    communities = sorted(Path(folder).glob("community_*"), key=_number)
    if not communities:
        raise UsageError(f"{str(folder)!r} holds no folder 'community_0'; name PersonaBench's 'synthetic_data' folder")
    return [person for community in communities for person in _community(community, noise, people)]


def _number(path: Path) -> tuple[int, str]:
    digits = re.sub("[^0-9]", "", path.name)
    return (int(digits) if 0 < len(digits) < 9 else 0, path.name)


def _community(folder: Path, noise: float, count: int) -> Iterator[Person]:
    asked = _read(folder / "eval_info" / "eval_info_all.json", tuple[_Asked, ...])
    truths = _read(folder / "eval_info" / f"qa_gt_context_all_noise_{float(noise)}.json", tuple[_Truth, ...])
    evidence = {truth.q_id: tuple(ids for ids in truth.segment_id.values() if ids) for truth in truths}
    private = folder / "private_data" / f"noise_{float(noise)}"
    documents = {
        source: {each.Name: each for each in _read(private / f"{source}_data_all.json", tuple[_Documents, ...])}
        for source in SOURCES
    }
    for each in asked[:count]:
        yield _person(each, documents, evidence, folder)


def _person(
    asked: _Asked,
    documents: Mapping[str, Mapping[str, _Documents]],
    evidence: Mapping[str, tuple[tuple[str, ...], ...]],
    folder: Path,
) -> Person:
    chunks = tuple(
        Chunk(_id_of(session, folder, asked.Name, source), _text_of(session), source)
        for source in SOURCES
        for session in _sessions(documents[source].get(asked.Name), source)
    )
    if not chunks:
        raise FormatError(f"{str(folder)!r}: {asked.Name!r} is asked about and has no documents; is the folder whole?")
    known = {chunk.id for chunk in chunks}
    questions, missing = [], Counter[str]()
    for q in asked.Eval_Info.qa:
        found = tuple(tuple(id for id in ids if id in known) for ids in evidence.get(q.q_id, ()))
        if not found or not all(found):
            missing["no evidence" if not found else "evidence is not among the documents"] += 1
            continue
        questions.append(
            DocumentQuestion(
                f"{folder.name}/{q.q_id}", q.question, q.answer, q.type, q.difficulty, q.outdated_value, found
            )
        )
    return Person(asked.Name, chunks, tuple(questions), dict(missing))


def _sessions(documents: _Documents | None, source: str) -> Iterator[dict[str, Any]]:
    for each in documents.Data if documents else ():
        yield from each.get("Conversations", ()) if source == "conversation" else (each,)


def _id_of(session: Mapping[str, Any], folder: Path, name: str, source: str) -> str:
    if not isinstance(session, dict) or not isinstance(session.get("segment_id"), str):
        raise FormatError(f"{str(folder)!r}: a session of {name!r} in {source}_data_all.json has no text 'segment_id'")
    return str(session["segment_id"])


def _text_of(session: Any) -> str:
    return json.dumps(_shown(session), separators=(",", ":"), ensure_ascii=True)


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shown(inner) for key, inner in value.items() if key not in HIDDEN}
    return [_shown(inner) for inner in value] if isinstance(value, list) else value


def _read(path: Path, shape: Any) -> Any:
    try:
        return TypeAdapter(shape).validate_python(parse_json(read_limited(path, MAX_BYTES), str(path)))
    except ValidationError as error:
        raise FormatError(faults(error, str(path))) from error
