"""The rows of the page's tables, taken from the details of measurements: statements, talks, lore, style.

Details come from files that others may have written, in part or by an older version: what is not there is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from personae.persona.persona import Persona
from personae.types import Measurement

#: Longest text of one reply on the page; the whole one is in the logs.
LONGEST = 1200

CONDITIONS = ("persona", "floor", "ceiling")


def has(measurement: Measurement | None, key: str) -> bool:
    """Whether the measurement has something under this key of its details."""
    return measurement is not None and bool(measurement.details.get(key))


def statement_rows(persona: Persona, measurements: Mapping[str, Measurement]) -> list[dict[str, Any]]:
    """One row per asked statement, worst first: what was chosen, how near the open answer came, and the answer."""
    chosen = _items(measurements.get("self_knowledge"))
    grounded = _items(measurements.get("grounding"))
    rows = []
    for statement in persona.statements:
        if statement.id in chosen or statement.id in grounded:
            choice, answer = _choice(chosen.get(statement.id)), _answer(grounded.get(statement.id))
            question = answer["question"] or choice["question"]
            rows.append({"text": statement.text, "kind": statement.kind} | choice | answer | {"question": question})
    return sorted(rows, key=_badness, reverse=True)


def _badness(row: Mapping[str, Any]) -> tuple[float, float]:
    """The mean over the ways in which it was asked, then the sum: wrong in both ways is worse than in one."""
    asked = [value for value in (row["wrong"], row["far"]) if value is not None]
    return (sum(asked) / len(asked), sum(asked)) if asked else (0.5, 0.5)


def _choice(item: Mapping[str, Any] | None) -> dict[str, Any]:
    """How the forced choice went. `wrong` is the share of wrong choices, None when none was made."""
    row: dict[str, Any] = {"wrong": None, "question": "", "conditions": [], "picked": "", "choice_outcome": ""}
    if item is None:
        return row
    results = item["conditions"]
    correct = results["persona"].get("correct")
    wrong = [index for index in results["persona"].get("picked", ()) if index != item["choice"]["answer"]]
    return row | {
        "wrong": None if correct is None else 1.0 - correct,
        "question": item["choice"]["question"],
        "conditions": [(name, results.get(name, {}).get("correct")) for name in CONDITIONS],
        "picked": item["choice"]["options"][wrong[0]] if wrong else "",
        "choice_outcome": results["persona"]["outcome"],
    }


def _answer(item: Mapping[str, Any] | None) -> dict[str, Any]:
    """How the open answer went. `far` is near 0 for the own statement, 1 and more for another's, else None."""
    row: dict[str, Any] = {"far": None, "rank": None, "of": 0, "similarity": 0.0, "question": "", "answer": "",
                           "open_outcome": "", "cut_off": False, "instead": ""}  # fmt: skip
    if item is None:
        return row
    row |= {
        "question": item["choice"]["question"],
        "answer": clip(item["answer_text"]),
        "open_outcome": item["outcome"],
        "cut_off": item.get("cut_off", False),
    }
    if "rank" not in item:
        return row
    similarities, own = item["similarities"], item["similarities"][item["choice"]["answer"]]
    nearest = max(range(len(similarities)), key=similarities.__getitem__)
    return row | {
        "far": float(item["rank"] > 1) + (1 - own) / 10,
        "rank": item["rank"],
        "of": len(similarities),
        "similarity": own,
        "instead": item["choice"]["options"][nearest] if item["rank"] > 1 else "",
    }


def talk_rows(drift: Measurement | None) -> list[dict[str, Any]]:
    """Each talk with its turns, those that left the role most often first."""
    rows = []
    for talk, turns in _talks(drift):
        flagged = [turn for turn in turns if turn["flags"]]
        rows.append(
            {
                "talk": talk.replace("_", " "),
                "turns": [turn | {"reply": clip(turn["reply"])} for turn in turns],
                "flagged": len(flagged),
                "first": flagged[0] | {"reply": clip(flagged[0]["reply"])} if flagged else None,
                "silent": sum(not turn["reply"].strip() for turn in turns),
            }
        )
    return sorted(rows, key=lambda row: -row["flagged"])


def lore_rows(drift: Measurement | None) -> list[dict[str, Any]]:
    """Which lorebook entries entered the prompt during the talks, how often, and every turn with what called it."""
    fired: dict[str, list[dict[str, Any]]] = {}
    for talk, turns in _talks(drift):
        for turn in turns:
            for hit in turn.get("lore", ()):
                where = {"talk": talk.replace("_", " "), "turn": turn["turn"], "why": hit["why"], "user": turn["user"]}
                fired.setdefault(hit["entry"], []).append(where)
    return [
        {"entry": entry, "times": len(hits), "first": hits[0], "hits": hits}
        for entry, hits in sorted(fired.items(), key=lambda pair: -len(pair[1]))
    ]


def style_rows(style: Measurement | None) -> list[dict[str, Any]]:
    """The mean of each live style dimension over the replies, in robust z-units."""
    if style is None or not has(style, "vectors"):
        return []
    vectors: Sequence[Sequence[float]] = list(style.details["vectors"].values())
    return [
        {"dimension": name.replace("_", " "), "mean": sum(vector[index] for vector in vectors) / len(vectors)}
        for index, name in enumerate(style.details["dimensions"])
    ]


def clip(text: str) -> str:
    """The text, cut where it is longer than a reader of a table wants.

    >>> clip("short"), len(clip("x" * 9999))
    ('short', 1201)
    """
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _talks(drift: Measurement | None) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    talks: Mapping[str, Any] = drift.details.get("talks", {}) if drift is not None else {}
    return [(talk, data["turns"]) for talk, data in talks.items()]


def _items(measurement: Measurement | None) -> dict[str, Mapping[str, Any]]:
    items = measurement.details.get("items", ()) if measurement is not None else ()
    return {item["id"]: item for item in items}
