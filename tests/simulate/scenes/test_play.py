"""The loop: rounds, ends, views, counts, costs."""

from __future__ import annotations

import dataclasses
import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import personae
from personae.agent import Agent
from personae.agent.decoding import BestOf
from personae.errors import ContextOverflow, ModelUnreachable, UsageError
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.simulate.scenes import (
    END,
    Asked,
    AsWritten,
    InTurn,
    Line,
    Part,
    Scene,
    Staging,
    cast_for,
    joined,
    load_played,
    load_scenes,
    play,
)
from personae.types import Completion, Settings

#: What no prompt but the thinker's own may hold. The instructions show one bracket as an example of a thought.
EXAMPLE = "[like this]"


def others_brackets(prompt) -> str:
    """Everything a model read of the talk, own turns aside."""
    return "\n".join(m.content.replace(EXAMPLE, "") for m in prompt.messages if m.role != "assistant")


def directed(*names: str) -> Asked:
    return Asked(Scripted(names))


async def test_a_predictor_that_ends_at_round_three_is_overruled(hut):
    director = Scripted(["Fool", "Kent", END, END, END, END, "Lear"])
    cast = cast_for(hut, Scripted(lambda _: "Hm."))
    played = await play(hut, cast, Staging(Asked(director)))
    assert played.ended == "chosen"
    assert len(played.turns) == 6
    assert played.counts["overruled"] == {"early end": 3}
    assert [choice.why for choice in played.choices] == ["first", "chosen", "chosen", *["early end"] * 3, "chosen"]


async def test_a_scene_has_at_most_twenty_rounds_and_thirty_nine_calls(hut):
    actor, director = Scripted(lambda _: "Hm."), Scripted(lambda _: "Cordelia")
    played = await play(hut, cast_for(hut, actor), Staging(Asked(director), environment=actor))
    assert (len(played.turns), played.ended) == (20, "rounds")
    assert (len(actor.history), len(director.history)) == (20, 19)
    assert sum(total.calls for total in played.calls.values()) == 39
    assert played.calls["director"].calls == 19
    assert played.counts["overruled"] == {"unparsed": 19}
    assert all(a.speaker != b.speaker for a, b in zip(played.turns, played.turns[1:], strict=False))


async def test_no_thought_reaches_another_actor_the_environment_or_the_director(hut):
    actor = Scripted(lambda _: "[secret] (nods) Aloud. [and more")
    director = Scripted(lambda messages: ["Fool", "Kent", "Environment", "Lear"][len(messages[-1].content) % 4])
    played = await play(hut, cast_for(hut, actor), Staging(Asked(director), environment=actor, continue_from=4))
    for call in (*actor.history, *director.history):
        assert "[" not in others_brackets(call)
        assert "secret" not in others_brackets(call)
    own = [m.content for call in actor.history for m in call.messages if m.role == "assistant"]
    assert "[secret] (nods) Aloud. [and more" in own
    assert all("[" not in message.content for message in played.conversation())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(alphabet="ab [](). \n", max_size=25), min_size=6, max_size=6))
def test_whatever_is_said_no_square_bracket_is_seen_by_others(texts):
    scene = Scene("s", "A room.", parts=(Part("Ana"), Part("Rui")))
    actor = Scripted([Completion(text) for text in texts])
    personae.run(play(scene, cast_for(scene, actor), Staging(InTurn(), rounds=6)))
    for call in actor.history:
        assert "[" not in others_brackets(call)


async def test_a_forced_prefix_is_the_script_and_costs_nothing(hut):
    actor = Scripted(lambda _: "Mine.")
    played = await play(hut, cast_for(hut, actor), Staging(directed("Lear", "Fool"), continue_from=4, rounds=6))
    assert [turn.line for turn in played.turns[:4]] == list(hut.script[:4])
    assert [turn.given for turn in played.turns] == [True] * 4 + [False] * 2
    assert [choice.why for choice in played.choices[:4]] == ["given"] * 4
    assert len(actor.history) == 2


async def test_the_scene_begins_with_the_first_of_the_script_or_whom_it_names(hut):
    silent = Staging(InTurn(), rounds=1)
    cast = cast_for(hut, Scripted(lambda _: "Hm."))
    with_environment = dataclasses.replace(silent, environment=Scripted(["Thunder."]))
    assert (await play(hut, cast, with_environment)).turns[0].speaker == "Environment"
    assert (await play(hut, cast, silent)).turns[0].speaker == "Lear"
    assert (await play(dataclasses.replace(hut, first="Kent"), cast, silent)).turns[0].speaker == "Kent"


async def test_an_actor_reads_scene_profile_company_and_only_their_own_motivation(hut):
    actor = Scripted(lambda _: "Hm.")
    await play(hut, cast_for(hut, actor), Staging(InTurn(), rounds=2))
    lear, fool = (call.messages[0].content for call in actor.history)
    assert 'You play Lear, a character of "King Lear", in a scene with Fool and Kent.' in lear
    assert "at most 60 words" in lear
    assert "A hut in a storm." in lear
    assert "An old king." in lear
    assert "The king's jester." in lear
    assert "I want to be loved." in lear
    assert "I must make him see." not in lear
    assert "I must make him see." in fool
    assert "I want to be loved." not in fool


