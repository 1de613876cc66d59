"""Verify and retry: asked again with the broken statements named, and the best attempt taken."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from personae.agent import Agent, Prompted
from personae.agent.refinement import Verified, VerifyAndRetry
from personae.errors import ModelUnreachable, UsageError
from personae.models import ScriptedPairs
from personae.models.scripted import Scripted
from personae.persona.persona import Persona
from personae.types import Completion, Conversation, Message, Settings, Usage

ANA = Persona.model_validate({"name": "Ana", "statements": [{"id": "1", "text": "I am a nurse."}]})
TALK = Prompted((Message("system", "You are Ana."), Message("user", "What do you do?")))
SEEDED = Settings(seed=5)
COOK = Completion("I am a cook.", Usage(10, 4))
SCORES = {"I am a cook.": 0.9, "I am a baker.": 0.7, "I am a chef.": 0.7, "Half a": 0.1, "Whole": 0.95, "I nurse.": 0.0}


class Try:
    """Runs the role and keeps what was heard."""

    def __init__(self, rule: Any, answers: list[Any], **fields: Any) -> None:
        self.model, self.heard = Scripted(answers), list[Verified]()
        self.refine = VerifyAndRetry(rule(lambda said, fact: SCORES[said]), heard=self.heard.append, **fields)

    async def __call__(self, draft: Completion = COOK, settings: Settings = SEEDED) -> Completion:
        return await self.refine(self.model, draft, TALK, settings, persona=ANA)

    @property
    def outcomes(self) -> list[str]:
        return [attempt.outcome for attempt in self.heard[0].attempts]


async def test_a_consistent_draft_passes_without_a_call(rule: Any) -> None:
    attempt = Try(rule, [])
    draft = Completion("I nurse.", Usage(1, 1))
    assert await attempt(draft) == draft
    assert (attempt.model.history, attempt.outcomes) == ([], ["answered"])


async def test_the_broken_statement_is_pointed_out_after_the_talk(rule: Any) -> None:
    attempt = Try(rule, ["I nurse."])
    taken = await attempt()
    assert taken.text == "I nurse."
    asked = attempt.model.history[0].messages
    assert asked[:2] == TALK.messages
    assert asked[2] == Message("assistant", "I am a cook.", name="Ana")
    assert asked[3].role == "user"
    assert "- I am a nurse." in asked[3].content


async def test_the_usage_of_all_attempts_is_summed(rule: Any) -> None:
    taken = await Try(rule, [Completion("I am a baker.", Usage(20, 4)), Completion("I nurse.", Usage(30, 2))])()
    assert taken.usage == Usage(60, 10)


async def test_each_try_has_its_own_seed_and_none_stays_none(rule: Any) -> None:
    attempt = Try(rule, ["I am a baker.", "I nurse."])
    await attempt()
    assert [call.settings.seed for call in attempt.model.history if call.settings] == [6, 7]
    attempt = Try(rule, ["I nurse."])
    await attempt(settings=Settings(seed=None))
    assert attempt.model.history[0].settings == Settings(seed=None)


async def test_of_several_violations_the_least_is_taken_and_of_equals_the_earlier(
    rule: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    attempt = Try(rule, ["I am a baker.", "I am a chef."])
    assert (await attempt()).text == "I am a baker."
    assert attempt.heard[0].chosen == 1
    assert [round(a.contradiction or 0, 6) for a in attempt.heard[0].attempts] == [0.9, 0.7, 0.7]
    assert "still contradicts 'I am a nurse.'" in caplog.text


@pytest.mark.parametrize(
    ("bad", "outcome"),
    [
        (Completion("", stop="refusal"), "refused"),
        (Completion(" "), "empty"),
        (Completion("Half a", stop="length"), "truncated"),
    ],
)
async def test_what_is_no_answer_never_wins_over_an_answer(rule: Any, bad: Completion, outcome: str) -> None:
    attempt = Try(rule, [bad, bad])
    assert (await attempt()).text == "I am a cook."
    assert attempt.outcomes == ["answered", outcome, outcome]


async def test_an_answer_wins_over_a_cut_off_draft(rule: Any) -> None:
    draft = Completion("I am a cook.", stop="length")
    assert (await Try(rule, ["Whole"], tries=1)(draft)).text == "Whole"


async def test_a_failing_model_costs_no_reply(rule: Any, caplog: pytest.LogCaptureFixture) -> None:
    attempt = Try(rule, [ModelUnreachable("down")])
    assert (await attempt()).text == "I am a cook."
    assert attempt.outcomes == ["answered", "failed"]
    assert "down" in caplog.text


async def test_what_cannot_be_scored_is_not_taken_and_an_unscored_draft_passes(rule: Any) -> None:
    def said(text: str, fact: str) -> float:
        if text not in SCORES:
            raise ModelUnreachable("down")
        return SCORES[text]

    refine = VerifyAndRetry(rule(said))
    unknown = Completion("Qué?")
    assert await refine(Scripted(), unknown, TALK, SEEDED, persona=ANA) == unknown
    taken = await refine(Scripted(["Qué?", "I am a baker."]), COOK, TALK, SEEDED, persona=ANA)
    assert taken.text == "I am a baker."


@pytest.mark.parametrize("draft", [Completion("", stop="refusal"), Completion("")])
async def test_a_draft_without_words_has_nothing_to_verify(rule: Any, draft: Completion) -> None:
    attempt = Try(rule, [])
    assert await attempt(draft) is draft


async def test_tries_limit_the_calls(rule: Any) -> None:
    attempt = Try(rule, ["I am a baker."] * 9, tries=4)
    await attempt()
    assert len(attempt.model.history) == 4


async def test_it_stands_in_an_agent(rule: Any) -> None:
    refine = VerifyAndRetry(rule(lambda said, fact: SCORES[said]))
    turn = await Agent(ANA, Scripted(["I am a cook.", "I nurse."]), refine=refine).reply(
        Conversation((Message("user", "Hello"),))
    )
    assert turn.message.content == "I nurse."


@pytest.mark.parametrize("fields", [{"tries": 0}, {"threshold": 0.0}, {"threshold": 1.5}])
def test_senseless_settings_are_refused(rule: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        VerifyAndRetry(rule(lambda said, fact: 0.0), **fields)


class English(ScriptedPairs):
    """Contradicts everything, and reads English only."""

    def __init__(self) -> None:
        super().__init__(otherwise=(0.9, 0.1, 0.0))

    def unread(self, text: str) -> str | None:
        return "not English" if "Ich" in text else None


async def test_a_reply_the_scorer_cannot_read_passes_unchecked(caplog: pytest.LogCaptureFixture) -> None:
    german, anna = Completion("Ich koche."), ANA.edited(statements=({"id": "1", "text": "Ich bin Ana."},))
    for draft, who in ((german, ANA), (COOK, anna)):
        model = Scripted([])
        assert await VerifyAndRetry(English())(model, draft, TALK, SEEDED, persona=who) == draft
    assert "reads none of 1 statements: not English" in caplog.text


async def test_a_try_the_scorer_cannot_read_is_never_taken() -> None:
    taken = await VerifyAndRetry(English(), tries=1)(Scripted(["Ich nicht."]), COOK, TALK, SEEDED, persona=ANA)
    assert taken.text == COOK.text
