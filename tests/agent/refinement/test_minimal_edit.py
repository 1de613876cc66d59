"""Grounded minimal edits: what is mended, what is left alone, and why."""

from __future__ import annotations

import functools
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personae.agent import Agent, Prompted
from personae.agent.refinement import ByModel, Change, Edit, MinimalEdit
from personae.agent.refinement import edit as edit_both_ways
from personae.agent.refinement.minimal_edit import MAX_CHARS
from personae.agent.refinement.rewriting import Proposals
from personae.errors import ModelUnreachable
from personae.metrics.overlap import best_f1, unigram_f1
from personae.metrics.text import words
from personae.models import ScriptedPairs
from personae.models.pairs.unanswered import PairsUnanswered
from personae.models.scripted import Scripted
from personae.persona.persona import Persona
from personae.types import Completion, Conversation, Message, Settings, Usage

edit = functools.partial(edit_both_ways, both_ways=False)

ANA = Persona.model_validate(
    {
        "name": "Ana",
        "identity": {"pronouns": "she/her"},
        "statements": [
            {"id": "1", "text": "I am a nurse.", "kind": "work"},
            {"id": "2", "text": "Ana has no pets.", "kind": "pet", "person": "third"},
            {"id": "3", "text": "I like cooks.", "speaker": "user"},
        ],
    }
)
COOK = "That sounds fun, I am a cook in a small town."


def ana_says(said: str, fact: str) -> float:
    """0.9 where Ana's facts are contradicted."""
    if fact == "I have no pets.":
        return 0.9 * ("dog" in said)
    assert fact == "I am a nurse."
    return 0.9 * ("cook" in said)


async def test_a_contradiction_is_mended_and_shown(rule: Any) -> None:
    done = await edit(COOK, ANA, rule(ana_says))
    assert (done.text, done.outcome) == ("That sounds fun, I am a nurse in a small town.", "edited")
    assert (round(done.before or 0, 6), done.after, done.reason) == (0.9, 0.0, None)
    assert done.violated == ("I am a nurse.",)
    assert done.diff == (Change(24, 28, "cook", "nurse"),)
    assert [COOK[span.start : span.end] for span in done.spans] == ["cook"]


@pytest.mark.parametrize("reply", ["I look after people. ", "\tOdd  spacing – ok?\n", "ÉÉ 🙂"])
async def test_a_consistent_reply_comes_back_byte_for_byte_without_a_rewriter(rule: Any, reply: str) -> None:
    model, scorer = Scripted(), rule(ana_says)
    done = await edit(reply, ANA, scorer, ByModel(model))
    assert done == Edit(reply, "consistent", 0.0, 0.0)
    assert (model.history, scorer.calls) == ([], [2])


async def test_what_still_contradicts_is_not_taken(rule: Any) -> None:
    done = await edit(COOK, ["I am a nurse."], rule(lambda said, fact: 0.9 if "cook" in said else 0.31))
    assert (done.text, done.outcome, done.after) == (COOK, "kept", done.before)
    assert done.reason == "rewritten it still contradicts: P(C) 0.31, allowed below 0.3"


async def test_what_is_another_reply_is_not_taken(rule: Any) -> None:
    fact = "I do so many other things that nobody could ever list them all in one breath."
    done = await edit("I cook!", [fact], rule(lambda said, _: 0.9 * ("cook" in said)))
    assert (done.text, done.outcome) == ("I cook!", "kept")
    assert done.reason == "rewritten it is another reply: F1 0.11 with the original, at least 0.6 wanted"


async def test_a_proposal_is_checked_against_every_statement(rule: Any) -> None:
    def said(text: str, fact: str) -> float:
        return 0.9 * (("cook" in text) if fact == "I am a nurse." else ("nurse" in text))

    done = await edit(COOK, ["I am a nurse.", "I never nursed."], rule(said))
    assert (done.outcome, done.text) == ("kept", COOK)


async def test_two_broken_statements_are_mended_one_after_the_other(rule: Any) -> None:
    done = await edit("Well, I am a cook in a town by the sea, and I have a dog.", ANA, rule(ana_says))
    assert done.text == "Well, I am a nurse in a town by the sea, and I have no pets."
    assert set(done.violated) == {"I am a nurse.", "I have no pets."}


async def test_half_an_edit_is_none(rule: Any) -> None:
    reply = "Well, I am a cook in a town by the sea, and I have a dog."
    stubborn = rule(lambda said, fact: 0.9 if fact == "I have no pets." else ana_says(said, fact))
    done = await edit(reply, ANA, stubborn)
    assert (done.outcome, done.text, done.after) == ("kept", reply, done.before)


async def test_where_nothing_carries_the_contradiction_the_reply_is_kept(rule: Any) -> None:
    done = await edit("Yes. No.", ["I am a nurse."], rule(lambda said, fact: 0.9 * ("." in said)))
    assert (done.outcome, done.spans) == ("kept", ())
    assert done.reason == "no part of it carries the contradiction"


