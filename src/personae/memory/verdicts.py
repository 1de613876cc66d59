"""What a model is asked about two contradicting facts, and the three answers that count."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from personae.files import bundled
from personae.memory.facts import Fact
from personae.types import Message

#: A fact of more characters is not one sentence.
MAX_CHARS = 400

_TAG = re.compile(r"\[(Resolution|Disambiguation|NO_CONFLICT)\]", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[-*•]|[12][.)])\s+")
_SENTENCES = {"resolution": 1, "disambiguation": 2, "no_conflict": 0}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of the three answers, with its sentences: one for a resolution, two for a disambiguation, else none."""

    kind: Literal["resolution", "disambiguation", "no_conflict"]
    sentences: tuple[str, ...] = ()


def read_verdict(answer: str) -> Verdict | None:
    """The verdict in an answer; None if the answer is not exactly one of the three forms.

    Strict: the tag comes first and once, a resolution has one line, a disambiguation two different ones (bullets are
    taken off), "no conflict" none.

    >>> read_verdict("[Resolution] I used to smoke, but stopped when my son was born.").sentences[0][:15]
    'I used to smoke'
    >>> read_verdict("They do not conflict.") is None
    True
    """
    tag = _TAG.match(answer.strip())
    if tag is None:
        return None
    body = answer.strip()[tag.end() :]
    lines = tuple(_BULLET.sub("", line.strip()) for line in body.splitlines() if line.strip())
    kind: Any = tag[1].lower()
    if len(set(lines)) != len(lines) or len(lines) != _SENTENCES[kind] or _TAG.search(body):
        return None
    if not all(re.search(r"\w", line) and len(line) <= MAX_CHARS for line in lines):
        return None
    return Verdict(kind, lines)


def verdict_messages(first: Fact, second: Fact) -> tuple[Message, ...]:
    """The task, five examples, and the two facts with their talk and origins, the older one first."""
    texts = _texts()
    one, other = sorted((first, second), key=lambda fact: (fact.at or "", fact.id))
    shown = [
        message
        for example in texts["examples"]
        for message in (
            Message("user", _asked(example["a"], example["b"])),
            Message("assistant", example["answer"].strip()),
        )
    ]
    return (Message("system", texts["system"]), *shown, Message("user", _asked(_shown(one), _shown(other))))


def _shown(fact: Fact) -> dict[str, Any]:
    return {"text": fact.text, "origin": fact.origin, "fragments": fact.fragments}


def _asked(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    texts = _texts()
    fields = {}
    for side, fact in (("a", a), ("b", b)):
        lines = " / ".join(" ".join(line.split()) for line in fact["fragments"])
        fields[f"text_{side}"] = " ".join(fact["text"].split())
        fields[f"origin_{side}"] = texts["origins"][fact["origin"]]
        fields[f"talk_{side}"] = texts["talk"].format(lines=lines) if lines else texts["no_talk"]
    return str(texts["ask"].format(**fields))


def _texts() -> Any:
    return bundled("personae.memory", "texts/refine.en.yaml")
