"""`personae score apc` reads a talk, prints lists for people and everything as JSON for programs."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from personae.cli._apc import apc, read_dialogue
from personae.errors import FormatError, PersonaeError, UsageError
from personae.models.pairs.scripted import ScriptedPairs

HOME, PET = "I live by the sea.", "I own a dog."
TALK = [
    {"role": "system", "content": "Play Ana."},
    {"role": "user", "content": "Where do you live?"},
    {"role": "assistant", "content": "Near the sea."},
    {"role": "user", "content": "Any pets?"},
    {"role": "assistant", "content": "I am allergic to dogs."},
]


@pytest.fixture(autouse=True)
def scripted(monkeypatch):
    """The pair scorer of every call in this file."""
    pairs = ScriptedPairs(
        {("Near the sea.", HOME): (0.0, 0.1, 0.9), ("I am allergic to dogs.", PET): (0.8, 0.2, 0.0)},
        {(HOME, "Where do you live?"): 1.0, (PET, "Any pets?"): 1.0},
    )
    monkeypatch.setattr("personae.models.registry.open_pair_scorer", lambda spec: pairs)
    return pairs


@pytest.fixture
def ana(tmp_path):
    path = tmp_path / "ana.yaml"
    path.write_text(f"personae: 1\nname: Ana\nstatements:\n- {{id: home, text: {HOME}}}\n- {{id: pet, text: {PET}}}\n")
    return path


@pytest.fixture
def run(ana, tmp_path):
    def call(talk, *options, name="talk.json"):
        path = tmp_path / name
        path.write_text(talk if isinstance(talk, str) else json.dumps(talk), "utf-8")
        return CliRunner().invoke(apc, ["--persona", str(ana), "--dialogue", str(path), *options])

    return call


def test_json_holds_the_numbers_the_lists_and_the_matrix(run):
    data = json.loads(run(TALK, "--json").stdout)
    assert data["apc"]["mean"] == pytest.approx((0.9 + 1.0 + 1.0 + 0.0) / 2)
    assert data["apc"]["minimum"] == pytest.approx(1.0)
    assert data["delta_apc_per_asked"] == pytest.approx(0.45)
    assert data["c_score"] == 0.0
    assert data["worst"]["statement_id"] == "pet"
    assert [cell["statement_id"] for cell in data["shown"]] == ["home"]
    assert data["matrix"]["contradiction"] == [[0.0, 0.0], [0.0, 0.8]]
    assert [each["apc"] for each in data["per_reply"]] == pytest.approx([1.9, 1.0])
    assert data["validity"] == "ok"


def test_people_read_which_statement_was_broken_by_which_reply(run):
    result = run(TALK)
    assert result.exit_code == 0
    assert "0.80  I own a dog.  ←  [2] I am allergic to dogs." in result.stdout
    assert "Ana: 2 replies × 2 statements" in result.stdout
    assert "scorer scripted" in result.stderr


def test_other_shapes_of_a_dialogue_are_read(run):
    plain = run(TALK, "--json").stdout
    assert run({"messages": TALK, "model": "x"}, "--json").stdout == plain
    parts = [each | {"content": [{"type": "text", "text": each["content"]}]} for each in TALK]
    assert run(parts, "--json").stdout == plain
    events = "\n".join(json.dumps({"event": "message", **each}) for each in TALK)
    assert run(events, "--json", name="talk.jsonl").stdout == plain


def test_replies_may_be_read_together_with_what_they_answer(run, scripted):
    run(TALK, "--with-query")
    assert ("Any pets? [SEP] I am allergic to dogs.", PET) in scripted.history


@pytest.mark.parametrize(
    ("talk", "error", "said"),
    [
        ("{", FormatError, "is no JSON"),
        ("[" * 100_000, FormatError, "is no JSON"),
        ({"turns": []}, FormatError, "neither a list of messages"),
        ([{"role": "assistant"}], FormatError, "message 0"),
        ([{"role": "narrator", "content": "x"}], FormatError, "narrator"),
        ([["assistant", "x"]], FormatError, "message 0"),
        ([{"role": "user", "content": "Hi"}], UsageError, "no reply to score"),
        ([{"role": "assistant", "content": " "}], UsageError, "1 empty"),
    ],
)
def test_what_is_no_talk_is_one_line_that_says_so(run, talk, error, said):
    result = run(talk)
    assert isinstance(result.exception, PersonaeError | error)
    assert said in str(result.exception)


def test_json_gives_a_reason_where_there_is_no_number(run):
    data = json.loads(run([{"role": "assistant", "content": " "}], "--json").stdout)
    assert data["reason"] == "1 empty"
    assert "apc" not in data
    first = json.loads(run([{"role": "assistant", "content": "Near the sea."}], "--json").stdout)
    assert first["apc"] == {"mean": None, "minimum": None, "slope": None}
    assert first["c_score"] == 1.0


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "content", "messages", "type", "text", "name"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_a_talk_or_a_format_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("talk") / "talk.json"
    path.write_text(json.dumps(data), "utf-8")
    try:
        messages = read_dialogue(path)
    except FormatError:
        return
    assert all(isinstance(message.content, str) for message in messages)


def test_a_scorer_below_its_gate_is_said_so(run, monkeypatch):
    class Weak(ScriptedPairs):
        @property
        def provenance(self):
            return {"checkpoint": "abc", "data": "open-1", "validity": "below_gate"}

    monkeypatch.setattr("personae.models.registry.open_pair_scorer", lambda spec: Weak())
    assert "below_gate" in run(TALK).stderr
    assert json.loads(run(TALK, "--json").stdout)["validity"] == "below_gate"