async def test_a_contradiction_that_does_not_hold_the_other_way_round_is_dismissed(rule: Any) -> None:
    scorer = rule(lambda said, fact: ana_says(said, fact) if fact != COOK else 0.29)
    done = await edit_both_ways(COOK, ANA, scorer)
    assert (done.text, done.outcome, done.dismissed) == (COOK, "kept", ("I am a nurse.",))
    assert done.reason == "no contradiction holds the other way round"
    assert done.before == done.after == pytest.approx(0.9)


async def test_a_dismissed_statement_does_not_stand_in_the_way_of_another(rule: Any) -> None:
    def said(text: str, fact: str) -> float:
        if fact == COOK:
            return 0.9 if text == "I am a nurse." else 0.1
        return 0.9 if fact == "I have no pets." else ana_says(text, fact)

    done = await edit_both_ways(COOK, ANA, rule(said))
    assert (done.text, done.outcome) == ("That sounds fun, I am a nurse in a small town.", "edited")
    assert (done.violated, done.dismissed) == (("I am a nurse.",), ("I have no pets.",))


async def test_english_rules_do_not_touch_another_language(rule: Any) -> None:
    hanne, scorer = ANA.edited(language="de"), rule(ana_says)
    done = await edit("Ich bin cook.", hanne, scorer)
    assert (done.outcome, done.reason) == ("kept", "the rules are English, the persona speaks 'de'; use ByModel")
    assert scorer.calls == []


async def test_what_is_not_said_of_oneself_stays(rule: Any) -> None:
    model, scorer = Scripted(), rule(lambda said, fact: 0.9 * ("dog" in said))
    done = await edit("How nice! Do you like dogs, too?", ANA, scorer, ByModel(model))
    assert (done.outcome, done.reason, model.history) == ("kept", "what contradicts says nothing of the speaker", [])
    reply = "How nice to see you here at the sea in winter! Do you like my dogs, or not?"
    done = await edit(reply, ["I have no pets."], scorer)
    assert done.text == "How nice to see you here at the sea in winter! I have no pets, or not?"


async def test_what_is_said_twice_is_mended_in_one_stretch(rule: Any) -> None:
    reply = "I am Ana, I have 3 dogs. I love dogs! Do you see the sea from there, or the hills?"
    done = await edit(reply, ["I have no pets."], rule(lambda said, fact: 0.9 * ("dog" in said)))
    assert done.text == "I am Ana, I have no pets! Do you see the sea from there, or the hills?"


@pytest.mark.parametrize(
    ("reply", "facts", "reason"),
    [
        (" ", ["I am a nurse."], "the reply is empty"),
        ("Hello.", [], "the persona makes no statement"),
        ("x" * (MAX_CHARS + 1), ["I am a nurse."], "the reply has 20001 characters, at most 20000 are looked into"),
    ],
)
async def test_what_cannot_be_scored_has_a_reason_and_no_number(
    rule: Any, reply: str, facts: list[str], reason: str
) -> None:
    scorer = rule(ana_says)
    assert await edit(reply, facts, scorer) == Edit(reply, "kept", reason=reason)
    assert scorer.calls == []


@pytest.mark.parametrize("outcome", ["refused", "unparsed", "empty", "truncated", "failed"])
async def test_a_rewriter_without_a_proposal_is_named_with_its_cost(rule: Any, outcome: Any) -> None:
    async def rewrite(*_: Any) -> Proposals:
        return Proposals((), outcome, Usage(7, 2))

    done = await edit(COOK, ANA, rule(ana_says), rewrite)
    assert (done.text, done.reason, done.usage) == (COOK, f"no rewriting could be had: {outcome}", Usage(7, 2))


async def test_a_proposal_without_words_is_no_reply(rule: Any) -> None:
    async def rewrite(*_: Any) -> Proposals:
        return Proposals((" ", "…"))

    assert (await edit(COOK, ANA, rule(ana_says), rewrite)).reason == "the rewriting left no words"


