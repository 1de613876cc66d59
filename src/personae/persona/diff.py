"""What changed between two personas: facts by their id, everything else by the path of its field."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from personae.persona.persona import Persona

Kind = Literal["added", "removed", "reworded", "changed", "moved"]


@dataclass(frozen=True)
class Change:
    """One difference. `path` is `statements.<id>` for a fact, a dotted field path otherwise; `before` and `after`
    are plain data, None where there was nothing."""

    kind: Kind
    path: str
    before: Any = None
    after: Any = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return dataclasses.asdict(self)


def diff(a: Persona, b: Persona) -> tuple[Change, ...]:
    """The changes that lead from `a` to `b`, in the order of the fields; empty exactly if the content is equal.

    A fact is "reworded" when its id stays and its text changes, "changed" when another of its fields does.

    >>> ana = Persona(name="Ana", statements=[{"id": "s1", "text": "I have a cat."}])
    >>> [(c.kind, c.path) for c in diff(ana, ana.edited(statements=[{"id": "s1", "text": "I have a dog."}]))]
    [('reworded', 'statements.s1')]
    """
    before, after = a.model_dump(mode="json", by_alias=True), b.model_dump(mode="json", by_alias=True)
    return tuple(_changes("", before, after))


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{path}.{key}" if path else key
            if key not in after or key not in before:
                yield Change("removed" if key in before else "added", inner, before.get(key), after.get(key))
            else:
                yield from _changes(inner, before[key], after[key])
    elif _identified(before) and _identified(after):
        yield from _by_id(path, {item["id"]: item for item in before}, {item["id"]: item for item in after})
    elif before in (None, "", [], {}):
        yield Change("added", path, None, after)
    elif after in (None, "", [], {}):
        yield Change("removed", path, before)
    else:
        yield Change("changed", path, before, after)


def _by_id(path: str, before: dict[Any, Any], after: dict[Any, Any]) -> Iterator[Change]:
    for key, item in before.items():
        if key not in after:
            yield Change("removed", f"{path}.{key}", item)
        elif item.get("text") != after[key].get("text"):
            yield Change("reworded", f"{path}.{key}", item.get("text"), after[key].get("text"))
            rest = {name: value for name, value in item.items() if name != "text"}
            yield from _changes(f"{path}.{key}", rest, {n: v for n, v in after[key].items() if n != "text"})
        else:
            yield from _changes(f"{path}.{key}", item, after[key])
    for key, item in after.items():
        if key not in before:
            yield Change("added", f"{path}.{key}", None, item)
    common = [key for key in before if key in after]
    order = [key for key in after if key in before]
    if common != order:
        yield Change("moved", path, common, order)


def _identified(items: Any) -> bool:
    """A list whose items all have an id of their own."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return False
    ids = [item.get("id") for item in items]
    return all(isinstance(each, str | int) for each in ids) and len(set(ids)) == len(ids)
