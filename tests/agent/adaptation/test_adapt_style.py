"""A partner who grows more informal: how far each policy follows, and what the model is told."""

from __future__ import annotations

import numpy as np
import pytest

from personae.agent import Agent
from personae.agent.adaptation import AdaptStyle, InTurn, style_space
from personae.agent.adaptation.style import instruction, style_course, style_steps
from personae.errors import UsageError
from personae.metrics.style import RobustScaler
from personae.metrics.style_policies import POLICIES
from personae.metrics.style_space import StyleSpace, fit_scaler, one_sided
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.types import Conversation, Message

FORMAL = [
    "Good evening. The reading room closes at nine, and the archive follows a quarter of an hour later.",
    "The atlas in question was bound in Porto; its maps were engraved by a patient and careful hand.",
    "One is obliged to wear gloves, because the paper suffers from the moisture of the skin.",
    "Visitors consider the third shelf with particular attention, and rightly so.",
]
LOOSENING = [
    "Good evening. Would it be possible to consult the atlas of the northern coast?",
    "Thank you. I wonder which map is the oldest one.",
    "Nice! I like that one. You like it too?",
    "omg I love it!! You and I, we're so happy!!",
    "wow!!! I'm so so happy!!! you??",
]


@pytest.fixture(scope="module")
def ana():
    turns = [[{"speaker": "user", "text": "Hello?"}, {"speaker": "char", "text": line}] for line in FORMAL]
    return Persona.model_validate({"name": "Ana", "examples": [{"turns": each} for each in turns]})


@pytest.fixture(scope="module")
def space(ana):
    return style_space(ana)


def talk(lines, reply="The third shelf, on the left."):
    messages = []
    for line in lines:
        messages += [Message("user", line), Message("assistant", reply)]
    return Conversation(tuple(messages[:-1]))


def informality(space, policy):
    return [step.target[space.informality] for step in style_steps(talk(LOOSENING), space, policy)]


def test_the_centre_of_a_voice_lies_where_it_has_a_direction(space):
    assert np.linalg.norm(space.centre) > 0.5
    assert space.centre[space.informality] < 0
    assert space.warnings == ()


def test_an_uncapped_voice_goes_wherever_its_partner_goes(space):
    heard = [step.heard[space.informality] for step in style_steps(talk(LOOSENING), space, "uncapped")]
    assert informality(space, "uncapped") == heard
    assert heard[-1] > heard[0] + 1


def test_a_static_voice_stays_and_the_others_lie_between(space):
    home = space.centre[space.informality]
    assert informality(space, "static") == pytest.approx([home] * 5)
    last = {name: informality(space, name)[-1] for name in POLICIES}
    assert home < last["hybrid"] < last["ema"] < last["uncapped"]


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_keeps_its_promise_at_every_turn(space, name):
    policy, voice = POLICIES[name], space.centre
    for step in style_steps(talk(LOOSENING), space, name):
        target = np.array(step.target)
        assert target == pytest.approx(policy.step(voice, np.array(step.heard), space.centre), abs=1e-8)
        assert np.linalg.norm(target - voice) <= policy.cap + 1e-8
        assert np.linalg.norm(target - space.centre) <= policy.radius + 1e-8
        voice = target


async def test_the_prompt_says_what_to_raise_and_by_how_much(ana, space):
    adapt = AdaptStyle(space, "uncapped")
    agent = Agent(ana, Scripted(), adapt=adapt)
    formal = (await agent.prompted(talk(LOOSENING[:1]))).messages[0].content
    loose = (await agent.prompted(talk(LOOSENING))).messages[0].content
    assert "much more casual" in loose
    assert "Your own voice: cheerful, long sentences, demanding words" in formal
    assert "much more casual" not in formal


async def test_a_static_voice_is_told_to_stay(ana, space):
    told = (await AdaptStyle(space, "static")(ana, talk(LOOSENING))).state.facts["How you speak now"]
    assert told.endswith("For this reply stay exactly with your own voice.")


async def test_the_same_talk_gives_the_same_instruction_and_the_persona_keeps_what_it_had(ana, space):
    ana = ana.edited(state={"facts": {"weather": "rain"}})
    adapt = AdaptStyle(space)
    for _ in range(3):
        await adapt(ana, talk(LOOSENING[:2]))
    first, second = await adapt(ana, talk(LOOSENING)), await AdaptStyle(space)(ana, talk(LOOSENING))
    assert first == second
    assert first.state.facts["weather"] == "rain"
    assert first.edited(state=ana.state) == ana


