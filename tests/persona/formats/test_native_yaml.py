"""Our own YAML: what is read is written back, an edit touches its lines, hostile files give one line."""

from __future__ import annotations

import difflib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, UnsafeFile
from personae.persona.find import starter_paths
from personae.persona.formats import dumps, load, loads
from personae.persona.persona import Persona

FILE = """# my persona
personae: 1   # the version
name: "Ana"
identity:
  age: 34
tags: [a,   b]
description: >
  folded text
  here

# the facts
statements:
- id: s1   # first
  text: I am an archivist.
  kind: work

- {id: s2, text: I like tea.}
- I live in Porto.
goals:
    - 'to rest'   # really
    - to mend
greetings:
  - |
    Hello.

    You.
"""

TEXTS = st.text(max_size=40)
NAMES = st.text(min_size=1, max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
STATEMENTS = st.lists(
    st.fixed_dictionaries({"id": NAMES, "text": NAMES}), max_size=4, unique_by=lambda statement: statement["id"]
)
PERSONAS = st.builds(
    lambda **fields: Persona.model_validate(fields),
    name=NAMES,
    description=TEXTS,
    statements=STATEMENTS,
    goals=st.lists(TEXTS, max_size=3),
    greetings=st.lists(TEXTS, max_size=2),
    identity=st.fixed_dictionaries({"demographics": st.dictionaries(TEXTS, TEXTS, max_size=3)}),
    lorebook=st.none()
    | st.fixed_dictionaries({"entries": st.lists(st.fixed_dictionaries({"content": TEXTS}), max_size=2)}),
    extensions=st.dictionaries(TEXTS, JSON, max_size=3),
)


def changed_lines(persona: Persona, before: str = FILE) -> list[str]:
    after = dumps(persona, "yaml").decode()
    assert loads(after.encode()).content_hash == persona.content_hash
    diff = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
    return [line for line in diff if not line.startswith("@@")]


def test_an_unchanged_persona_is_written_back_byte_for_byte():
    assert dumps(loads(FILE.encode()), "yaml") == FILE.encode()


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
def test_line_ends_and_byte_order_marks_survive(mark):
    data = mark + FILE.replace("\n", "\r\n").encode()
    assert dumps(loads(data), "yaml") == data


def test_renaming_touches_one_line_and_keeps_the_quotes():
    assert changed_lines(loads(FILE.encode()).edited(name="Rui")) == ['-name: "Ana"', '+name: "Rui"']


def test_rewording_a_fact_touches_its_line_and_keeps_comments():
    ana = loads(FILE.encode())
    facts = (ana.statements[0].model_copy(update={"text": "I am a nurse: really # no"}), *ana.statements[1:])
    lines = changed_lines(ana.edited(statements=facts))
    assert lines == ["-  text: I am an archivist.", "+  text: 'I am a nurse: really # no'"]


def test_a_new_fact_is_inserted_where_it_belongs():
    ana = loads(FILE.encode())
    new = {"id": "n1", "text": "I sing."}
    lines = changed_lines(ana.edited(statements=(ana.statements[0], new, *ana.statements[1:])))
    assert lines == ["+- id: n1", "+  text: I sing."]


def test_a_removed_fact_takes_only_its_own_lines():
    ana = loads(FILE.encode())
    assert changed_lines(ana.edited(statements=ana.statements[:-1])) == ["-- I live in Porto."]


def test_a_goal_in_the_middle_keeps_the_comments_of_its_neighbours():
    ana = loads(FILE.encode())
    assert changed_lines(ana.edited(goals=["to rest", "to sing", "to mend"])) == ["+    - to sing"]


def test_a_number_where_text_belongs_is_read_as_text():
    assert loads(FILE.encode()).identity.age == "34"


def test_facts_may_be_plain_lines_and_get_an_id_and_a_kind():
    home = loads(FILE.encode()).statements[2]
    assert (home.text, home.kind, home.person) == ("I live in Porto.", "residence", "first")


@given(PERSONAS)
def test_any_persona_comes_back_from_a_fresh_file(persona):
    data = dumps(persona, "yaml")
    again = loads(data, "yaml")
    assert again.content_hash == persona.content_hash
    assert dumps(again, "yaml") == data


@given(PERSONAS, PERSONAS)
def test_any_edit_of_any_file_is_read_back_as_edited(before, after):
    read = loads(dumps(before, "yaml"), "yaml")
    edited = after.model_copy().read_from(read.original)
    assert loads(dumps(edited, "yaml"), "yaml").content_hash == after.content_hash


def test_every_starter_survives_and_an_edit_of_its_name_touches_one_line():
    for path in starter_paths().values():
        if path.suffix == ".yaml":
            persona = load(path)
            text = path.read_text(encoding="utf-8")
            assert dumps(persona, "yaml").decode() == text
            assert len(changed_lines(persona.edited(name="Zed"), text)) == 2


def test_many_small_edits_of_a_starter_touch_only_their_lines():
    path = next(path for path in starter_paths().values() if path.suffix == ".yaml")
    persona, text = load(path), path.read_text(encoding="utf-8")
    facts = list(persona.statements)
    facts[2] = facts[2].model_copy(update={"text": "I now say: 'so' # 3"})
    del facts[5]
    facts.insert(0, {"id": "new-fact", "text": "New.", "probe": {"question": "New?", "answer": "yes"}})
    life = persona.life.model_copy(update={"loves": ("rope", *persona.life.loves[1:])})
    edited = persona.edited(statements=facts, life=life, greetings=("One.\n\n*Two* {{user}}", *persona.greetings))
    assert len(changed_lines(edited, text)) < 25


@pytest.mark.parametrize("value", [True, {"a": None}, "x", [], [[1], {"b": [2]}], "\x07\U0001f600"])
def test_a_value_may_change_its_shape(value):
    before = loads(b"personae: 1\nname: x\nextensions:\n  a: [1]\n  b:\n    - 1\n    - 2\n")
    after = before.edited(extensions={"a": value, "b": value})
    assert loads(dumps(after, "yaml")).extensions == {"a": value, "b": value}


HOSTILE = {
    "aliases": (b"personae: 1\nname: &a x\nsummary: *a\n", "line 2", "alias"),
    "a tag": (b"personae: 1\nname: !!python/object:os.system x\n", "line 2", "tag"),
    "a key twice": (b"personae: 1\nname: a\nname: b\n", "line 3", "twice"),
    "no version": (b"name: Ana\nlanguage: en\n", "x.yaml", "personae: 1"),
    "a newer version": (b"personae: 2\nname: Ana\n", "version 2", "update"),
    "a version of words": (b"personae: new\nname: Ana\n", "line 1", "'new'"),
    "an unknown key": (b"personae: 1\nname: Ana\nnmae: x\n", "line 3: nmae", "extensions"),
    "a wrong type": (b"personae: 1\nname: Ana\nspeech:\n  humour: loud\n", "line 4: speech.humour", "number"),
    "broken quotes": (b'personae: 1\nname: "Ana\n', "line", "not valid YAML"),
    "a tab": (b"personae: 1\nidentity:\n\tage: 3\n", "line 3", "not valid YAML"),
    "bytes": (b"personae: 1\nname: \xff\n", "line 2", "UTF-8"),
    "a zero": (b"personae: 1\nname: a\0b\n", "line 2", "zero byte"),
    "two documents": (b"personae: 1\nname: a\n---\npersonae: 1\n", "line 4", "second document"),
    "a list": (b"- personae: 1\n", "line 1", "keys and values"),
    "nothing": (b"# only a comment\n", "x.yaml", "empty"),
    "ids twice": (b"personae: 1\nname: a\nstatements:\n- {id: a, text: b}\n- {id: a, text: c}\n", "line 4", "'a'"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_gives_one_line_with_file_place_and_reason(what):
    data, place, reason = HOSTILE[what]
    with pytest.raises(FormatError) as caught:
        loads(data, name="x.yaml")
    message = str(caught.value)
    assert "'x.yaml'" in message
    assert place in message
    assert reason in message
    assert "\n" not in message


def test_deep_nesting_is_unsafe_and_not_a_crash():
    with pytest.raises(FormatError):
        loads(b"personae: 1\nname: a\nextensions: " + b"[" * 5000, name="x.yaml")
    with pytest.raises(UnsafeFile):
        loads(b"personae: 1\nname: a\nextensions: {a: " + b"[" * 60 + b"]" * 60 + b"}", name="x.yaml")


def test_a_file_above_ten_megabytes_is_not_read(tmp_path):
    path = tmp_path / "big.yaml"
    path.write_bytes(b"#" * (10 * 1024 * 1024 + 1))
    with pytest.raises(UnsafeFile, match="10 MB"):
        load(path)


def test_a_thousand_facts_are_read_and_edited_in_three_seconds():
    facts = [{"id": f"s{i}", "text": f"I know that the house number {i} is red."} for i in range(1000)]
    data = dumps(Persona(name="x", statements=facts), "yaml")
    start = time.process_time()
    dumps(loads(data).edited(name="y"), "yaml")
    assert time.process_time() - start < 3
