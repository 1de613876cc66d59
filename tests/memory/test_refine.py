"""Contradicting memories: which comes first, what is decided, and that nothing is lost."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory.refinement_pairs import ASPECTS, CHANGES, PEACE

from personae.errors import ModelUnreachable, UsageError
from personae.memory.conflicts import Conflict, conflicts_of, first_of, priorities, without
from personae.memory.facts import Fact, fact_of
from personae.memory.refine import Refined, refine
from personae.models.pairs.scripted import ScriptedPairs
from personae.models.pairs.unanswered import PairsUnanswered
from personae.models.scripted import Scripted
from personae.persona.parts import Span, Statement
from personae.types import Completion, Message, Usage

MERGED = "[Resolution] I was one and am the other now."
CHAIN = {("A", "B"): 0.95, ("B", "C"): 0.85, ("C", "D"): 0.90}


def scorer_of(weights: Mapping[tuple[str, str], float]) -> ScriptedPairs:
    """P(C) by the texts of two facts."""
    return ScriptedPairs({pair: (weight, 1 - weight, 0.0) for pair, weight in weights.items()})


def chain(**origins: Any) -> list[Fact]:
    return [Fact(name.lower(), name, origins.get(name, "extracted")) for name in "ABCD"]


def texts(done: Refined) -> set[str]:
    return {fact.text for fact in done.active}


def asked(model: Scripted) -> list[str]:
    return [call.messages[-1].content for call in model.history]


# The graph


def test_the_scores_of_the_chain_are_those_of_the_specification() -> None:
    edges = conflicts_of({(a.lower(), b.lower()): weight for (a, b), weight in CHAIN.items()})
    scores = {edge.first + edge.second: score for edge, (score, _) in priorities(edges).items()}
    assert scores == pytest.approx({"ab": 1.80, "bc": 2.70, "cd": 1.75})
    assert first_of(edges) == Conflict("b", "c", 0.85)
    assert without(edges, {"b", "c"}) == ()


def test_an_edge_needs_point_eight_in_either_direction_and_takes_the_larger() -> None:
    weights = {("a", "b"): 0.79, ("b", "a"): 0.8, ("a", "c"): 0.79, ("c", "a"): 0.79, ("d", "c"): 0.9, ("c", "d"): 0.95}
    assert conflicts_of(weights) == (Conflict("a", "b", 0.8), Conflict("c", "d", 0.95))


def test_of_equal_scores_the_larger_degree_sum_wins_then_the_lowest_ids() -> None:
    star = [Conflict("x", name, 0.8) for name in "yz"]  # each: .8 + 1.6 − .8 = 1.6, degrees 3
    lone = [Conflict("a", "b", 1.6)]  # 1.6, degrees 2
    assert first_of([*lone, *star]) == star[0]
    assert first_of([Conflict("c", "d", 0.9), Conflict("a", "e", 0.9), Conflict("a", "b", 0.9)]).first == "a"


# The policy


async def test_the_middle_of_the_chain_is_asked_about_once_and_the_ends_are_untouched() -> None:
    model, facts = Scripted([MERGED]), chain()
    done = await refine(facts, scorer_of(CHAIN), model)
    assert done.calls == len(model.history) == 1
    assert "): B" in asked(model)[0]
    assert "): C" in asked(model)[0]
    assert texts(done) == {"A", "D", "I was one and am the other now."}
    assert [fact for fact in done.facts if fact.id in "ad"] == [facts[0], facts[3]]
    assert {fact.id: fact.superseded_by for fact in done.facts if not fact.active} == {"b": ("b+c",), "c": ("b+c",)}


async def test_given_wins_over_expanded_without_a_call_and_the_expansion_stays_in_the_graph() -> None:
    facts = chain(A="expanded", B="given", C="expanded", D="expanded")
    model = Scripted([MERGED])
    done = await refine(facts, scorer_of(CHAIN), model)
    steps = [(d.conflict.first + d.conflict.second, d.action) for d in done.decisions]
    assert steps[:2] == [("bc", "given_wins"), ("cd", "resolved")]
    assert done.calls == 1
    assert texts(done) == {"A", "B", "I was one and am the other now."}
    assert steps[2:] == [("ab", "given_wins")]


async def test_a_resolution_keeps_both_provenances() -> None:
    one = Fact("1", "A", "given", ("profile",), ("line 1",), "2026-01-01")
    two = Fact("2", "B", "extracted", ("turn 7", "profile"), ("line 2",), "2026-02-01")
    done = await refine([two, one], scorer_of({("A", "B"): 0.9}), Scripted([MERGED]))
    assert done.active == (
        Fact(
            "1+2",
            "I was one and am the other now.",
            "extracted",
            ("profile", "turn 7"),
            ("line 1", "line 2"),
            "2026-02-01",
            replaces=("1", "2"),
        ),
    )


async def test_a_disambiguation_gives_two_facts_that_stand_beside_each_other() -> None:
    answer = "[Disambiguation]\nI am shy with strangers.\nI am loud at home."
    said = ("I am shy with strangers.", "I am loud at home.")
    scorer = scorer_of({("A", "B"): 0.9, said: 0.99})
    done = await refine([Fact("1", "A"), Fact("2", "B")], scorer, Scripted([answer]))
    assert [(fact.id, fact.text, fact.beside, fact.replaces) for fact in done.active] == [
        ("1+2.1", said[0], ("1+2.2",), ("1", "2")),
        ("1+2.2", said[1], ("1+2.1",), ("1", "2")),
    ]
    assert [(d.action, d.reason) for d in done.decisions] == [
        ("disambiguated", ""),
        ("kept", "the model told them apart, the scorer does not"),
    ]


async def test_no_conflict_leaves_both_and_is_remembered() -> None:
    scorer = scorer_of({("A", "B"): 0.9})
    done = await refine([Fact("1", "A"), Fact("2", "B")], scorer, Scripted(["[NO_CONFLICT]"]))
    assert [(fact.text, fact.beside) for fact in done.active] == [("A", ("2",)), ("B", ("1",))]
    again = await refine(done.facts, scorer, Scripted())
    assert (again.facts, again.decisions, again.calls) == (done.facts, (), 0)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("They fit together.", "unparsed"),
        (Completion("", stop="refusal"), "refused"),
        (" ", "empty"),
        (Completion("[Resolution] I was", stop="length"), "truncated"),
    ],
)
async def test_an_answer_that_cannot_be_read_keeps_both_and_is_logged(
    answer: Any, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    scorer = scorer_of({("A", "B"): 0.9})
    done = await refine([Fact("1", "A"), Fact("2", "B")], scorer, Scripted([answer]))
    assert texts(done) == {"A", "B"}
    assert [(d.action, d.outcome) for d in done.decisions] == [("kept", outcome)]
    assert f"the answer was {outcome}" in caplog.text
    assert (await refine(done.facts, scorer, Scripted())).facts == done.facts


async def test_a_failing_model_is_not_asked_again_and_the_pairs_stay_open() -> None:
    facts = chain()
    scorer = scorer_of({("A", "B"): 0.9, ("C", "D"): 0.9})
    model = Scripted([ModelUnreachable("down")])
    done = await refine(facts, scorer, model)
    assert (done.facts, done.calls) == (tuple(facts), 1)
    assert [(d.action, d.outcome) for d in done.decisions] == [("kept", "failed"), ("kept", None)]
    assert (await refine(done.facts, scorer, Scripted([MERGED, "[NO_CONFLICT]"]))).calls == 2


async def test_when_the_calls_are_spent_the_rest_is_kept() -> None:
    facts = [Fact(f"{n:03}", f"{n:03}") for n in range(120)]
    pairs = {(f"{n:03}", f"{n + 1:03}"): 0.9 for n in range(0, 120, 2)}
    model = Scripted(lambda messages: f"[Resolution] {hash(messages[-1].content)}")
    done = await refine(facts, scorer_of(pairs), model)
    assert done.calls == len(model.history) == 50
    assert [d.reason for d in done.decisions if d.action == "kept"] == ["50 calls are spent"] * 10
    assert (await refine(facts, scorer_of(pairs), Scripted(), max_calls=0)).facts == tuple(facts)


async def test_a_merged_fact_that_contradicts_a_third_is_looked_at_too() -> None:
    scorer = scorer_of({("A", "B"): 0.9, ("I am new.", "C"): 0.9})
    model = Scripted(["[Resolution] I am new.", "[Resolution] I am newer."])
    done = await refine(chain(), scorer, model)
    assert texts(done) == {"I am newer.", "D"}
    assert {fact.id: fact.superseded_by for fact in done.facts if not fact.active} == {
        "a": ("a+b",), "b": ("a+b",), "a+b": ("a+b+c",), "c": ("a+b+c",),
    }  # fmt: skip


async def test_conflicts_left_open_by_a_no_conflict_in_the_middle_are_taken_up() -> None:
    model = Scripted(["[NO_CONFLICT]", "[Resolution] One.", "[Resolution] Two."])
    assert texts(await refine(chain(), scorer_of(CHAIN), model)) == {"One.", "Two."}


async def test_superseded_facts_are_no_longer_scored() -> None:
    facts = [Fact("1", "A"), Fact("2", "B", superseded_by=("3",)), Fact("3", "C")]
    scorer = scorer_of({("A", "B"): 0.99})
    assert (await refine(facts, scorer, Scripted())).facts == tuple(facts)
    assert all("B" not in pair for pair in scorer.history)


async def test_a_new_id_never_takes_an_old_one() -> None:
    facts = [Fact("1", "A"), Fact("2", "B"), Fact("1+2", "C")]
    done = await refine(facts, scorer_of({("A", "B"): 0.9}), Scripted([MERGED]))
    assert [fact.id for fact in done.active] == ["1+2", "1+2′"]


async def test_senseless_calls_are_refused() -> None:
    with pytest.raises(UsageError, match="'1' is used twice"):
        await refine([Fact("1", "A"), Fact("1", "B")], ScriptedPairs(), Scripted())
    with pytest.raises(UsageError, match="max_calls is -1"):
        await refine([], ScriptedPairs(), Scripted(), max_calls=-1)
    assert (await refine([], ScriptedPairs(), Scripted())).facts == ()


class Broken(ScriptedPairs):
    """Has no answer for pairs with "C", and from some call on cannot be reached."""

    def __init__(self, calls: int) -> None:
        super().__init__({("A", "B"): (0.9, 0.1, 0.0), ("C", "D"): (0.9, 0.1, 0.0)})
        self.calls = calls

    async def score(self, premises: Sequence[str], hypotheses: Sequence[str]) -> Any:
        if self.calls == 0:
            raise ModelUnreachable("down")
        self.calls -= 1
        rows = await super().score(premises, hypotheses)
        reasons = {n: "refused" for n, pair in enumerate(zip(premises, hypotheses, strict=True)) if "C" in pair}
        rows[list(reasons)] = float("nan")
        raise PairsUnanswered("some have no answer", rows, reasons)


async def test_pairs_without_an_answer_are_counted_and_make_no_edge() -> None:
    done = await refine(chain(), Broken(9), Scripted(["[NO_CONFLICT]"]))
    assert [(d.conflict.first, d.conflict.second) for d in done.decisions] == [("a", "b")]
    assert done.unscored == 6


async def test_a_scorer_that_fails_later_costs_nothing_that_was_decided() -> None:
    with pytest.raises(ModelUnreachable):
        await refine(chain(), Broken(0), Scripted())
    done = await refine(chain(), Broken(1), Scripted([MERGED]))
    assert texts(done) == {"C", "D", "I was one and am the other now."}
    assert done.unscored == 6 + 4


def test_a_statement_becomes_a_fact_with_its_source() -> None:
    statement = Statement(id="s", text="I swim.", origin="expanded", source=Span(section="scenario", start=3, end=9))
    assert fact_of(statement) == Fact("s", "I swim.", "expanded", ("scenario:3-9",))


async def test_the_call_is_made_at_temperature_one_with_500_tokens() -> None:
    model = Scripted([Completion(MERGED, Usage(9, 3))])
    done = await refine([Fact("1", "A"), Fact("2", "B")], scorer_of({("B", "A"): 0.8}), model)
    settings = model.history[0].settings
    assert settings is not None
    assert (settings.temperature, settings.max_tokens) == (1.0, 500)
    assert done.usage == Usage(9, 3)


# Forty pairs


def forty() -> tuple[list[Fact], ScriptedPairs, Scripted]:
    answers = {(a, b): f"[Resolution] {new}" for a, b, new in CHANGES}
    answers |= {(a, b): f"[Disambiguation]\n{one}\n{two}" for a, b, one, two in ASPECTS}
    answers |= dict.fromkeys(PEACE, "[NO_CONFLICT]")
    facts = [
        Fact(f"{n:02}{side}", text, "extracted", (f"turn {n}{side}",), at=f"2026-01-{n % 28 + 1:02}T0{hour}:00")
        for n, pair in enumerate(answers)
        for hour, (side, text) in enumerate(zip("ab", pair, strict=True))
    ]

    def answer(messages: Sequence[Message]) -> str:
        lines = messages[-1].content.splitlines()
        said = [line.partition("): ")[2] for line in lines if line.startswith("Note ")]
        return answers[said[0], said[1]]

    return facts, scorer_of(dict.fromkeys(answers, 0.9)), Scripted(answer)


async def test_of_forty_pairs_every_content_word_survives_or_is_superseded() -> None:
    facts, scorer, model = forty()
    done = await refine(facts, scorer, model)
    actions = [decision.action for decision in done.decisions]
    assert {name: actions.count(name) for name in set(actions)} == {
        "resolved": 20, "disambiguated": 10, "no_conflict": 10,
    }  # fmt: skip
    kept = {fact.id: fact for fact in done.facts}
    for fact in facts:
        assert kept[fact.id].text == fact.text
        if not kept[fact.id].active:
            heirs = [kept[id] for id in kept[fact.id].superseded_by]
            assert all(fact.id in heir.replaces and set(fact.sources) <= set(heir.sources) for heir in heirs)


async def test_of_forty_pairs_none_still_contradicts_but_the_logged_ones() -> None:
    facts, scorer, model = forty()
    done = await refine(facts, scorer, model)
    active = done.active
    rows = await scorer.score(*zip(*itertools.permutations([fact.text for fact in active], 2), strict=True))
    pairs = itertools.permutations(active, 2)
    left = {frozenset((a.id, b.id)) for (a, b), row in zip(pairs, rows, strict=True) if row[0] >= 0.8}
    assert left == {d.conflict.pair for d in done.decisions if d.action == "no_conflict"}


async def test_a_second_run_over_the_forty_pairs_changes_and_asks_nothing() -> None:
    facts, scorer, model = forty()
    done = await refine(facts, scorer, model)
    again = await refine(done.facts, scorer, Scripted())
    assert (again.facts, again.decisions, again.calls) == (done.facts, (), 0)


# Any graph

IDS = "abcdefg"
GRAPHS = st.dictionaries(
    st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda ends: ends[0] != ends[1]),
    st.sampled_from([0.5, 0.8, 0.85, 0.9, 1.0]),
    max_size=14,
)
ORIGINS = st.lists(st.sampled_from(["given", "extracted", "expanded", "invented"]), min_size=7, max_size=7)


def model_of(salt: int) -> Scripted:
    """Answers by the question alone: merges, tells apart, keeps, babbles. What it writes contradicts old texts too."""

    def answer(messages: Sequence[Message]) -> str:
        number = sum(map(ord, messages[-1].content)) + salt
        letter = IDS[number % 7]
        options: list[str] = [f"[Resolution] {letter}", f"[Disambiguation]\n{letter}\nnew {number % 97}"]
        return [*options, f"[Resolution] new {number % 89}", "[NO_CONFLICT]", "well"][number % 5]

    return Scripted(answer)


def run(facts: Sequence[Fact], weights: Mapping[tuple[str, str], float], salt: int) -> Refined:
    return asyncio.run(refine(facts, scorer_of(weights), model_of(salt), max_calls=30))


def facts_of(origins: Sequence[Any]) -> list[Fact]:
    return [Fact(id, id, origin) for id, origin in zip(IDS, origins, strict=True)]


@given(GRAPHS, ORIGINS, st.integers(0, 9))
def test_it_ends_and_deletes_nothing(weights: dict[tuple[str, str], float], origins: list[str], salt: int) -> None:
    facts = facts_of(origins)
    done = run(facts, weights, salt)
    assert done.calls <= 30
    assert [(f.id, f.text, f.origin) for f in done.facts[: len(facts)]] == [(f.id, f.text, f.origin) for f in facts]
    by_id = {fact.id: fact for fact in done.facts}
    assert all(fact.id in by_id[heir].replaces for fact in done.facts for heir in fact.superseded_by)


@given(GRAPHS, ORIGINS, st.integers(0, 9))
def test_a_second_run_is_a_no_op(weights: dict[tuple[str, str], float], origins: list[str], salt: int) -> None:
    done = run(facts_of(origins), weights, salt)
    again = run(done.facts, weights, salt)
    if not any("calls are spent" in decision.reason for decision in done.decisions):
        assert (again.facts, again.decisions, again.calls) == (done.facts, (), 0)


@given(GRAPHS, ORIGINS, st.integers(0, 9), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    weights: dict[tuple[str, str], float], origins: list[str], salt: int, rng: Any
) -> None:
    facts = facts_of(origins)
    shuffled = list(facts)
    rng.shuffle(shuffled)
    one, other = run(facts, weights, salt), run(shuffled, weights, salt)
    assert set(one.facts) == set(other.facts)
    assert one.decisions == other.decisions


@given(GRAPHS, ORIGINS, st.integers(0, 9))
def test_a_stated_fact_never_yields_to_an_expansion(
    weights: dict[tuple[str, str], float], origins: list[str], salt: int
) -> None:
    facts = {fact.id: fact for fact in run(facts_of(origins), weights, salt).facts}
    for fact in facts.values():
        for heir in fact.superseded_by:
            sides = {facts[id].origin for id in facts[heir].replaces}
            assert not ("expanded" in sides and sides & {"given", "extracted"})
