"""A story told as the persona's own: which story, which telling, and what may not be said."""

from __future__ import annotations

import math

import pytest
from stubs.bag import BagOfWords

from personae.agent import Agent, Prompted
from personae.agent.refinement.stories import Stories, TellStory, overlap, prompt
from personae.errors import FormatError, UsageError
from personae.models import Scripted, ScriptedPairs
from personae.persona.persona import Persona
from personae.types import Completion, Conversation, Message, Settings, Usage

ANA = Persona.model_validate({"name": "Ana", "statements": [{"id": "sea", "text": "I grew up by the sea."}]})
STORY = "On the second day the fog came and we lost the boat between the islands near the sea."
OTHER = "The baker next door sings arias while his bread rises near the sea."
ASKED = Prompted((Message("system", "You are Ana."), Message("user", "Do you like the sea?")))
DRAFT = Completion("Yes, I do.", Usage(5, 3))
#: 7 of 14 words stand in STORY: .5
GOOD = "I do, yet fog once took me and my boat on the second day."
#: 4 of 9
SECOND = "Yes, though the sea nearly kept our old boat."


def teller(scorer: ScriptedPairs | None = None, **options) -> TellStory:
    return TellStory(Stories((OTHER, STORY)), scorer or ScriptedPairs(), BagOfWords(), floor=0.1, **options)


async def refined(model: Scripted, refine: TellStory, draft: Completion = DRAFT) -> Completion:
    return await refine(model, draft, ASKED, Settings(seed=7), persona=ANA)


def test_overlap_is_the_share_of_the_tellings_words_that_stand_in_the_story():
    assert overlap(GOOD, STORY) == 7 / 14
    assert overlap("the the the", "the end") == pytest.approx(1 / 3)
    assert overlap("", STORY) == 0.0


async def test_the_story_is_the_one_most_relevant_to_the_persona_among_the_near():
    relevant = {(ANA.statements[0].text, STORY): 0.9, (ANA.statements[0].text, OTHER): 0.1}
    assert await teller(ScriptedPairs(relevant=relevant)).story_for(ANA, ASKED.messages) == STORY
    swapped = {(ANA.statements[0].text, STORY): 0.1, (ANA.statements[0].text, OTHER): 0.9}
    assert await teller(ScriptedPairs(relevant=swapped)).story_for(ANA, ASKED.messages) == OTHER


async def test_no_story_is_told_where_none_is_near_or_the_persona_has_no_facts():
    far = (Message("user", "zzz?"),)
    assert await teller().story_for(ANA, far) is None
    assert await teller().story_for(Persona(name="Rui"), ASKED.messages) is None
    assert await teller().story_for(ANA, (Message("assistant", "The sea."),)) is None


def choosing_story(nli=None, extra=None) -> ScriptedPairs:
    return ScriptedPairs(nli, {(ANA.statements[0].text, STORY): 0.9} | (extra or {}))


async def test_the_telling_with_the_best_sum_of_fluency_nearness_and_persona_is_said():
    heard = []
    model = Scripted([GOOD, SECOND, GOOD, Completion("")], option_scores={GOOD: -28.0, SECOND: -1.0})
    refine = teller(choosing_story(), on_tellings=lambda story, tellings: heard.append((story, tellings)))
    assert (await refined(model, refine)).text == SECOND
    (story, tellings) = heard[0]
    assert story == STORY
    by_text = {telling.text: telling.scores for telling in tellings}
    assert by_text[GOOD]["fluency"] == pytest.approx(math.exp(-28 / 14))
    assert by_text[SECOND]["fluency"] == pytest.approx(math.exp(-1 / 9))
    for scores in by_text.values():
        assert scores["score"] == pytest.approx(scores["fluency"] + scores["nearness"] + scores["persona"])


async def test_weights_change_the_choice():
    relevant = {(ANA.statements[0].text, GOOD): 0.9}
    model = Scripted([GOOD, SECOND, GOOD, SECOND], option_scores={GOOD: -28.0, SECOND: -1.0})
    refine = teller(choosing_story(extra=relevant), weights=(0.0, 0.0, 1.0))
    assert (await refined(model, refine)).text == GOOD


@pytest.mark.parametrize(
    ("telling", "why"),
    [
        (STORY, "1.00 of its words"),
        ("Yes, very much so, my dear friend.", "0.00 of its words"),
    ],
)
async def test_a_telling_that_copies_or_ignores_the_story_is_rejected_and_the_draft_stays(telling, why):
    heard = []
    refine = teller(choosing_story(), candidates=1, on_tellings=lambda story, tellings: heard.extend(tellings))
    assert (await refined(Scripted([telling]), refine)).text == DRAFT.text
    assert why in heard[0].rejected


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0.5, 0.6, GOOD), (0.2, 0.5, GOOD), (0.51, 0.6, None), (0.2, 0.49, None)]
)
async def test_the_band_includes_its_ends(low, high, said):
    refine = teller(choosing_story(), candidates=1, low=low, high=high)
    assert (await refined(Scripted([GOOD]), refine)).text == (said or DRAFT.text)


async def test_a_telling_that_contradicts_any_statement_is_rejected():
    heard = []
    scorer = choosing_story({(GOOD, ANA.statements[0].text): (0.5, 0.5, 0.0)})
    refine = teller(scorer, candidates=1, on_tellings=lambda story, tellings: heard.extend(tellings))
    assert (await refined(Scripted([GOOD]), refine)).text == DRAFT.text
    assert heard[0].rejected == "contradicts 'I grew up by the sea.'"


async def test_the_seeds_differ_and_every_call_is_paid():
    model = Scripted([GOOD, "", "", ""])
    said = await refined(model, teller(choosing_story()))
    assert [call.settings.seed for call in model.history if call.settings] == [7, 8, 9, 10]
    assert said.usage.completion_tokens == DRAFT.usage.completion_tokens + len(GOOD.split())


async def test_a_draft_that_is_none_is_left_alone():
    model = Scripted([])
    empty = Completion("")
    assert await refined(model, teller(choosing_story()), empty) is empty


async def test_an_agent_tells_it():
    agent = Agent(ANA, Scripted(["Yes.", GOOD]), refine=teller(choosing_story(), candidates=1))
    assert (await agent.reply(Conversation(ASKED.messages[1:]))).message.content == GOOD


def test_the_prompt_holds_the_last_turns_the_draft_and_the_story():
    talk = [Message("user" if n % 2 else "assistant", f"turn {n}") for n in range(9)]
    last = prompt(talk, "Yes.", STORY, turns=2)[-1].content
    assert "They: turn 7\nMe: turn 8\nDraft: Yes.\nStory: On the second day" in last
    assert "turn 6" not in last


def test_our_examples_keep_to_the_band():
    from personae.agent.refinement.stories import _texts

    for example in _texts()["examples"]:
        assert 0.2 <= overlap(example["told"], example["story"]) <= 0.6


def test_stories_are_paragraphs_of_a_text_file(tmp_path):
    path = tmp_path / "stories.txt"
    path.write_text(f"{STORY}\n\nToo short.\r\n\r\n{OTHER[:20]}\n{OTHER[20:]}\n\n{'word ' * 301}", "utf-8")
    assert Stories.read(path).texts == (STORY, OTHER)
    path.write_text("Too short.")
    with pytest.raises(FormatError, match="no story"):
        Stories.read(path)
    with pytest.raises(UsageError, match="no stories"):
        Stories(())
