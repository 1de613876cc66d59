"""Does a memory still find what answers a question when ten thousand other turns lie around it?

LoCoMo's questions, asked of the memory of one user: first when it holds the conversation they are about and nothing
else, then when more than 10,000 turns lie in it besides: the other conversations of the file, again and again under
other names. They are of the same kind, on the same subjects, and half of their speakers lead similar lives.
"""

from __future__ import annotations

import itertools
import re
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from personae.measure.recall import Dialogue, load_locomo
from personae.measure.recall.evidence import read
from personae.measure.recall.figures import recall_of
from personae.memory.retrieval.kept import StoreSearch
from personae.memory.store import Store, open_store
from personae.memory.turns import Scope, Turn
from personae.models.embedder import MiniLM
from personae.models.vector_cache import CachedEmbedder

AROUND, K = 10_000, 10
#: Speakers of the repeated conversations; none of LoCoMo's.
NAMES = "Agatha Bruno Celeste Dmitri Elspeth Farid Greta Hamish Imogen Jorge Keiko Lionel Mireille Njord Ottilie Piotr"


def recalled(path: Path, every: int) -> list[dict[str, Any]]:
    """One row for words alone and one for words and meaning: recall of the same questions, alone and in company."""
    dialogues, embedder = load_locomo(path), CachedEmbedder(MiniLM(threads=1))
    rows = []
    for label, used in (("words", None), ("words and meaning", embedder)):
        found: dict[str, list[float]] = {"alone": [], "crowded": [], "alone ms": [], "crowded ms": []}
        for dialogue in dialogues:
            for kind, company in (("alone", ()), ("crowded", tuple(others(dialogue, dialogues)))):
                print(f"recall by {label}, {dialogue.id}, {len(company):,} others …", file=sys.stderr, flush=True)
                store = filled(dialogue, company, used)
                for recall, spent in answers(StoreSearch(store, used), dialogue, every):
                    found[kind].append(recall)
                    found[f"{kind} ms"].append(spent)
                store.close()
        rows.append(
            {
                "search": label,
                "questions": len(found["alone"]),
                "alone": statistics.mean(found["alone"]),
                "crowded": statistics.mean(found["crowded"]),
                "alone ms": statistics.median(found["alone ms"]),
                "crowded ms": statistics.median(found["crowded ms"]),
            }
        )
    return rows


def filled(dialogue: Dialogue, company: Sequence[Turn], embedder: CachedEmbedder | None) -> Store:
    """A store in which all this is one user's; the conversation lies in the middle of its company."""
    half = len(company) // 2
    turns = [placed(turn, turn.scope.conversation or "") for turn in dialogue.turns]
    turns = [*company[:half], *turns, *company[half:]]
    store = open_store(":memory:")
    for start in range(0, len(turns), 500):
        some = turns[start : start + 500]
        store.keep(some, embedder.embed([turn.document(captions=True) for turn in some]) if embedder else None)
    return store


def others(dialogue: Dialogue, dialogues: Sequence[Dialogue]) -> Iterator[Turn]:
    """More than 10,000 turns of whole conversations that the questions are not about."""
    number, names = 0, NAMES.split()
    for at in itertools.count():
        pair = names[2 * at], names[2 * at + 1]
        for other in (one for one in dialogues if one is not dialogue):
            for turn in other.turns:
                yield renamed(turn, f"{other.id} {at}", dict(zip(speakers(other), pair, strict=True)))
                number += 1
        if number > AROUND:
            return


def speakers(dialogue: Dialogue) -> list[str]:
    return sorted({turn.speaker for turn in dialogue.turns})


def renamed(turn: Turn, conversation: str, names: dict[str, str]) -> Turn:
    """The turn of somebody else, in another conversation of the same user."""
    texts = {"text": turn.text, "caption": turn.caption or ""}
    for old, new in names.items():
        texts = {field: re.sub(rf"\b{old}\b", new, text) for field, text in texts.items()}
    changed = replace(turn, speaker=names[turn.speaker], text=texts["text"], caption=texts["caption"] or None)
    return placed(changed, conversation)


def placed(turn: Turn, conversation: str) -> Turn:
    return replace(turn, scope=Scope("agent", "user", conversation))


def answers(search: StoreSearch, dialogue: Dialogue, every: int) -> Iterator[tuple[float, float]]:
    """Recall at 10 and milliseconds for each question that has evidence."""
    known = {turn.id for turn in dialogue.turns}
    asked = [(one, read(one.evidence, known).turns) for one in dialogue.questions]
    for question, evidence in [pair for pair in asked if pair[1]][::every]:
        start = time.perf_counter()
        hits = search.search(question.text, Scope("agent", "user"), K).hits
        spent = (time.perf_counter() - start) * 1e3
        ids = [hit.id if hit.turn.scope.conversation == dialogue.id else "" for hit in hits]
        yield recall_of(ids, evidence, K).recall, spent
