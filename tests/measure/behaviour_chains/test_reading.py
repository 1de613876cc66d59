"""Chain files: round trip, the released form, and whatever else may stand in a file."""

from __future__ import annotations

import contextlib
import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, UsageError
from personae.measure.behaviour_chains import Chain, Node, load_chains, own_chains, save_chains
from personae.measure.behaviour_chains.reading import _chain, dumped

RELEASED = {
    "title": "A made-up book",
    "profile": {"Name": "Ana Reis", "Gender": "female", "Relationships": {"Rui": "brother"}, "Likes": ["rain", "maps"]},
    "examples": [
        {"summary_refined": "It began with rain."},
        {
            "summary_refined": "The door is open.",
            "options_out_of_order": {"a": "She waits.", "b": "She goes in.", "c": "She calls.", "d": "She sings."},
            "right_option_index": "b",
        },
        {
            "summary_refined": "The stairs creak.",
            "options_out_of_order": {"a": "She stops.", "b": "She runs.", "c": "She laughs.", "d": "She listens."},
            "right_option_index": "d)",
        },
    ],
}

TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(str.strip)


def test_what_is_written_is_read_back(tmp_path):
    save_chains(tmp_path / "chains.jsonl", own_chains())
    assert load_chains(tmp_path / "chains.jsonl") == own_chains()
    first = (tmp_path / "chains.jsonl").read_text("utf-8").splitlines()[0]
    assert json.loads(first)["chain"] == 1


def test_nothing_is_written_for_no_chains(tmp_path):
    with pytest.raises(UsageError):
        save_chains(tmp_path / "chains.jsonl", [])
    assert not list(tmp_path.iterdir())


def test_the_released_form_is_read_with_its_first_example_as_history(tmp_path):
    (tmp_path / "book.json").write_text(json.dumps(RELEASED), "utf-8")
    (chain,) = load_chains(tmp_path / "book.json")
    assert (chain.id, chain.character, chain.people, chain.history) == (
        "book",
        "Ana Reis",
        ("Rui",),
        "It began with rain.",
    )
    assert chain.nodes[0].options == ("She goes in.", "She waits.", "She calls.", "She sings.")
    assert chain.nodes[1].behaviour == "She listens."
    assert "Likes: rain, maps" in chain.profile


@pytest.mark.parametrize("change", ["no options", "three options", "right is e", "right is none", "no name"])
def test_the_faults_of_the_released_form_are_said_not_scored(tmp_path, change):
    tree = copy.deepcopy(RELEASED)
    node = tree["examples"][2]
    if change == "no options":
        del node["options_out_of_order"]
    elif change == "three options":
        del node["options_out_of_order"]["a"]
    elif change == "right is e":
        node["right_option_index"] = "e"
    elif change == "right is none":
        node["right_option_index"] = None
    else:
        tree["profile"]["Name"] = " "
    (tmp_path / "book.json").write_text(json.dumps(tree), "utf-8")
    with pytest.raises(FormatError, match=r"book\.json"):
        load_chains(tmp_path / "book.json")


def test_a_broken_line_is_named_with_its_number(tmp_path, rain):
    file = tmp_path / "c.jsonl"
    file.write_text(dumped(rain) + '\n{"chain": 2, "id": "x"}\n', "utf-8")
    with pytest.raises(FormatError, match="line 2"):
        load_chains(file)
    file.write_text(dumped(rain) + "\n" + dumped(rain) + "\n", "utf-8")
    with pytest.raises(FormatError, match="there twice"):
        load_chains(file)
    file.write_text("\n", "utf-8")
    with pytest.raises(FormatError, match="no chain"):
        load_chains(file)


def test_an_unknown_key_and_a_missing_distractor_are_refused(rain):
    tree = json.loads(dumped(rain))
    with pytest.raises(FormatError, match="behavior"):
        _chain({**tree, "behavior": 1}, "x", "x")
    tree["nodes"][2]["distractors"].pop()
    with pytest.raises(FormatError, match=r"nodes\.2\.distractors"):
        _chain(tree, "x", "x")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXT,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["chain", "id", "nodes", "examples", "profile", "character", "x"]), inner, max_size=5
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_chain_or_an_error_of_ours(tree):
    with contextlib.suppress(FormatError):
        assert isinstance(_chain(tree, "any", "any"), Chain)


@given(
    st.lists(st.tuples(TEXT, st.lists(TEXT, min_size=4, max_size=4, unique_by=str.strip)), min_size=2, max_size=4), TEXT
)
def test_any_chain_survives_a_line_of_json(rows, who):
    nodes = tuple(
        Node(context.strip(), options[0].strip(), tuple(text.strip() for text in options[1:]))
        for context, options in rows
    )
    chain = Chain("any", who.strip(), nodes)
    line = dumped(chain)
    assert "\n" not in line
    assert _chain(json.loads(line), "any", "any") == chain