async def test_before_anybody_speaks_the_voice_is_its_own(ana, space):
    heard = []
    told = (await AdaptStyle(space, on_turn=heard.append)(ana, Conversation())).state.facts["How you speak now"]
    assert "Your own voice" in told
    assert "stay exactly" in told
    assert heard == []


def test_what_was_really_said_is_measured_beside_what_was_asked_for(space):
    steps = style_steps(talk(LOOSENING), space, "hybrid")
    course = style_course(steps, space)
    assert [step.said is None for step in steps] == [False] * 4 + [True]
    assert course.stability == pytest.approx(1.0)
    assert course.told_stability > 0.9
    assert course.flips == 0.0
    assert course.turns == 5
    eager = style_course(style_steps(talk(LOOSENING), space, "uncapped"), space)
    assert eager.told_synchrony == pytest.approx(1.0)
    assert eager.told_flips == 0.0
    bent = style_course(style_steps(talk([*LOOSENING, FORMAL[0]]), space, "uncapped"), space)
    assert bent.told_flips == pytest.approx(1 / 5)
    assert eager.told_stability < course.told_stability


def test_messages_without_words_move_nothing(space):
    quiet = Conversation((Message("user", "…"), Message("system", "Be kind."), Message("user", "!!!")))
    assert style_steps(quiet, space, "uncapped") == ()


def test_words_follow_the_size_of_the_change():
    space = StyleSpace(RobustScaler(np.zeros(8), np.ones(8), (0, 2)), np.array([0.6, 0.0]))
    assert "Your own voice: casual." in instruction(space, None)
    assert "slightly longer sentences" in instruction(space, (0.6, 0.2))
    assert "much shorter sentences, clearly more formal" in instruction(space, (-0.3, -2.0))
    assert "stay exactly" in instruction(space, (0.65, -0.05))


def test_a_log_gives_the_scale_and_the_centre(ana):
    log = [talk(LOOSENING, reply) for reply in FORMAL]
    space = style_space(ana, log)
    assert space.centre[space.informality] < 0


def test_a_voice_without_lines_has_no_centre():
    with pytest.raises(UsageError, match="at least 3"):
        style_space(Persona(name="Nobody"))
    with pytest.raises(UsageError, match="at least 3"):
        style_space(Persona(name="Nobody"), [talk(LOOSENING[:2])])


def test_an_unknown_policy_and_a_centre_without_length_are_refused(space):
    with pytest.raises(UsageError, match="no style policy is called 'hybird'"):
        AdaptStyle(space, "hybird")
    with pytest.raises(UsageError, match="no length"):
        AdaptStyle(StyleSpace(space.scaler, np.zeros_like(space.centre)))


async def test_style_goes_together_with_other_adaptations(ana, space):
    both = InTurn((AdaptStyle(space, "uncapped"),))
    assert (await both(ana, talk(LOOSENING))).state.facts


def test_in_other_languages_only_sentence_length_moves():
    gerda = Persona(name="Gerda", language="de", greetings=["Guten Abend.", "Was darf es sein, mein Herr?", "Ja."])
    space = style_space(gerda)
    assert space.names == ("sentence_length",)
    steps = style_steps(Conversation((Message("user", "Ja."),)), space, "uncapped", language="de")
    assert len(steps[0].target) == 1


def test_one_sided_scales_have_a_centre_without_length_and_say_so():
    bots, users = [[0.0, 1.0], [1.0, 2.0], [2.0, 5.0]], [[50.0, 1.0], [60.0, 2.5], [70.0, 1.0], [80.0, 3.0]]
    one = StyleSpace.fit(users, bots, scale="one")
    assert [warning.split(" ")[0] for warning in one.warnings] == ["informality", "the"]
    both = StyleSpace.fit(users, bots)
    assert both.warnings == ()
    assert np.linalg.norm(both.centre) > 0.1


def test_scales_need_rows_that_differ():
    with pytest.raises(UsageError, match=r"\(texts, dimensions\)"):
        fit_scaler([1.0, 2.0], [[1.0]])
    for lines in ([[1.0]], [[1.0], [1.0]]):
        with pytest.raises(UsageError):
            one_sided(lines)
