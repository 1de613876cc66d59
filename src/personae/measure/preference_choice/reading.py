"""Personalization questions from users' own copies of PersonaMem, PersonaMem-v2 and PrefEval, and from our own set.

Nothing is downloaded and nothing is skipped: a record that cannot be read stops reading, with file, record and key.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.measure.preference_choice.item import PreferenceItem, passage_at
from personae.measure.preference_choice.shapes import OwnSet, PersonaMem2Row, PersonaMemRow, PrefEvalRow, Said, Turn
from personae.measure.preference_choice.tables import inside, rows
from personae.persona.formats.decode import decode_text, parse_json, validated
from personae.persona.formats.yaml_nodes import compose
from personae.types import Message

#: The forms `load_items` reads.
FORMS = ("own", "personamem", "personamem-v2", "prefeval")
#: Our own set files are small; YAML is slow to read.
MAX_YAML = 5 * MEGABYTE
MAX_MESSAGES = 200_000

Talk = tuple[Message, ...]


def load_items(
    path: Path | str, form: str = "own", *, contexts: Path | str | None = None, turns: int = 0, size: str = "32k"
) -> tuple[PreferenceItem, ...]:
    """All questions of a set, by the form it comes in.

    form "personamem" needs `contexts`, the file of shared contexts; "prefeval" takes `turns` of filler talk between
    preference and question; "personamem-v2" takes the `size` of history ("32k", "128k"). Raises UsageError for another
    form or a missing file of contexts, FormatError with file, record and key, UnsafeFile.
    """
    if form == "own":
        return own_set(path)
    if form == "personamem":
        if contexts is None:
            raise UsageError("PersonaMem keeps its histories apart; name the file shared_contexts_….jsonl as contexts")
        return load_personamem(path, contexts)
    if form == "personamem-v2":
        return load_personamem_v2(path, size=size)
    if form == "prefeval":
        return load_prefeval(path, turns=turns)
    raise UsageError(f"unknown form {form!r}; known are {', '.join(FORMS)}")


def own_items() -> tuple[PreferenceItem, ...]:
    """The questions that come with the toolkit, of six people we invented.

    >>> len(own_items()), len({item.user for item in own_items()})
    (24, 6)
    """
    with as_file(files(__package__) / "texts" / "own.en.yaml") as source:
        return own_set(source)


def own_set(path: Path | str) -> tuple[PreferenceItem, ...]:
    """The questions of a set file of our own form (.yaml, `preferences: 1`)."""
    source = Path(path)
    tree = compose(decode_text(read_limited(source, MAX_YAML), source.name), source.name).plain()
    if not isinstance(tree, dict):
        raise FormatError(f"{source.name!r} is no set of questions; it begins with `preferences: 1`")
    read = validated(OwnSet, tree, source.name)
    return _whole([item for user in read.users for item in _made(user.to_items, source.name)], source.name)


def load_personamem(questions: Path | str, contexts: Path | str) -> tuple[PreferenceItem, ...]:
    """PersonaMem v1: a table of questions (.csv) and the contexts they share (.jsonl, {id: messages} a line).

    A history is the context up to the question's end index, without system messages, which describe the user. The set
    does not say which message settles a question, only how many tokens back it lies: the passage for the ceiling is
    what stands around that place. `distance` is in blocks (sessions).
    """
    shared = _contexts(contexts)
    told: dict[tuple[str, int], Talk] = {}
    found = []
    for record, where in rows(questions):
        row = validated(PersonaMemRow, record, where)
        if row.shared_context_id not in shared:
            raise FormatError(f"{where!r}: no context {row.shared_context_id[:60]!r} in {Path(contexts).name!r}")
        whole = shared[row.shared_context_id]
        if row.end > len(whole):
            raise FormatError(f"{where!r}: end_index_in_shared_context is {row.end}, but the context has {len(whole)}")
        key = (row.shared_context_id, row.end)
        history = told.setdefault(key, _without_system(whole[: row.end]))
        make = functools.partial(
            PreferenceItem,
            row.question_id,
            row.question,
            row.options,
            row.gold,
            history,
            passage_at(history, row.tokens) if row.tokens is not None else "",
            user=row.persona_id or row.shared_context_id,
            labels={key: value for key, value in (("type", row.question_type), ("topic", row.topic)) if value},
            distance=row.blocks,
            context_length=row.context_length,
        )
        found.append(_made(make, where))
    return _whole(found, Path(questions).name)


def load_personamem_v2(
    table: Path | str, *, size: str = "32k", root: Path | str | None = None
) -> tuple[PreferenceItem, ...]:
    """PersonaMem-v2: benchmark.csv and the chat histories it links to, below `root`.

    Without `root` it is the nearest of the table's folder and the two above it in which the first link is found. A
    table without links gives questions without history. `distance` is in tokens.
    """
    source = Path(table)
    histories: dict[str, Talk] = {}
    found = []
    base = Path(root) if root is not None else None
    for number, (record, where) in enumerate(rows(source)):
        row = validated(PersonaMem2Row, record, where)
        link = str(record.get(f"chat_history_{size}_link") or record.get("chat_history_link") or "").strip()
        if link and link not in histories:
            base = base if base is not None else _root(source.parent, link)
            histories[link] = _history(inside(base, link))
        distance = _whole_number(record.get(f"distance_from_related_snippet_to_query_{size}", record.get("distance")))
        length = _whole_number(record.get(f"total_tokens_in_chat_history_{size}"))
        make = functools.partial(row.to_item, f"{row.persona_id}/{number}", histories.get(link, ()), distance, length)
        found.append(_made(make, where))
    return _whole(found, source.name)


def load_prefeval(folder: Path | str, *, turns: int = 0, acknowledged: str = "Noted.") -> tuple[PreferenceItem, ...]:
    """PrefEval: the folder of `mcq_options/` (one file a topic) and, for `turns` > 0, of filtered_inter_turns.json.

    The user states the preference, `turns` exchanges of unrelated talk follow, and then the question. `distance` is
    `turns`. The set lists the right option first; options are shown in every order.
    """
    home = Path(folder)
    options = home / "mcq_options" if (home / "mcq_options").is_dir() else home
    sources = sorted(options.glob("*.json"))
    if not sources:
        raise FormatError(f"{str(options)!r} holds no .json file; name the folder in which mcq_options/ lies")
    filler = _filler(home / "filtered_inter_turns.json", turns) if turns else ()
    found = []
    for source in sources:
        for number, (record, where) in enumerate(rows(source)):
            row = validated(PrefEvalRow, record, where)
            said = (Message("user", row.preference), Message("assistant", acknowledged))
            make = functools.partial(
                PreferenceItem,
                f"{source.stem}/{number}",
                row.question,
                row.options,
                0,
                (*said, *filler),
                row.preference,
                row.preference,
                labels={"topic": source.stem},
                distance=turns,
            )
            found.append(_made(make, where))
    return _whole(found, str(options))


def _contexts(path: Path | str) -> dict[str, Talk]:
    found: dict[str, Talk] = {}
    for record, where in rows(path):
        for id, messages in record.items():
            if id in found:
                raise FormatError(f"{where!r}: the context {id[:60]!r} is there twice")
            found[id] = _talk(messages, where)
    return found


def _history(path: Path) -> Talk:
    tree = parse_json(read_limited(path, 50 * MEGABYTE), path.name)
    messages = tree.get("chat_history") if isinstance(tree, dict) else tree
    return _without_system(_talk(messages, path.name))


def _talk(messages: Any, where: str) -> Talk:
    if not isinstance(messages, list) or len(messages) > MAX_MESSAGES:
        raise FormatError(f"{where!r} holds no list of at most {MAX_MESSAGES} messages; one is {{role, content}}")
    said = []
    for number, message in enumerate(messages):
        if not isinstance(message, Mapping):
            raise FormatError(f"{where!r}: message {number} is {type(message).__name__}; one is {{role, content}}")
        read = validated(Said, message, f"{where}, message {number}")
        said.append(Message(read.role, read.content))
    return tuple(said)


def _without_system(messages: Iterable[Message]) -> Talk:
    return tuple(message for message in messages if message.role != "system")


def _filler(path: Path, turns: int) -> Talk:
    """The first `turns` exchanges of the filler talks, one talk after the other."""
    if turns < 0:
        raise UsageError(f"turns is {turns!r}; give 0 or more")
    talk: list[Message] = []
    for record, where in rows(path):
        said = validated(Turn, record, where).conversation
        talk += [Message(each.role, each.content) for each in said if each.role != "system"]
        if len(talk) >= 2 * turns:
            return tuple(talk[: 2 * turns])
    raise UsageError(f"{path.name!r} holds {len(talk) // 2} exchanges of filler talk, not {turns}; ask for fewer turns")


def _root(folder: Path, link: str) -> Path:
    for base in (folder, *folder.resolve().parents[:2]):
        if inside(base, link).is_file():
            return base
    raise FormatError(f"the history {link[:100]!r} is not in {str(folder)!r} nor two folders above it; name the root")


def _whole_number(value: Any) -> int | None:
    text = str(value if value is not None else "").strip().removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _made(make: Callable[[], Any], where: str) -> Any:
    """What `make` gives; a question that is none names its place in the file."""
    try:
        return make()
    except UsageError as error:
        raise FormatError(f"{where!r}: {error}") from error


def _whole(found: list[PreferenceItem], name: str) -> tuple[PreferenceItem, ...]:
    if not found:
        raise FormatError(f"{name!r} holds no question")
    seen: set[str] = set()
    for item in found:
        if item.id in seen:
            raise FormatError(f"{name!r}: the id {item.id[:60]!r} is there twice; give each question its own")
        seen.add(item.id)
    return tuple(found)
