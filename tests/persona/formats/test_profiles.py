"""Profiles of other projects: what each shape means, how one of many is picked, that an edit keeps the rest."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError
from personae.persona.formats import dumps, load, loads

PROFILE = {
    "index": 7,
    "mbti": "INTJ",
    "profile": {
        "name": "Mara Lind",
        "gender": "female",
        "age": "29",
        "region": "Bergen, Norway",
        "tone": "Mara speaks slowly.",
        "job": "boat builder",
        "personality": "Mara is calm. She is curious.",
        "advantages_and_disadvantages": "She is patient. She forgets names.",
        "hobby": "Mara carves birds.",
        "recent_worry_or_anxiety": "She worries about the yard.",
    },
    "unknown": {"kept": [1, None]},
}


def read(tree: object, name: str = "a.json"):
    return loads(json.dumps(tree).encode(), "profile_json", name)


def test_the_fields_of_the_sixteen_field_profile_find_their_place():
    mara = read(PROFILE)
    assert mara.name == "Mara Lind"
    assert (mara.identity.gender, mara.identity.age, mara.identity.region) == ("female", "29", "Bergen, Norway")
    assert (mara.identity.occupation, mara.speech.tone) == ("boat builder", "Mara speaks slowly.")
    assert mara.life.worry == "She worries about the yard."
    texts = [statement.text for statement in mara.statements]
    assert {"I work as a boat builder.", "She forgets names.", "Mara carves birds."} <= set(texts)


def test_every_fact_points_at_the_key_and_characters_it_was_read_from():
    for statement in read(PROFILE).statements:
        value = PROFILE["profile"][statement.source.section]
        assert statement.source.end <= len(value)


def test_an_untouched_profile_is_written_back_with_every_key_in_order():
    assert json.dumps(json.loads(dumps(read(PROFILE), "profile_json"))) == json.dumps(PROFILE)


def test_an_edit_changes_its_value_and_nothing_else():
    mara = read(PROFILE)
    facts = [
        fact.model_copy(update={"text": "She forgets faces."}) if fact.text == "She forgets names." else fact
        for fact in mara.statements
    ]
    edited = mara.edited(identity=mara.identity.model_copy(update={"age": "30"}), statements=facts)
    tree = json.loads(dumps(edited, "profile_json"))
    expected = json.loads(json.dumps(PROFILE))
    expected["profile"]["age"] = "30"
    expected["profile"]["advantages_and_disadvantages"] = "She is patient. She forgets faces."
    assert tree == expected


def test_unknown_short_values_are_demographics():
    person = read({"Age": 44, "Sex": "Female", "Marital status": "Widowed", "Household": "Lives alone"})
    assert (person.identity.age, person.identity.gender) == ("44", "Female")
    assert person.identity.demographics == {"Marital status": "Widowed", "Household": "Lives alone"}
    assert person.name == "Persona"


def test_a_one_line_persona_is_a_description():
    person = read({"persona": "A retired nurse who volunteers at a hospice"})
    assert person.description.startswith("A retired nurse")


def test_a_file_of_many_says_how_to_pick_one():
    data = b'{"name": "A"}\n{"name": "B"}\n'
    with pytest.raises(FormatError, match=r"2 profiles.*people\.jsonl#1"):
        loads(data, name="people.jsonl")
    assert loads(data, name="people.jsonl#2").name == "B"
    with pytest.raises(FormatError, match="'3'"):
        loads(data, name="people.jsonl#3")


def test_profiles_under_keys_are_picked_by_key_or_number():
    data = json.dumps({"u0": {"character_name": "BIANCA"}, "u1": {"character_name": "KAT"}}).encode()
    assert loads(data, name="c.json#u1").name == "KAT"
    assert loads(data, name="c.json#1").name == "BIANCA"


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=30) | st.integers(), min_size=1, max_size=5))
def test_any_flat_profile_survives_the_round_trip(tree):
    try:
        person = read(tree)
    except FormatError:
        return
    assert json.loads(dumps(person, "profile_json")) == tree


CHAT = """1 your persona: i read twenty books a year.
2 your persona: i'm a stunt double.
3 hello\thi , how are you ?
1 your persona: i only eat kosher.
2 partner's persona: i sew.
"""


def test_numbered_profiles_end_where_the_talk_begins():
    first, second = (loads(CHAT.encode(), name=f"v.txt#{n}") for n in (1, 2))
    assert [s.text for s in first.statements] == ["i read twenty books a year.", "i'm a stunt double."]
    assert [s.text for s in second.statements] == ["i only eat kosher."]
    assert dumps(first, "personachat") == CHAT.encode()


def test_joined_lines_and_json_lists_are_profiles_too():
    joined = loads(b"i like tea</s>i sew\n", name="p.txt")
    listed = loads(b'["i like tea", "i sew"]', name="p.json")
    assert [s.id for s in joined.statements] == [s.id for s in listed.statements]
    assert dumps(listed.read_from(None), "personachat") == b"your persona: i like tea\nyour persona: i sew\n"


def test_a_text_names_its_subject_and_is_written_back_as_it_was():
    text = "Ana Reis is an archivist.\r\nShe lives in Porto.\n"
    ana = loads(text.encode(), name="x.txt")
    assert ana.name == "Ana Reis"
    assert [s.kind for s in ana.statements] == ["work", "residence"]
    assert dumps(ana, "profile_text") == text.encode()
    assert b"I mend nets." in dumps(ana.edited(statements=[{"id": "a", "text": "I mend nets."}]), "profile_text")


def test_a_text_without_a_name_takes_the_files():
    assert loads(b"She reads.", name="old_ana.txt").name == "old ana"


@pytest.mark.parametrize(
    ("path", "name", "facts"),
    [
        ("characterchat/profiles_100.jsonl#1", "Ross Atkins", 40),
        ("prodigy/characters.json#u0", "BIANCA", 5),
        ("spectrum/profiles_45.json#1", "Leonard Hofstadter", 30),
        ("persona-hub/tool.jsonl#1", "Persona", 1),
        ("personachat/valid_self_original_no_cands.txt#1", "Persona", 4),
        ("personachat/valid_personas.json#1", "Persona", 3),
        ("personachat/per-val.txt#5", "Persona", 3),
        ("personagym/personas.json#2", "Persona", 1),
    ],
)
def test_profiles_of_released_data_sets_are_read(data_dir, path, name, facts):
    person = load(data_dir / path)
    assert person.name == name
    assert len(person.statements) >= facts


def test_every_released_sixteen_field_profile_survives_the_round_trip(data_dir):
    for line in (data_dir / "characterchat" / "profiles_100.jsonl").read_text(encoding="utf-8").splitlines()[:30]:
        assert json.loads(dumps(loads(line.encode(), "profile_json"), "profile_json")) == json.loads(line)