async def test_talk_alternates_for_chat_models_and_begins_with_the_user(hut):
    actor = Scripted(lambda _: "Hm.")
    await play(hut, cast_for(hut, actor), Staging(AsWritten(), environment=actor))
    for call in actor.history:
        roles = [message.role for message in call.messages]
        assert roles[0] == "system"
        assert roles[1] == "user"
        assert roles[-1] == "user"
        assert all(a != b for a, b in itertools.pairwise(roles))


async def test_a_turn_of_thoughts_only_is_not_delivered_but_remembered_by_oneself(hut):
    answers = iter(["[I say nothing.]", "What?", "Nothing."])
    actor = Scripted(lambda _: next(answers))
    scene = Scene("s", "A room.", parts=(Part("Ana"), Part("Rui")))
    played = await play(scene, cast_for(scene, actor), Staging(InTurn(), rounds=3))
    rui, ana = actor.history[1].messages, actor.history[2].messages
    assert [m.content for m in rui if m.role != "system"] == ["(The scene begins.)"]
    assert "[I say nothing.]" in [m.content for m in ana]
    assert played.counts["undelivered"] == 1
    assert [m.content for m in played.conversation()] == ["What?", "Nothing."]


async def test_refused_empty_and_cut_off_turns_are_counted_and_only_words_are_delivered(hut):
    answers = iter([Completion("I cannot.", stop="refusal"), Completion(" "), Completion("I was go", stop="length")])
    actor = Scripted([next(answers) for _ in range(3)])
    played = await play(hut, cast_for(hut, actor), Staging(InTurn(), rounds=3))
    assert [turn.text for turn in played.turns] == ["", "", "I was go"]
    assert played.counts["outcomes"] == {"refused": 1, "empty": 1, "truncated": 1}
    assert played.counts["undelivered"] == 2


async def test_lines_of_others_and_repeated_openings_are_taken_off(hut):
    answers = iter(
        [
            "Lear: Blow, winds, and crack your cheeks! Rage!\nFool: Nuncle!",
            "Sing, and be merry.",
            "Blow, winds, and crack your cheek! Spout!",
        ]
    )
    scene = Scene("s", "A heath.", parts=(Part("Lear"), Part("Fool")))
    played = await play(scene, cast_for(scene, Scripted(lambda _: next(answers))), Staging(InTurn(), rounds=3))
    assert played.turns[0].text == "Blow, winds, and crack your cheeks! Rage!"
    assert (played.turns[2].text, played.turns[2].removed) == ("Spout!", "Blow, winds, and crack your cheek!")
    assert played.counts["openings removed"] == 1


async def test_each_account_holds_exactly_its_calls(hut):
    actor = Scripted(lambda _: "Hm, yes.")
    cast = cast_for(hut, actor)
    cast["Kent"] = dataclasses.replace(
        cast["Kent"], decode=BestOf(3, lambda context, persona, texts: [0.0] * len(texts))
    )
    staging = Staging(directed("Kent", "Lear", "Environment"), environment=Scripted(["Thunder."]), rounds=4)
    played = await play(dataclasses.replace(hut, first="Fool"), cast, staging)
    assert {who: total.calls for who, total in played.calls.items()} == {
        "Fool": 1,
        "director": 3,
        "Kent": 3,
        "Lear": 1,
        "Environment": 1,
    }
    assert played.calls["Kent"].usage.completion_tokens == 6


async def test_turns_have_seeds_of_their_own(hut):
    actor = Scripted(lambda _: "Hm.")
    await play(hut, cast_for(hut, actor, settings=Settings(seed=10)), Staging(InTurn(), rounds=3))
    assert [call.settings.seed for call in actor.history if call.settings] == [10, 11, 12]


async def test_a_scene_with_ones_own_personas_needs_no_record():
    ana = Persona(
        name="Ana", summary="An archivist.", statements=[{"id": "s1", "text": "I keep maps."}], greetings=("Hi!",)
    )
    rui = Persona(
        name="Rui", scenario="Rui is on the phone with {{user}}.", prompting={"system": "Be brief. {{original}}"}
    )
    scene = joined(Scene("bench", "A bench in the park."), {"Ana": ana, "Rui": rui})
    actor = Scripted(lambda _: "Hello.")
    played = await play(scene, cast_for(scene, actor, {"Ana": ana, "Rui": rui}), Staging(InTurn(), rounds=2))
    assert [turn.speaker for turn in played.turns] == ["Ana", "Rui"]
    first, second = (call.messages[0].content for call in actor.history)
    assert "You keep maps." in first
    assert "Hi!" not in str(actor.history[0])
    assert second.startswith("Be brief. You play Rui in a scene with Ana.")
    assert "on the phone" not in second
    assert "- Ana: An archivist." in second
    assert "maps" not in second