VOCABULARY = "i am a an cook nurse have no not love hate 40 3rd two dogs , . ? and but you my"
WORDS = st.lists(st.sampled_from(VOCABULARY.split()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS, WORDS.filter(bool), st.integers(0, 99))
async def test_whatever_is_said_an_edit_keeps_its_promises(
    rule: Any, said: list[str], fact: list[str], salt: int
) -> None:
    reply, statement = " ".join(said), " ".join(fact)
    scorer = rule(lambda text, _: (sum(map(ord, text)) * (salt + 1) % 101) / 100)
    done = await edit(reply, [statement], scorer)
    text = reply
    for change in reversed(done.diff):
        assert text[change.start : change.end] == change.old
        text = text[: change.start] + change.new + text[change.end :]
    assert text == done.text
    if done.outcome == "edited":
        assert (done.before or 0) >= 0.5
        assert done.after is not None
        assert done.after < 0.3
        assert unigram_f1(done.text, reply, tokeniser="words") >= 0.6
    else:
        assert (done.text, done.after) == (reply, done.before)
        assert (done.reason is None) == (done.outcome == "consistent")


async def test_as_a_role_it_mends_drafts_and_sums_the_usage(rule: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    heard: list[Edit] = []
    model, editor = Scripted([COOK]), Scripted([Completion('["nurse"]', Usage(30, 5))])
    agent = Agent(ANA, model, refine=MinimalEdit(rule(ana_says), ByModel(editor), False, heard.append))
    turn = await agent.reply(Conversation() + Message("user", "What do you do?"))
    assert turn.message.content == "That sounds fun, I am a nurse in a small town."
    assert turn.completion.usage.completion_tokens == len(COOK.split()) + 5
    assert [done.outcome for done in heard] == ["edited"]
    assert "edited" in caplog.text


async def test_a_scorer_without_an_answer_is_a_reason_and_one_out_of_reach_an_error(rule: Any) -> None:
    def unanswered(said: str, fact: str) -> float:
        raise PairsUnanswered("no answer for 1 of 2 pairs", None, {0: "refused"})

    def unreachable(said: str, fact: str) -> float:
        raise ModelUnreachable("down")

    done = await edit(COOK, ANA, rule(unanswered))
    assert done == Edit(COOK, "kept", reason="it could not be scored: no answer for 1 of 2 pairs")
    with pytest.raises(ModelUnreachable):
        await edit(COOK, ANA, rule(unreachable))
    draft = Completion(COOK)
    assert await MinimalEdit(rule(unreachable))(Scripted(), draft, Prompted(()), Settings(), persona=ANA) is draft


@pytest.mark.parametrize(
    "draft", [Completion("", stop="refusal"), Completion(" "), Completion("No cook.", stop="refusal")]
)
async def test_a_draft_that_is_no_answer_passes(rule: Any, draft: Completion) -> None:
    scorer = rule(ana_says)
    assert await MinimalEdit(scorer)(Scripted(), draft, Prompted(()), Settings(), persona=ANA) is draft
    assert scorer.calls == []


async def test_a_cut_off_draft_stays_cut_off(rule: Any) -> None:
    draft = Completion("I am a cook and", Usage(1, 2), "length")
    done = await MinimalEdit(rule(ana_says), both_ways=False)(Scripted(), draft, Prompted(()), Settings(), persona=ANA)
    assert done == Completion("I am a nurse and", Usage(1, 2), "length")


@pytest.mark.parametrize(
    ("tokeniser", "original", "persona", "human"), [("whitespace", 0.814, 0.653, 0.829), ("words", 0.790, 0.662, 0.822)]
)
def test_the_reference_overlaps_of_the_test_set_are_reproduced(
    data_dir: Path, tokeniser: Any, original: float, persona: float, human: float
) -> None:
    rows = json.loads((data_dir / "personaminedit" / "test.json").read_text("utf-8"))
    assert len(rows) == 1384
    copied = [best_f1(row["original_response"], row["references"], tokeniser=tokeniser) for row in rows]
    stated = [best_f1(" ".join(row["intervening_persona"]), row["references"], tokeniser=tokeniser) for row in rows]
    people = [
        best_f1(said, row["references"][:n] + row["references"][n + 1 :], tokeniser=tokeniser)
        for row in rows
        for n, said in enumerate(row["references"])
    ]
    for values, wanted in ((copied, original), (stated, persona), (people, human)):
        assert sum(values) / len(values) == pytest.approx(wanted, abs=0.002)


async def test_with_an_ideal_scorer_the_offline_editor_comes_nearer_to_peoples_edits_than_copying(
    rule: Any, data_dir: Path
) -> None:
    """The ideal scorer knows which words no person kept; P(C) is .9 times the share of them that is still there."""
    rows = json.loads((data_dir / "personaminedit" / "test.json").read_text("utf-8"))
    copied, mended, edited = [], [], 0
    for row in rows:
        reply, references = row["original_response"], row["references"]
        lost = set(words(reply)) - {word for text in references for word in words(text)}
        scorer = rule(lambda said, fact, lost=lost: 0.9 * len(lost & set(words(said))) / max(1, len(lost)))
        done = await edit(reply, row["intervening_persona"], scorer)
        edited += done.outcome == "edited"
        copied.append(best_f1(reply, references, tokeniser="whitespace"))
        mended.append(best_f1(done.text, references, tokeniser="whitespace"))
    assert edited > 250
    assert sum(mended) / len(mended) > sum(copied) / len(copied) + 0.02


def test_the_original_is_its_own_nearest_text() -> None:
    assert unigram_f1(COOK, COOK, tokeniser="words") == 1.0


async def test_what_the_scorer_cannot_read_is_kept_and_the_reason_told() -> None:
    class English(ScriptedPairs):
        def unread(self, text: str) -> str | None:
            return "not English" if "Ich" in text else None

    for reply, statements in (("Ich koche.", ["I am a nurse."]), (COOK, ["Ich bin Ana."])):
        made = await edit(reply, statements, English(otherwise=(0.9, 0.1, 0.0)))
        assert (made.text, made.outcome, made.before) == (reply, "kept", None)
        assert "not English" in (made.reason or "")
