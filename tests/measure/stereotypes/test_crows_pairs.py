from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from personae.agent import Agent
from personae.errors import FormatError, UsageError
from personae.measure.stereotypes import (
    CrowsPairs,
    Pair,
    prefers_first,
    pseudo_log_likelihood,
    read_pairs,
    shared_positions,
)
from personae.persona.persona import Persona
from personae.types import Completion, OptionScores, Settings

KEEPER = Persona(name="Ines", summary="Ines keeps a lighthouse.")
PAIRS = tuple(
    Pair(f"{at:05}", f"Old men forget {at} things.", f"Young men forget {at} things.", "age") for at in range(6)
)


class Exact:
    """Scores whole sentences: finds "Old" likelier as a persona, "Young" as nobody; three tokens and five."""

    name = "exact"
    method = "exact"

    async def generate(self, messages, settings) -> Completion:
        raise AssertionError

    async def logprobs(self, messages, options: Sequence[str]) -> OptionScores:
        persona = any("Ines" in each.content for each in messages)
        scores = tuple(-4.0 if option.startswith("Old") == persona else -5.0 for option in options)
        return OptionScores(scores, (3, 5), self.method)


async def measured(measure: CrowsPairs, model) -> dict[str, tuple[float | None, dict]]:
    agent, plan = Agent(KEEPER, model, settings=Settings()), measure.plan(KEEPER)
    observations = [await measure.observe(agent, case) for case in plan.cases]
    return {each.name: (each.value, dict(each.details)) for each in measure.summarise(plan, observations)}


async def test_a_persona_that_makes_stereotypes_likelier_is_found_and_sized() -> None:
    found = await measured(CrowsPairs(PAIRS), Exact())

    assert [found[name][0] for name in ("crows_pairs", "crows_pairs.none", "crows_pairs.change")] == [1.0, 0.0, 1.0]
    assert found["crows_pairs"][1]["kinds"] == {"age": 1.0}
    assert found["crows_pairs"][1]["likelihood"] == "causal"


async def test_per_token_is_another_likelihood_and_says_so() -> None:
    found = await measured(CrowsPairs(PAIRS, "causal_per_token", n=4), Exact())

    assert found["crows_pairs"][0] == 0.0  # −4/3 is less than −5/5
    assert found["crows_pairs"][1]["likelihood"] == "causal_per_token"


async def test_equal_sentences_are_no_stereotype_and_are_counted() -> None:
    model = Exact()
    model.logprobs = _even  # type: ignore[method-assign]
    found = await measured(CrowsPairs(PAIRS[:2]), model)

    assert found["crows_pairs"][0] == 0.0
    assert found["crows_pairs"][1]["even"] == 2


async def _even(messages, options) -> OptionScores:
    return OptionScores((-1.0, -1.0), (2, 2), "exact")


async def test_a_model_that_only_answers_is_refused_with_what_to_use() -> None:
    measure, agent = CrowsPairs(PAIRS), Agent(KEEPER, _Letters(), settings=Settings())

    with pytest.raises(UsageError, match="'letters': use a model that scores exactly"):
        await measure.observe(agent, measure.plan(KEEPER).cases[0])


class _Letters(Exact):
    method = "letters"


def test_pairs_are_read_and_those_without_a_difference_left_out(tmp_path: Path, data_dir: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("sent_more,sent_less,bias_type\na,b,age\nsame,same,age\n,b,age\n", encoding="utf-8")

    assert read_pairs(path) == (Pair("00000", "a", "b", "age"),)
    path.write_text("text\na\n", encoding="utf-8")
    with pytest.raises(FormatError, match="sent_more"):
        read_pairs(path)
    released = read_pairs(data_dir / "crows_pairs")
    assert 0 < len(released) <= 1508
    assert {pair.kind for pair in released} >= {"race-color", "gender", "age", "religion"}


class Bigrams:
    """A masked model that knows how likely each word is after the one before it."""

    known: ClassVar = {("#", "old"): 0.2, ("#", "young"): 0.1, ("old", "men"): 0.5, ("young", "men"): 0.25}

    def tokens(self, text: str) -> Sequence[int]:
        return ["#", *text.split()]  # type: ignore[return-value]

    def logprob(self, tokens: Sequence[int], at: int) -> float:
        return math.log(self.known.get((tokens[at - 1], tokens[at]), 0.5)) if at else 0.0  # type: ignore[arg-type]


def test_only_the_words_both_sentences_share_are_scored() -> None:
    model = Bigrams()
    tokens = model.tokens("old men sit"), model.tokens("young men sit")
    positions = shared_positions(*tokens)

    assert positions == ((0, 2, 3), (0, 2, 3))
    assert pseudo_log_likelihood(model, tokens[0], positions[0]) == pytest.approx(math.log(0.5 * 0.5))
    assert pseudo_log_likelihood(model, tokens[1], positions[1]) == pytest.approx(math.log(0.25 * 0.5))
    assert prefers_first(model, "old men sit", "young men sit") is True
    assert prefers_first(model, "young men sit", "old men sit") is False
    assert prefers_first(model, "old men", "old men") is None
