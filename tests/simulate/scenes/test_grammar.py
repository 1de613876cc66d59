"""Speech, (action) and [thought]: what is which, and who sees it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.simulate.scenes import balanced, load_scenes, pieces, visible
from personae.simulate.scenes.grammar import from_marked

TURNS = st.text(alphabet=st.sampled_from("ab .\n()[]（）［］<think></think>"), max_size=60) | st.text(max_size=60)
TAGGED = st.lists(
    st.sampled_from(["[", "]", "(", ")", "<think>", "</think>", "</THINKING>", "word", " ", "\n", "［", "］"]),
    max_size=30,
).map("".join)


@settings(deadline=None)
@given(TURNS | TAGGED)
def test_no_bracket_of_a_thought_reaches_another_view(message):
    assert not set(visible(message)) & set("[]［］")


@settings(deadline=None)
@given(TURNS | TAGGED)
def test_nothing_is_lost_for_oneself(message):
    assert "".join(piece.text for piece in pieces(message)) == message


@settings(deadline=None)
@given(TURNS | TAGGED)
def test_what_others_see_is_the_speech_and_the_actions_without_blanks(message):
    def letters(text):
        return [letter for letter in text if not letter.isspace() and letter not in "()（）"]

    open_to_all = "".join(piece.text for piece in pieces(message) if piece.kind != "thought")
    assert letters(visible(message)) == letters(open_to_all)


@settings(deadline=None)
@given(st.text(alphabet="ab .,\n", max_size=40), st.text(alphabet="ab .,()\n", max_size=20))
def test_a_turn_with_paired_brackets_keeps_its_thought_and_shows_the_rest(said, thought):
    message = f"{said}[{thought}]{said}"
    assert [piece.text for piece in pieces(message) if piece.kind == "thought"] == [f"[{thought}]"]
    assert visible(message).split() == (said + said).split() or visible(message).split() == f"{said} {said}".split()


@pytest.mark.parametrize(
    ("message", "seen"),
    [
        ("[I must lie.] Good evening.", "Good evening."),
        ("Good evening. [I must", "Good evening."),
        ("I must lie.] Good evening.", "Good evening."),
        ("[a] Yes. b] No.", "No."),
        ("[outer [inner] still] Aloud.", "Aloud."),
        ("[first line\nsecond line] Aloud.", "Aloud."),
        ("(smiles [liar] warmly) Welcome.", "(smiles warmly) Welcome."),
        ("([liar]) Welcome.", "Welcome."),
        ("［嘘だ］（笑う）どうぞ。", "（笑う）どうぞ。"),
        ("<think>The king lies.</think> My lord!", "My lord!"),
        ("The king lies.</think> My lord!", "My lord!"),
        ("<think>odd [ bracket</think> My lord!", "My lord!"),
        ("[odd </think> tag] My lord!", "My lord!"),
        ("[I plan </think> still planning", ""),
        ("[a <think> b ] c [ d </think> e ] f", "f"),
        ("< think >a plan</ THINKING > My lord!", "My lord!"),
        ("[Say nothing.]", ""),
        ("[", ""),
        ("", ""),
    ],
)
def test_odd_brackets_are_read_to_the_safe_side(message, seen):
    assert visible(message) == seen


@pytest.mark.parametrize(
    ("message", "kinds"),
    [
        ("(nods) Yes.", ["action", "speech"]),
        ("(nods (slowly)) Yes.", ["action", "speech"]),
        ("Well :( no", ["speech"]),
        ("1) first 2) second", ["speech"]),
        ("[he (the king) lies]", ["thought"]),
        ("(a [b) c] d)", ["action", "thought", "action"]),
        ("", []),
    ],
)
def test_round_brackets_are_actions_where_they_come_in_pairs(message, kinds):
    assert [piece.kind for piece in pieces(message)] == kinds


@pytest.mark.parametrize("message", ["(a", "a)", "[a", "a]", "<think>a", "a</think>", "[a <think>] b", "(]", "([)]"])
def test_brackets_without_partners_are_noticed(message):
    assert not balanced(message)


def test_a_hostile_turn_is_read_in_time():
    started = time.process_time()
    for message in ("[" * 50_000 + "]" * 50_000, "(" * 50_000, "[a]" * 30_000, "(a)" * 30_000, "<think" * 20_000):
        pieces(message), visible(message), balanced(message)
    assert time.process_time() - started < 5


def test_marked_turns_become_this_grammar():
    marked = [("A", "(thinking)", "He lies."), ("A", "(speaking)", "Hm."), ("B", "(sighs)", "So?"), ("A", "", "No.")]
    assert list(from_marked(marked)) == [("A", "[He lies.] Hm."), ("B", "(sighs) So?"), ("A", "No.")]


def test_all_792_messages_of_the_collection_parse(data_dir):
    files = ("test_set_public_domain_books.json", "King_Lear.json", "Othello.json")
    scenes = [scene for name in files for scene in load_scenes(data_dir / "coser_public_domain" / name)]
    messages = [line.text for scene in scenes for line in scene.script]
    kinds = [{piece.kind for piece in pieces(message)} for message in messages]
    assert (len(scenes), len(messages)) == (71, 792)
    assert sum("thought" in found for found in kinds) == 693
    assert sum("action" in found for found in kinds) == 301
    assert all(balanced(message) and visible(message) for message in messages)
    assert sum(line.speaker != "Environment" for scene in scenes for line in scene.script) == 705
