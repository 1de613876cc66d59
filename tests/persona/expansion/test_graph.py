"""A commonsense graph from the user's disk: three shapes, what is skipped, and what is near."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stubs.bag import BagOfWords

from personae.errors import FormatError, UnsafeFile
from personae.persona.expansion import Graph, GraphFacts, read_graph
from personae.persona.parts import Statement

RELEASE = {
    "i am a singer": {
        "head_third": "he is a singer",
        "attributes": {
            "skilled in breathing": {"final": {"majority": ["characteristic", "self", "distinctive"]}},
            "rehearse in the evening": {"final": {"majority": ["routine_habit", "self", "generic"]}},
            "i want to tour the world": {"final": {"majority": ["goal_plan", "self", "distinctive"]}},
            "my manager finds me work": {"final": {"majority": ["experience", "relationship", "generic"]}},
            "odd": {"final": {"majority": ["no such relation"]}},
        },
    }
}
PLAIN = {"I am a singer.": {"routine_habit": ["rehearse in the evening", 7], "experience": ["sung on a ship"]}}
ROWS = ["i am a singer\troutine_habit\trehearse in the evening", "i am a singer\tgoal_plan\tto tour the world"]


def written(tmp_path, content):
    path = tmp_path / "graph.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def test_the_shape_of_the_release_is_read_with_facts_about_others_as_relationships(tmp_path):
    graph = read_graph(written(tmp_path, RELEASE))
    assert graph.facts == {
        "i am a singer": (
            ("characteristic", "I am skilled in breathing."),
            ("routine", "I regularly rehearse in the evening."),
            ("goal", "I want to tour the world."),
            ("relationship", "My manager finds me work."),
        )
    }
    assert graph.skipped == {"relation": 1}


@pytest.mark.parametrize(
    "labels",
    [
        "routine_habit",
        {"relation": "routine_habit"},
        {"attr_third": "he rehearses", "votes": ["routine_habit", "self"]},
        {"first": ["experience"], "majority": ["routine_habit"]},
    ],
)
def test_labels_are_found_wherever_a_release_keeps_them(tmp_path, labels):
    graph = read_graph(written(tmp_path, {"i am a singer": {"attributes": {"rehearse": labels}}}))
    assert graph.facts["i am a singer"] == (("routine", "I regularly rehearse."),)


def test_head_relation_tails_is_read_and_what_is_no_tail_is_counted(tmp_path):
    graph = read_graph(written(tmp_path, PLAIN))
    assert graph.facts["i am a singer"] == (
        ("routine", "I regularly rehearse in the evening."),
        ("experience", "I have sung on a ship."),
    )
    assert graph.skipped == {"tail": 1}


@pytest.mark.parametrize("as_json", [True, False])
def test_rows_are_read_as_json_and_as_lines(tmp_path, as_json):
    graph = read_graph(written(tmp_path, ROWS if as_json else "\n".join(ROWS)))
    assert len(graph) == 2
    assert graph.facts["i am a singer"][1] == ("goal", "I want to tour the world.")


@pytest.mark.parametrize("content", ["{}", "[]", "nothing here", '{"a": 1}', '{"a": {"routine": 3}}', "[[1, 2, 3]]"])
def test_a_file_without_a_fact_says_what_a_graph_is(tmp_path, content):
    with pytest.raises(FormatError, match="holds no persona fact"):
        read_graph(written(tmp_path, content))


def test_broken_json_names_the_line(tmp_path):
    with pytest.raises(FormatError, match="line 2: not valid JSON"):
        read_graph(written(tmp_path, '{\n"a": }'))


def test_labels_nested_deep_are_no_labels(tmp_path):
    with pytest.raises(FormatError, match="holds no persona fact"):
        read_graph(written(tmp_path, '{"a": {"attributes": {"b": ' + "[" * 800 + "]" * 800 + "}}}"))


def test_json_without_end_is_refused(tmp_path):
    with pytest.raises(UnsafeFile, match="nested too deep"):
        read_graph(written(tmp_path, '{"a":' * 200_000))


TREES = st.recursive(st.none() | st.text() | st.integers(), lambda t: st.lists(t) | st.dictionaries(st.text(), t))


@given(TREES)
def test_any_json_is_a_graph_or_an_error_of_ours(tmp_path_factory, tree):
    path = written(tmp_path_factory.mktemp("graph"), tree)
    with contextlib.suppress(FormatError):
        assert len(read_graph(path)) > 0


GRAPH = Graph({"i am a singer": (("routine", "I rehearse."),), "i keep bees": (("goal", "I want more hives."),)})


async def test_the_same_words_find_a_head_with_full_confidence():
    (fact,) = (await GraphFacts(GRAPH)(Statement(id="s", text="I keep bees!"))).facts
    assert (fact.text, fact.confidence) == ("I want more hives.", 1.0)


@pytest.mark.parametrize("embedder", [None, BagOfWords()])
async def test_a_near_head_is_found_with_the_nearness_as_confidence(embedder):
    (fact,) = (await GraphFacts(GRAPH, embedder)(Statement(id="s", text="I am a good singer."))).facts
    assert fact.text == "I rehearse."
    assert 0.8 < fact.confidence < 0.95


async def test_far_from_every_head_there_are_no_facts_and_that_is_counted():
    proposed = await GraphFacts(GRAPH)(Statement(id="s", text="My car is old."))
    assert (proposed.facts, proposed.missing) == ((), {"no head": 1})
