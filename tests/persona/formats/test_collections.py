"""PRODIGy characters and DuLeMon sessions: what the released files hold, and that reading loses nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError
from personae.persona.formats import dumps, load, loads
from personae.persona.formats.dulemon import sessions
from personae.persona.formats.prodigy import characters, paraphrases, type_code
from personae.persona.persona import Persona

SESSION = {
    "bot_persona": ["B1: I sew.", "B2: I live in Porto."],
    "user_said_persona": ["U1: I have a dog."],
    "user_no_said_persona": ["U2:I am 30."],
    "conversation": ["Usr: Hello !", "Bot:Hi, how is the dog?\tU1", "Usr: Fine\tU1", "Bot: I was sewing.\tB1"],
    "own": {"kept": 1},
}
CHARACTER = {
    "character_name": "MARA",
    "movie_id": "m7",
    "gender": "female",
    "mbti": "introvert, intuitive, thinker, judger",
    "biography": ["I build boats.", "I forget names.", "I am calm."],
    "paraphrasis_1": ["Boats are what I build.", "Names slip my mind.", "Calm is what I am."],
    "paraphrasis_2": ["I make boats.", "I cannot keep names.", "Nothing upsets me."],
}


def as_bytes(tree):
    return json.dumps(tree, ensure_ascii=False).encode()


def test_the_sample_of_dulemon_has_its_sessions_turns_and_tags(data_dir):
    found = sessions((data_dir / "dulemon-sample" / "samples.json").read_bytes())
    turns = [turn for session in found for turn in session.turns]
    assert (len(found), len(turns), sum(turn.statement is not None for turn in turns)) == (20, 326, 139)


def test_the_released_characters_of_prodigy_are_all_read(data_dir):
    data = (data_dir / "prodigy" / "characters.json").read_bytes()
    found = characters(data)
    aligned = sum(character.aligned for character in found.values())
    assert (len(found), sum(len(character.biography) for character in found.values())) == (339, 2_833)
    assert round(aligned / len(found), 3) == 0.979
    assert all(type_code(character.mbti) for character in found.values())
    pairs = paraphrases(data)
    assert {pair.character for pair in pairs} == {id for id, character in found.items() if character.aligned}
    assert len(pairs) == 2 * sum(len(character.biography) for character in found.values() if character.aligned)


def test_every_released_record_is_written_back_as_it_was(data_dir):
    tree = json.loads((data_dir / "prodigy" / "characters.json").read_text("utf-8"))
    for id, record in [*list(tree.items())[::17], ("u7372", tree["u7372"])]:
        assert json.loads(dumps(loads(as_bytes({id: record})), "prodigy")) == record
    lines = (data_dir / "dulemon-sample" / "samples.json").read_text("utf-8").splitlines()
    for number in range(1, 21):
        bot = load(data_dir / "dulemon-sample" / f"samples.json#{number}")
        assert bot.language == "zh"
        assert json.loads(dumps(bot, "dulemon")) == json.loads(lines[number - 1])


def test_a_session_tells_whose_each_fact_is_and_which_was_never_said():
    session = sessions(as_bytes(SESSION))[0]
    assert [(s.id, s.speaker, s.text) for s in session.statements] == [
        ("B1", "self", "I sew."),
        ("B2", "self", "I live in Porto."),
        ("U1", "user", "I have a dog."),
        ("U2", "user", "I am 30."),
    ]
    assert session.unsaid == {"U2"}
    assert [turn.statement for turn in session.turns] == [None, "U1", "U1", "B1"]


def test_a_session_is_recognised_and_its_talk_is_an_example():
    bot = loads(as_bytes(SESSION))
    assert bot.original.format == "dulemon"
    assert [turn.speaker for turn in bot.examples[0].turns] == ["user", "char", "user", "char"]
    spans = [SESSION[s.source.section.split(".")[0]][int(s.source.section.split(".")[1])] for s in bot.statements]
    cut = [line[s.source.start : s.source.end] for line, s in zip(spans, bot.statements, strict=True)]
    assert cut == [s.text for s in bot.statements]


def test_an_edited_session_keeps_its_talk_and_the_tags_of_its_facts():
    bot = loads(as_bytes(SESSION))
    facts = [bot.statement("B2").model_copy(update={"text": "I live in Rome."}), *bot.statements[2:]]
    tree = json.loads(dumps(bot.edited(statements=[*facts, {"id": "s1", "text": "I knit."}]), "dulemon"))
    assert tree["bot_persona"] == ["B2: I live in Rome.", "B1: I knit."]
    assert {key: tree[key] for key in SESSION if key != "bot_persona"} == {
        key: SESSION[key] for key in SESSION if key != "bot_persona"
    }


def test_a_line_separator_inside_a_text_ends_no_line():
    odd = SESSION | {"bot_persona": ["B1: I sew.\u2028\x85Daily."]}
    found = sessions(as_bytes(odd) + b"\n" + as_bytes(SESSION) + b"\r\n")
    assert [len(session.statements) for session in found] == [3, 4]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"bot_persona": ["I sew."]}, "begins with its tag"),
        ({"bot_persona": ["U1: I sew."]}, "as in 'B1: …'"),
        ({"bot_persona": ["B1: I sew.", "B1: I knit."]}, "used twice"),
        ({"conversation": ["Hello"]}, "begins with 'Usr:' or 'Bot:'"),
        ({"conversation": ["Usr: Hello\tB9"]}, "no fact has the tag 'B9'"),
        ({"bot_persona": "B1: I sew."}, "bot_persona"),
    ],
)
def test_a_broken_session_says_where(change, fault):
    with pytest.raises(FormatError, match=fault):
        sessions(as_bytes(SESSION | change), "talks.json")


def test_a_character_has_a_type_and_statements_that_point_into_the_biography():
    mara = loads(as_bytes({"u1": CHARACTER}))
    assert (mara.original.format, mara.name, mara.identity.gender) == ("prodigy", "MARA", "female")
    assert (mara.personality.type, mara.personality.traits[0]) == ("INTJ", "introvert")
    assert [(s.text, s.source.section) for s in mara.statements][1] == ("I forget names.", "biography.1")


def test_a_removed_sentence_takes_its_paraphrases_with_it():
    mara = loads(as_bytes(CHARACTER))
    kept = [mara.statements[0].model_copy(update={"text": "I mend boats."}), mara.statements[2]]
    tree = json.loads(dumps(mara.edited(statements=kept, name="Mara"), "prodigy"))
    assert tree["biography"] == ["I mend boats.", "I am calm."]
    assert tree["paraphrasis_2"] == ["I make boats.", "Nothing upsets me."]
    assert (tree["character_name"], tree["movie_id"], tree["mbti"]) == ("Mara", "m7", CHARACTER["mbti"])


def test_paraphrases_are_paired_only_where_the_lists_are_aligned():
    short = CHARACTER | {"paraphrasis_1": ["Boats are what I build."]}
    pairs = paraphrases(as_bytes({"a": CHARACTER, "b": short}))
    assert {pair.character for pair in pairs} == {"a"}
    assert (pairs[1].sentence, pairs[1].paraphrase, pairs[1].version) == ("I build boats.", "I make boats.", 2)


def test_a_persona_from_elsewhere_can_be_written_in_both_shapes():
    ana = Persona(
        name="Ana", statements=[{"id": "a", "text": "I sew."}, {"id": "u", "text": "I ski.", "speaker": "user"}]
    )
    assert json.loads(dumps(ana, "prodigy"))["biography"] == ["I sew.", "I ski."]
    again = loads(dumps(ana, "dulemon"))
    assert [(s.speaker, s.text) for s in again.statements] == [("self", "I sew."), ("user", "I ski.")]


_LINES = st.lists(st.text(max_size=12) | st.from_regex(r"[BU]\d: [a-z ]{1,9}", fullmatch=True), max_size=3)
_TURNS = st.lists(
    st.from_regex(r"(Usr|Bot): ?[a-z ]{0,9}(\t[BU]\d)?", fullmatch=True) | st.text(max_size=9), max_size=3
)


@given(st.fixed_dictionaries({"bot_persona": _LINES, "user_said_persona": _LINES, "conversation": _TURNS}))
def test_any_session_is_read_and_written_back_or_refused_in_words(tree):
    try:
        bot = loads(as_bytes(tree), "dulemon")
    except FormatError:
        return
    assert json.loads(dumps(bot, "dulemon")) == tree


_SENTENCES = st.lists(st.text(max_size=12), max_size=4)


@given(
    st.fixed_dictionaries(
        {
            "character_name": st.text(min_size=1, max_size=5),
            "gender": st.text(max_size=4),
            "mbti": st.text("abc, ", max_size=9),
            "biography": _SENTENCES,
            "paraphrasis_1": _SENTENCES,
            "paraphrasis_2": _SENTENCES,
        }
    )
)
def test_any_character_survives_the_round_trip(tree):
    person = loads(as_bytes(tree), "prodigy")
    written = json.loads(dumps(person, "prodigy"))
    if tree["character_name"] == person.name:
        assert written == tree
