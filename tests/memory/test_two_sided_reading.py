"""Reading: how often the statement that a reply uses is among the first three, by the query and by the reply itself."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
from conftest import reference_data

from personae.memory.facts import Fact
from personae.memory.two_sided import TwoSided
from personae.models.embedder import MiniLM

FOREIGN = 45


class Turn(NamedTuple):
    """A turn with the statements of its speaker, those among 45 others, and which of them the reply uses."""

    dialogue: int
    query: str
    reply: str
    own: list[str]
    among: list[str]
    used: set[str]
    before: list[str]  #: the speaker's earlier replies


class Known:
    """Vectors that were embedded beforehand."""

    name = "known"

    def __init__(self, texts: Sequence[str]) -> None:
        self.of = dict(zip(texts, MiniLM().embed(texts), strict=True))

    def embed(self, texts: Sequence[str]) -> Any:
        return np.stack([self.of[text] for text in texts])


@pytest.fixture(scope="module")
def turns() -> list[Turn]:
    lines = (reference_data("nli-compiled") / "relevance_test.jsonl").read_text("utf-8").splitlines()
    own: dict[int, list[str]] = defaultdict(list)
    said: dict[int, list[str]] = defaultdict(list)
    used: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    before: dict[tuple[int, str, str], list[str]] = {}
    for row in map(json.loads, lines):
        key = (row["dialogue"], row["query"], row["response"])
        if row["persona"] not in own[row["dialogue"]]:
            own[row["dialogue"]].append(row["persona"])
        if key not in before:
            before[key] = list(said[row["dialogue"]])
            said[row["dialogue"]].append(row["response"])
        if row["score"] >= 0.5:
            used[key].add(row["persona"])
    statements = sorted({text for texts in own.values() for text in texts})
    rng = random.Random(0)
    found = []
    for (dialogue, query, reply), wanted in used.items():
        foreign = rng.sample([text for text in statements if text not in own[dialogue]], FOREIGN)
        mine = own[dialogue]
        found.append(Turn(dialogue, query, reply, mine, mine + foreign, wanted, before[dialogue, query, reply]))
    return found


@pytest.fixture(scope="module")
def known(turns: list[Turn]) -> Known:
    return Known(sorted({text for turn in turns for text in (turn.query, turn.reply, *turn.among, *turn.before)}))


def any_at(turns: Sequence[Turn], known: Known, k: int, rank: Any) -> float:
    """The share of turns with a used statement among the first k of `rank(turn)`."""
    return float(np.mean([bool(turn.used & set(rank(turn)[:k])) for turn in turns]))


def nearest(texts: list[str], to: Sequence[str], known: Known) -> list[str]:
    """By the cosine to the first text, and the largest to any of the others."""
    vectors, asked = known.embed(texts), known.embed(to)
    scores = vectors @ asked[0]
    if len(asked) > 1:
        scores = scores + (vectors @ asked[1:].T).max(axis=1)
    return [texts[at] for at in np.argsort(-scores, kind="stable")]


def read(turn: Turn, known: Known) -> list[str]:
    """By the policy of the two-sided memory."""
    stores = TwoSided(persona=tuple(Fact(str(at), text) for at, text in enumerate(turn.among)))
    return [found.fact.text for found in stores.read("persona", turn.query, known)]


@pytest.mark.slow
def test_a_used_statement_is_found_by_query_seldom_and_by_reply_nearly_always(turns: list[Turn], known: Known) -> None:
    assert len(turns) == pytest.approx(968, abs=2)
    by_query = any_at(turns, known, 3, lambda turn: nearest(turn.among, [turn.query], known))
    by_reply = any_at(turns, known, 3, lambda turn: nearest(turn.among, [turn.reply], known))
    assert (by_query, by_reply) == pytest.approx((0.246, 0.919), abs=0.03)


@pytest.mark.slow
def test_the_reading_policy_finds_as_much_by_query_as_the_cosine_and_no_more(turns: list[Turn], known: Known) -> None:
    """The specification's target for it, .30, is not reached by the query alone."""
    talks = sorted({turn.dialogue for turn in turns})[1::2]  # the weight of words was chosen on the others
    fresh = [turn for turn in turns if turn.dialogue in talks]
    ours = any_at(fresh, known, 3, lambda turn: read(turn, known))
    cosine = any_at(fresh, known, 3, lambda turn: nearest(turn.among, [turn.query], known))
    print(f"any-R@3 by query over {len(fresh)} turns: ours {ours:.3f}, cosine {cosine:.3f}")
    assert ours == pytest.approx(0.246, abs=0.03)
    assert ours == pytest.approx(cosine, abs=0.02)


@pytest.mark.slow
def test_earlier_replies_tell_whose_the_facts_are_and_not_which_of_them_is_asked_for(
    turns: list[Turn], known: Known
) -> None:
    """With them the target is passed among foreign statements; among one's own they harm; reading leaves them out."""

    def rank(own: bool, context: bool) -> Any:
        return lambda turn: nearest(
            turn.own if own else turn.among, [turn.query, *(turn.before if context else ())], known
        )

    assert any_at(turns, known, 3, rank(False, True)) > 0.30 > any_at(turns, known, 3, rank(False, False))
    assert any_at(turns, known, 1, rank(True, True)) < any_at(turns, known, 1, rank(True, False)) - 0.05
