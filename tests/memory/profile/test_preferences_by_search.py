"""Why preferences are always visible: vector search finds one in four at k = 5."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from personae.models.embedder import MiniLM


@pytest.mark.slow
def test_the_own_preference_is_found_from_its_question_as_seldom_as_the_reference_says(data_dir: Path) -> None:
    folder = data_dir / "prefeval" / "explicit_preference"
    rows = [row for path in sorted(folder.glob("*.json")) for row in json.loads(path.read_text("utf-8"))]
    assert len(rows) == 1_000
    embedder = MiniLM(threads=2)
    preferences = embedder.embed([row["preference"] for row in rows])
    questions = embedder.embed([row["question"] for row in rows])
    scores = questions @ preferences.T
    ranks = 1 + (scores > np.diag(scores)[:, None]).sum(axis=1)
    found = {k: 100 * float((ranks <= k).mean()) for k in (1, 5, 10, 50)}
    print(f"PrefEval, own preference from its question: {found}, MRR {float((1 / ranks).mean()):.3f}")
    assert found[5] == pytest.approx(24.6, abs=0.5)