async def test_any_agent_may_play_a_part_under_its_name(hut):
    cast = cast_for(hut, Scripted(lambda _: "Hm."))
    cast["Lear"] = Agent(Persona(name="Ana", description="An archivist."), Scripted(["As a king I say: hm."]))
    played = await play(hut, cast, Staging(InTurn(), rounds=1))
    assert (played.turns[0].speaker, played.turns[0].text) == ("Lear", "As a king I say: hm.")


async def test_profiles_of_others_are_shortened_before_the_talk_is_forgotten():
    long = "He is loyal. " * 400
    scene = Scene("s", "A room.", parts=(Part("Ana"), Part("Rui", long)), script=(Line("Rui", "Well? " * 20),))

    class Small(Scripted):
        context = 700

    actor = Small(lambda _: "Hm.")
    await play(
        scene, cast_for(scene, actor, settings=Settings(max_tokens=20)), Staging(InTurn(), rounds=2, continue_from=1)
    )
    prompt = "\n".join(m.content for m in actor.history[0].messages)
    assert "Well? Well?" in prompt
    assert "- Rui: He is loyal." in prompt
    assert len(prompt) < 2500
    Small.context = 60
    with pytest.raises(ContextOverflow):
        await play(scene, cast_for(scene, actor, settings=Settings(max_tokens=20)), Staging(InTurn(), rounds=2))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"continue_from": 6}, "a script of 5 turns, 6 cannot be given"),
        ({"rounds": 0}, "cannot play 0 rounds"),
        ({"continue_from": 21}, "cannot play 20 rounds of which 21"),
    ],
)
async def test_impossible_wishes_are_refused_before_any_call(hut, change, reason):
    actor = Scripted()
    with pytest.raises(UsageError, match=reason):
        await play(hut, cast_for(hut, actor), Staging(InTurn(), **change))
    assert not actor.history


async def test_cast_and_scene_must_fit(hut):
    actor = Scripted()
    cast = cast_for(hut, actor)
    with pytest.raises(UsageError, match="cast and scene differ in \\['Kent'\\]"):
        await play(hut, {name: cast[name] for name in ("Lear", "Fool")}, Staging(InTurn()))
    with pytest.raises(UsageError, match="has no part 'Cordelia'"):
        cast_for(hut, actor, {"Cordelia": Persona(name="Cordelia")})
    with pytest.raises(UsageError, match="nobody is in the scene"):
        cast_for(Scene("s", "A room."), actor)
    twins, bare = hut.with_parts(Part("LEAR")), dataclasses.replace(hut, script=())
    with pytest.raises(UsageError, match="cannot be told from"):
        await play(twins, cast_for(twins, actor), Staging(InTurn()))
    with pytest.raises(UsageError, match="no script"):
        await play(bare, cast_for(bare, actor), Staging(AsWritten()))
    with pytest.raises(UsageError, match="should begin"):
        await play(dataclasses.replace(hut, first="Edgar"), cast, Staging(InTurn()))


async def test_a_failing_model_ends_the_play_with_its_error(hut):
    with pytest.raises(ModelUnreachable):
        await play(hut, cast_for(hut, Scripted([ModelUnreachable("gone")])), Staging(InTurn()))


async def test_a_played_scene_is_plain_json_and_comes_back_equal(hut, tmp_path):
    actor = Scripted(lambda messages: f"[Hm.] {len(messages)} \ud83d\ude00")
    played = await play(hut, cast_for(hut, actor), Staging(directed("Nobody", "Lear", END), rounds=4, continue_from=1))
    played.write(tmp_path / "out.json")
    again = load_played(tmp_path / "out.json")
    assert again.to_dict() == played.to_dict() == json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert again.turns == played.turns
    assert again.choices == played.choices
    assert again.scene == dataclasses.replace(hut, notes=())


async def test_an_actors_conversation_keeps_own_thoughts_only(hut):
    played = await play(hut, cast_for(hut, Scripted()), Staging(InTurn(), rounds=4, continue_from=4))
    fool = played.conversation("Fool")
    assert [(m.role, m.name, m.content) for m in fool] == [
        ("user", "Environment", "Thunder rolls over the heath."),
        ("user", "Lear", "(shivers) Come on, my boy. Art cold?"),
        ("assistant", "Fool", "[He is kind again.]"),
        ("user", "Kent", "(opens the door) Good my lord, enter here."),
    ]
    assert "Fool" not in [message.name for message in played.conversation()]


async def test_every_scene_of_the_collection_can_be_played_as_written(data_dir):
    for name in ("test_set_public_domain_books.json", "Othello.json"):
        for scene in load_scenes(data_dir / "coser_public_domain" / name):
            actor = Scripted(lambda _: "[Mine.] (nods) So be it.")
            staging = Staging(AsWritten(), environment=actor, continue_from=3)
            played = await play(scene, cast_for(scene, actor), staging)
            assert [turn.speaker for turn in played.turns] == [line.speaker for line in scene.script]
            assert all("[" not in others_brackets(call) for call in actor.history)
