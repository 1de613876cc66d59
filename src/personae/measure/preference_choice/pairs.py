"""Pairs of replies to one person's question, of which the one suits the person better, from files and our own.

The form is PersonaFeedback's (2025): a persona, a question, two replies, and a tier – easy where a personal reply
stands beside a general one, medium and hard where both are personal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from personae.errors import FormatError, UsageError
from personae.files import read_limited
from personae.measure.preference_choice.reading import MAX_YAML
from personae.measure.preference_choice.shapes import Asked, Loose, Row, Text
from personae.measure.preference_choice.tables import literal, rows
from personae.models.scoring import check_options
from personae.persona.formats.decode import decode_text, validated
from personae.persona.formats.yaml_nodes import compose

TIERS = ("easy", "medium", "hard")
#: What a record of a table may hold, by our names.
COLUMNS = ("id", "user", "persona", "question", "chosen", "rejected", "tier", "kind", "inferred", "history")


@dataclass(frozen=True, slots=True)
class PersonaPair:
    """Two replies to a person's question; `better` suits this person more than `worse` does.

    persona:  what is known of the person, a line each.
    inferred: what somebody read out of the person's talk, a line each; empty where nobody did.
    history:  what the person said, for whoever infers a persona; empty where there is nothing.
    kind:     "specific" questions bear on the persona, "general" ones on anybody.

    Raises UsageError for an empty question, equal or empty replies, no persona, and an unknown tier.
    """

    id: str
    question: str
    better: str
    worse: str
    persona: tuple[str, ...]
    tier: str = "easy"
    kind: str = ""
    inferred: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    user: str = ""

    def __post_init__(self) -> None:
        check_options((self.better, self.worse))
        if not self.question.strip() or not any(line.strip() for line in self.persona):
            raise UsageError(f"the pair {self.id!r} has no question or no persona; it needs both")
        if self.tier not in TIERS:
            raise UsageError(f"the pair {self.id!r} has the tier {self.tier!r}; known are {', '.join(TIERS)}")


def load_pairs(path: Path | str, columns: Mapping[str, str] | None = None) -> tuple[PersonaPair, ...]:
    """Pairs of a table (.csv, .json, .jsonl) or of a set file of our own form (.yaml, `pairs: 1`), ids unique.

    A record has `persona` (a text, or an object of texts), `question`, `chosen` and `rejected`; `tier` (or `level`,
    `difficulty`), `type`, `inferred_persona`, `history`, `user` and `id` may be there. What a file calls otherwise is
    told by `columns`, our name → its name: nobody has checked ours against PersonaFeedback's own files.

    Raises UsageError for a column of ours that is none, FormatError with file, record and key – nothing is skipped.
    """
    if unknown := set(columns or ()) - set(COLUMNS):
        raise UsageError(f"{sorted(unknown)[0]!r} is no column of a pair; there are {', '.join(COLUMNS)}")
    source = Path(path)
    if source.suffix.lower() in (".yaml", ".yml"):
        found = _own(source)
    else:
        found = [
            _pair(validated(_Triple, _named(record, columns or {}, where), where), number, where)
            for number, (record, where) in enumerate(rows(source))
        ]
    if not found:
        raise FormatError(f"{source.name!r} holds no pair; a record has persona, question, chosen and rejected")
    seen: set[str] = set()
    for pair in found:
        if pair.id in seen:
            raise FormatError(f"{source.name!r}: the id {pair.id[:60]!r} is there twice; give each pair its own")
        seen.add(pair.id)
    return tuple(found)


def own_pairs() -> tuple[PersonaPair, ...]:
    """The pairs that come with the toolkit, of five people we invented.

    >>> sorted({pair.tier for pair in own_pairs()}), len(own_pairs())
    (['easy', 'hard', 'medium'], 20)
    """
    with as_file(files(__package__) / "texts" / "pairs.en.yaml") as source:
        return load_pairs(source)


def _lines(value: Any) -> Any:
    """A persona as lines: those of a text, the items of a list, or "key: text" of an object, however deep."""
    value = literal(value) if isinstance(value, str) else value
    if isinstance(value, dict):
        return [line for key, inner in value.items() for line in _under(str(key), inner)]
    if isinstance(value, list):
        return [str(line) for line in value if str(line).strip()]
    return [line.strip(" -*•") for line in str(value or "").splitlines() if line.strip(" -*•")]


def _under(key: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return [line for inner_key, inner in value.items() for line in _under(f"{key}, {inner_key}", inner)]
    if isinstance(value, list):
        return [f"{key}: {inner}" for inner in value if str(inner).strip()]
    return [f"{key}: {value}"] if str(value).strip() else []


def _tier(value: Any) -> Any:
    """A tier, also inside of a longer name ("Specific-Easy")."""
    named = [tier for tier in TIERS if tier in str(value).lower()]
    return named[0] if len(named) == 1 else value


Lines = Annotated[tuple[Text, ...], BeforeValidator(_lines), Field(max_length=5_000)]


class _Triple(Row):
    id: Loose = ""
    user: Loose = Field("", validation_alias=AliasChoices("user", "persona_id", "user_id"))
    persona: Lines
    question: Asked = Field(validation_alias=AliasChoices("question", "query"))
    chosen: Text = Field(validation_alias=AliasChoices("chosen", "better", "positive"))
    rejected: Text = Field(validation_alias=AliasChoices("rejected", "worse", "negative"))
    tier: Annotated[Literal["easy", "medium", "hard"], BeforeValidator(_tier)] = Field(
        "easy", validation_alias=AliasChoices("tier", "level", "difficulty")
    )
    kind: Loose = Field("", validation_alias=AliasChoices("kind", "type"))
    inferred: Lines = Field((), validation_alias=AliasChoices("inferred_persona", "inferred"))
    history: Lines = ()


class _OwnPair(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Text
    tier: Literal["easy", "medium", "hard"]
    question: Text
    better: Text
    worse: Text


class _OwnPerson(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    user: Text
    persona: tuple[Text, ...] = Field(min_length=1, max_length=500)
    said: tuple[Text, ...] = Field(default=(), max_length=10_000)
    pairs: tuple[_OwnPair, ...] = Field(min_length=1, max_length=10_000)


class _OwnPairs(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    pairs: Literal[1]
    people: tuple[_OwnPerson, ...] = Field(min_length=1, max_length=10_000)


def _named(record: dict[str, Any], columns: Mapping[str, str], where: str) -> dict[str, Any]:
    """The record with the columns under our names; what it had there itself gives way."""
    for ours, theirs in columns.items():
        if theirs not in record:
            raise FormatError(
                f"{where!r}: no column {theirs!r} for {ours!r}; it has {', '.join(map(str, record))[:200]}"
            )
    return {**record, **{ours: record[theirs] for ours, theirs in columns.items()}}


def _pair(row: _Triple, number: int, where: str) -> PersonaPair:
    texts = (row.question, row.chosen, row.rejected)
    try:
        return PersonaPair(
            row.id or f"{number:05}", *texts, row.persona, row.tier, row.kind, row.inferred, row.history, row.user
        )
    except UsageError as error:
        raise FormatError(f"{where!r}: {error}") from error


def _own(source: Path) -> list[PersonaPair]:
    tree = compose(decode_text(read_limited(source, MAX_YAML), source.name), source.name).plain()
    if not isinstance(tree, dict):
        raise FormatError(f"{source.name!r} is no set of pairs; it begins with `pairs: 1`")
    read = validated(_OwnPairs, tree, source.name)
    try:
        return [pair for person in read.people for pair in _of(person)]
    except UsageError as error:
        raise FormatError(f"{source.name!r}: {error}") from error


def _of(person: _OwnPerson) -> Sequence[PersonaPair]:
    return [
        PersonaPair(
            each.id, each.question, each.better, each.worse, person.persona, each.tier, "", (), person.said, person.user
        )
        for each in person.pairs
    ]
