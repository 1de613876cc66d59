"""Where a contradiction sits."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from personae.agent.refinement import contradicting_spans
from personae.agent.refinement.spans import MAX_WORDS, clauses_of


async def test_the_words_that_carry_the_contradiction_are_found(rule: Any) -> None:
    reply = "Hello! I am a school teacher, and you?"
    scorer = rule(lambda said, fact: 0.9 * ("school" in said and "teacher" in said))
    (span,) = await contradicting_spans(reply, ["I am a nurse."], scorer)
    assert reply[span.start : span.end] == "school teacher"
    assert round(span.drop, 6) == 0.9
    assert len(scorer.calls) == 1


async def test_a_drop_below_the_threshold_is_no_drop(rule: Any) -> None:
    def said(text: str, fact: str) -> float:
        return 0.9 - 0.09 * ("very" not in text) - 0.11 * ("old" not in text)

    (span,) = await contradicting_spans("I am very old.", ["I am young."], rule(said))
    assert ("I am very old."[span.start : span.end], round(span.drop, 2)) == ("old", 0.11)


async def test_a_contradiction_said_twice_is_found_by_its_clause(rule: Any) -> None:
    reply = "My dogs are dogs of taste, you know."
    (span,) = await contradicting_spans(reply, ["I have no pets."], rule(lambda said, fact: 0.9 * ("dogs" in said)))
    assert reply[span.start : span.end] == "My dogs are dogs of taste"


async def test_a_reply_that_is_one_clause_is_one_span_when_no_word_stands_out(rule: Any) -> None:
    (span,) = await contradicting_spans("dogs dogs", ["I have no pets."], rule(lambda s, f: 0.9 * ("dogs" in s)))
    assert (span.start, span.end) == (0, 9)


async def test_without_any_drop_there_is_no_span(rule: Any) -> None:
    assert (
        await contradicting_spans("Yes. No. Well.", ["I am young."], rule(lambda said, fact: 0.9 * ("." in said))) == ()
    )


async def test_clauses_that_contradict_by_themselves_count_when_each_hides_the_other(rule: Any) -> None:
    reply = "I have dogs. Well, I love dogs."
    spans = await contradicting_spans(reply, ["I have no pets."], rule(lambda said, fact: 0.9 * ("dogs" in said)))
    assert [(reply[span.start : span.end], round(span.drop, 6)) for span in spans] == [
        ("I have dogs", 0.9),
        ("I love dogs", 0.9),
    ]


async def test_of_two_broken_statements_neither_hides_the_other(rule: Any) -> None:
    reply = "I have cats. I am old."
    scorer = rule(lambda said, fact: 0.9 * ("cats" in said if fact == "I have no pets." else "old" in said))
    spans = await contradicting_spans(reply, ["I have no pets.", "I am young."], scorer)
    assert [reply[span.start : span.end] for span in spans] == ["cats", "old"]


async def test_a_long_reply_is_searched_clause_by_clause(rule: Any) -> None:
    reply = "I am old. " + "Well and so on, " * 70 + "so it goes."
    scorer = rule(lambda said, fact: 0.9 * ("old" in said))
    (span,) = await contradicting_spans(reply, ["I am young."], scorer)
    assert reply[span.start : span.end] == "I am old"
    assert scorer.calls[0] < MAX_WORDS


def test_clauses_are_cut_at_punctuation_and_before_a_new_subject() -> None:
    text = "yes it is i listen to jazz but i hate pop; the cats dance, because they like it"
    assert [text[start:end] for start, end in clauses_of(text)] == [
        "yes it is", "i listen to jazz", "i hate pop", "the cats dance", "they like it",
    ]  # fmt: skip


@given(st.text(max_size=200))
def test_clauses_never_overlap_and_hold_every_word(text: str) -> None:
    clauses = clauses_of(text)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(clauses))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in clauses)


def test_many_blanks_are_no_trouble() -> None:
    assert clauses_of("we are" + " " * 50_000 + "i swim") == [(0, 6), (50_006, 50_012)]
