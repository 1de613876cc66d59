"""What a chain must have, what makes it unfair, and names out of sight."""

from __future__ import annotations

import dataclasses

import pytest

from personae.errors import UsageError
from personae.measure.behaviour_chains import Chain, Node, own_chains, problems
from personae.measure.behaviour_chains.chain import says
from personae.measure.behaviour_chains.leaks import leaks, without_leaks


def test_a_node_needs_a_context_and_four_different_behaviours():
    for context, distractors in (
        (" ", ("b", "c", "d")),
        ("x", ("b", "c")),
        ("x", ("b", "b", "c")),
        ("x", ("a", "b", "c")),
    ):
        with pytest.raises(UsageError):
            Node(context, "a", distractors)


def test_a_chain_needs_somebody_and_two_nodes(rain):
    with pytest.raises(UsageError, match="two or more"):
        Chain("one", "Ana", rain.nodes[:1])
    with pytest.raises(UsageError):
        Chain("nobody", " ", rain.nodes)


def test_a_chain_of_four_nodes_is_too_short_to_compare(rain):
    assert any("4 nodes" in problem for problem in problems(rain))


def test_a_context_that_says_the_behaviour_and_a_behaviour_that_comes_twice_are_found(rain):
    node = Node("And she takes the coat and goes away.", "She takes the coat and goes.", ("a b", "c d", "e f"))
    found = problems(dataclasses.replace(rain, nodes=(node, node)))
    assert any("the context says 'she takes the coat and goes'" in each for each in found)
    assert any("came before" in each for each in found)
    assert any("longest" in each for each in found)
    assert says("She waits.", "She goes.") is None


def test_our_own_chains_are_fair():
    for chain in own_chains():
        assert problems(chain) == ()
        assert not any(leaks(node.context) for node in chain.nodes)
        lengths = [len(node.behaviour) > max(map(len, node.distractors)) for node in chain.nodes]
        shortest = [len(node.behaviour) < min(map(len, node.distractors)) for node in chain.nodes]
        assert sum(lengths) <= 5
        assert sum(shortest) <= 5


def test_anonymised_chains_hold_no_name_of_the_book(rain):
    told = dataclasses.replace(rain, history="Rui had warned Ana Reis. “Ana!” cried Rui's brother.")
    hidden = told.anonymised()
    everything = str(dataclasses.asdict(hidden))
    assert "Ana" not in everything
    assert "Rui" not in everything
    assert hidden.id == "rain"


def test_sentences_with_feelings_outcomes_or_the_character_are_left_out():
    text = "Torches light the yard. Fear is in the air. Edmund waits. He will die here. A trumpet sounds."
    assert without_leaks(text, "Edmund") == "Torches light the yard. A trumpet sounds."
    assert leaks("He was happily surprised at his fate") == ("happily", "surprised", "fate")
    assert leaks("The ground by the terrace is painted; the lieutenant happened by.") == ()
