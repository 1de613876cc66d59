"""The smaller parts: memories, tidying, surface overlap."""

from __future__ import annotations

import pytest

from personae.models import Scripted
from personae.simulate.scenes import (
    AsWritten,
    InTurn,
    Line,
    Note,
    Part,
    Recollections,
    Scene,
    Staging,
    cast_for,
    load_scene,
    play,
)
from personae.simulate.scenes.recall import own_notes
from personae.simulate.scenes.surface import surface_overlap
from personae.simulate.scenes.tidy import opening, own_lines, without_repeated_opening
from personae.types import Conversation, Message


def talk(*texts: str) -> Conversation:
    return Conversation(tuple(Message("user", text, name="Lear") for text in texts))


def test_nobody_remembers_the_plot_of_the_scene_or_anothers_experience(hut):
    assert [note.text for note in own_notes(hut, "Fool")] == [
        "The king divides his kingdom among his daughters.",
        "I sang of two crowns of an egg.",
    ]


def test_no_memory_of_the_collection_comes_from_its_own_plot(data_dir):
    scene = load_scene(data_dir / "coser_public_domain" / "King_Lear.json", "King Lear-0-0")
    own = [note.text for note in scene.notes if note.plot == 0]
    remembered = {note.text for name in scene.cast for note in own_notes(scene, name)}
    assert own
    assert not remembered & set(own)
    assert len(own_notes(scene, "Cordelia")) == 17 + 2


async def test_memories_come_by_the_last_three_messages():
    notes = (Note("Islands lay ahead.", 1), Note("Cook burned the soup.", 2), Note("A whale was seen.", 3))
    memory = Recollections(notes, k=2)
    recalled = await memory.recall(talk("A whale!", "one", "two", "Who made soup?"))
    assert recalled.facts == ("Cook burned the soup.",), "the whale is four messages ago, and no word shared is none"
    both = await memory.recall(talk("soup", "whale"))
    assert both.facts == ("Cook burned the soup.", "A whale was seen.")
    assert (await memory.recall(Conversation())).facts == ()


async def test_what_comes_to_mind_stands_in_the_prompt_and_nothing_of_the_scenes_plot(hut):
    actor = Scripted(lambda _: "Hm.")
    await play(hut, cast_for(hut, actor, recall=3), Staging(AsWritten(), continue_from=4, rounds=5))
    prompt = actor.history[0].messages[0].content
    assert "rages on the heath" not in prompt
    assert "shiver in the rain" not in prompt
    lear = Scripted(lambda _: "My daughters, my kingdom!")
    await play(hut, cast_for(hut, lear, recall=3), Staging(InTurn(), rounds=2))
    assert (
        "What Fool remembers:\n- The king divides his kingdom among his daughters."
        in lear.history[1].messages[0].content
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Who knocks?\nKent: A friend.", "Who knocks?"),
        ("Who knocks?\n**KENT:** A friend.\nMe: hm", "Who knocks?"),
        ("Kent: I am here.\nYes.", "Kent: I am here.\nYes."),
        ("I say to Kent: come in.\nNow.", "I say to Kent: come in.\nNow."),
    ],
)
def test_lines_for_others_are_cut_where_they_begin(text, kept):
    assert own_lines(text, ["Kent"]) == kept


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("[I wait.] Yes.", "[I wait.]"),
        ('"Enough!" I say.', '"Enough!"'),
        ("no end here", "no end here"),
        ("First – second.", "First –"),
        ("", ""),
    ],
)
def test_an_opening_is_a_thought_an_action_or_a_clause(text, first):
    assert opening(text) == first


def test_short_manners_of_speech_are_not_repeats():
    assert without_repeated_opening("My lord! Come in.", ["My lord! Go."]) == ("My lord! Come in.", "")


def test_a_turn_is_never_emptied():
    same = "I tell you once again, no."
    assert without_repeated_opening(same, [same]) == (same, "")


def test_an_opening_that_differs_enough_stays():
    text = "I tell you once again, no. Leave!"
    assert without_repeated_opening(text, ["I ask you once again, who? Speak!"]) == (text, "")


async def test_surface_overlap_compares_what_was_played_with_the_rest_of_the_script():
    script = (Line("Ana", "Good evening to you all."), Line("Rui", "[Late.] the cat sat on the mat"))
    scene = Scene("s", "A room.", parts=(Part("Ana"), Part("Rui")), script=script)
    actor = Scripted(["[Hm.] the cat sat on the mat", "and more"])
    played = await play(scene, cast_for(scene, actor), Staging(AsWritten(), continue_from=1))
    bleu, rouge = surface_overlap(played)
    assert (bleu.value, rouge.value) == (pytest.approx(1.0), 1.0)
    assert bleu.n == 1
    assert bleu.details["given turns"] == 1


async def test_without_script_or_words_there_is_a_reason_and_no_zero(hut):
    scene = Scene("s", "A room.", parts=(Part("Ana"), Part("Rui")))
    played = await play(scene, cast_for(scene, Scripted(lambda _: "Hm.")), Staging(InTurn(), rounds=2))
    assert [m.reason for m in surface_overlap(played)] == ["the scene has no script"] * 2
    silent = await play(hut, cast_for(hut, Scripted(lambda _: "[Hm.]")), Staging(InTurn(), rounds=2))
    assert [m.reason for m in surface_overlap(silent)] == ["nothing visible was played"] * 2
