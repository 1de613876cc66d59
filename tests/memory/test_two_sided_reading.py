"""Reading by nearness alone: how often the statement that a reply uses is among the first three."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from personae.models.embedder import MiniLM


@pytest.mark.slow
def test_a_used_statement_is_found_by_query_seldom_and_by_reply_nearly_always(data_dir: Path) -> None:
    lines = (data_dir / "nli-compiled" / "relevance_test.jsonl").read_text("utf-8").splitlines()
    own: dict[int, list[str]] = defaultdict(list)
    used: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    for row in map(json.loads, lines):
        if row["persona"] not in own[row["dialogue"]]:
            own[row["dialogue"]].append(row["persona"])
        if row["score"] >= 0.5:
            used[row["dialogue"], row["query"], row["response"]].add(row["persona"])
    assert len(used) == pytest.approx(968, abs=2)
    turns = list(used.items())[::2]
    statements = sorted({text for texts in own.values() for text in texts})
    texts = sorted({*statements, *(query for (_, query, _), _ in turns), *(reply for (_, _, reply), _ in turns)})
    vectors = dict(zip(texts, MiniLM().embed(texts), strict=True))
    rng = random.Random(0)
    found = {"query": 0, "reply": 0}
    for (dialogue, query, reply), wanted in turns:
        foreign = rng.sample([text for text in statements if text not in own[dialogue]], 45)
        among = own[dialogue] + foreign
        matrix = np.stack([vectors[text] for text in among])
        for name, text in (("query", query), ("reply", reply)):
            best = np.argsort(-(matrix @ vectors[text]), kind="stable")[:3]
            found[name] += bool(wanted & {among[at] for at in best})
    shares = {name: hits / len(turns) for name, hits in found.items()}
    print(f"any-R@3 of a used statement among own and 45 foreign ones, {len(turns)} turns: {shares}")
    assert shares == pytest.approx({"query": 0.246, "reply": 0.919}, abs=0.03)
