"""The released results of "Persona Extending" (2022): 1,595 profiles with one statement taken out, and what several
retrievers put in its place. F1 of words with the statement taken out, tokens `[a-z0-9']+`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from personae.agent.adaptation import Invent, Pool
from personae.agent.adaptation.pool import covering
from personae.metrics.overlap import unigram_f1
from personae.models import ScriptedPairs
from personae.models.embedder import MiniLM

#: (top 1, best of 3) as the reference implementation computes them from the same files.
REFERENCE = {
    "bm25": (0.139, 0.209),
    "classifysp": (0.162, 0.267),
    "nliwc": (0.160, 0.271),
    "nlihr": (0.154, 0.247),
}
PLACES = ("ext_persona", "ext_persona_second", "ext_persona_third")


def items(data_dir: Path, name: str) -> list[dict]:
    return json.loads((data_dir / "persona-extend" / f"{name}.json").read_text("utf-8"))["data"]


def figures(found: list[list[str]], wanted: list[str]) -> tuple[float, float]:
    """(mean F1 of the first, mean F1 of the best of three)."""
    scores = [
        [unigram_f1(text, gold, tokeniser="words") for text in texts] for texts, gold in zip(found, wanted, strict=True)
    ]
    return sum(row[0] for row in scores) / len(scores), sum(map(max, scores)) / len(scores)


@pytest.mark.parametrize("retriever", REFERENCE)
def test_the_table_of_released_results_is_reproduced(data_dir, retriever):
    rows = items(data_dir, f"{retriever}_result")
    assert len(rows) == 1595
    found = figures([[row[place] for place in PLACES] for row in rows], [row["rm_persona"] for row in rows])
    assert found == pytest.approx(REFERENCE[retriever], abs=0.001)


@pytest.fixture
def cases(data_dir) -> list[dict]:
    return items(data_dir, "data_valid_v2")


@pytest.fixture
def pool(data_dir) -> Pool:
    """All statements of the 670 in the validation profiles; a case never sees those of its own profile."""
    profiles = (row["full_personas"] for row in items(data_dir, "data_original_valid"))
    return Pool(tuple(dict.fromkeys(fact for profile in profiles for fact in profile)))


def without_own(case: dict, pool: Pool, ranked: list[tuple[int, float]], count: int) -> list[tuple[str, float]]:
    own = set(case["full_personas"])
    return [(pool.facts[i], value) for i, value in ranked if pool.facts[i] not in own][:count]


def test_our_bm25_gives_the_released_bm25s_figures(cases, pool):
    assert len(pool.facts) == 670
    sample = cases[::5]
    found = [[fact for fact, _ in without_own(case, pool, pool.nearest(case["input"], 12), 3)] for case in sample]
    kept = [(texts, case["rm_persona"]) for texts, case in zip(found, sample, strict=True) if texts]
    top, best = figures([texts for texts, _ in kept], [gold for _, gold in kept])
    print(f"our BM25, every fifth case: {top:.3f} / {best:.3f} (released, all cases: .139 / .209)")
    assert (top, best) == pytest.approx((0.139, 0.209), abs=0.02)


@pytest.mark.slow
def test_three_of_our_facts_come_nearer_than_the_plain_cosine_and_pass_a_quarter(cases, pool):
    embedder = MiniLM()
    wanted = [case["rm_persona"] for case in cases]
    near = [
        without_own(case, pool, pool.nearest(case["input"], Invent(ScriptedPairs()).retrieve + 5, embedder), 50)
        for case in cases
    ]
    plain = figures([[fact for fact, _ in row[:3]] for row in near], wanted)
    ours = []
    for row in near:
        facts = [fact for fact, _ in row]
        ours.append([facts[index] for index in covering(facts, [value for _, value in row], 3)])
    top, best = figures(ours, wanted)
    print(f"cosine {plain[0]:.3f} / {plain[1]:.3f}, covering {top:.3f} / {best:.3f} (top 1 / best of 3)")
    assert best >= 0.25
    assert best > plain[1]
    assert top > plain[0]
