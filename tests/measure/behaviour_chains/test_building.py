"""Chains out of scenes: what becomes a behaviour, what its context may say, and whose the distractors are."""

from __future__ import annotations

import itertools

import pytest

from personae.errors import UsageError
from personae.measure.behaviour_chains import build_chains, load_chains, problems, save_chains
from personae.measure.behaviour_chains.building import behaviour
from personae.simulate.scenes import ENVIRONMENT, Line, Part, Scene, load_scenes


def scenes(count: int = 12) -> list[Scene]:
    """Two people who talk about a different thing in each scene; one of them thinks, one feels."""
    return [
        Scene(
            f"s{n}",
            f"A kitchen with {n} chairs. The mood is tense. Ana will win in the end.",
            parts=(Part("Ana", "A cook who wastes nothing."), Part("Rui"), Part("Eva")),
            script=(
                Line(ENVIRONMENT, f"Bell {n} rings. Ana is afraid of it."),
                Line("Rui", f"(angrily) Who has eaten the {n} pears I had put there?"),
                Line(
                    "Ana", f"[It was me.] Pears number {n} were bruised, so I (sadly) boiled every one. (lifts the lid)"
                ),
                Line("Eva", f"I never cared for pears, as you know, not even for {n}."),
            ),
            book="Pears",
        )
        for n in range(count)
    ]


def test_thoughts_felt_directions_and_outcomes_are_nowhere():
    chain = next(each for each in build_chains(scenes()).chains if each.character == "Ana")
    assert chain.nodes[0].behaviour == "Pears number 0 were bruised, so I boiled every one. (lifts the lid)"
    assert (
        chain.nodes[0].context
        == "A kitchen with 0 chairs.\nBell 0 rings.\nRui: Who has eaten the 0 pears I had put there?"
    )
    assert chain.profile == "A cook who wastes nothing."
    assert set(chain.people) == {"Rui", "Eva"}


def test_distractors_are_others_behaviours_and_not_in_sight():
    for chain in build_chains(scenes()).chains:
        own = {node.behaviour for node in chain.nodes}
        for node in chain.nodes:
            assert len({*node.options}) == 4
            assert not own & set(node.distractors)
            assert not any(text in node.context for text in node.distractors)


def test_the_same_seed_gives_the_same_chains_and_another_gives_others():
    assert build_chains(scenes(), seed=3) == build_chains(scenes(), seed=3)
    assert build_chains(scenes(), seed=3) != build_chains(scenes(), seed=4)


def test_what_is_left_out_is_counted():
    built = build_chains(scenes(9))
    assert built.chains == ()
    assert built.left_out == {"few_nodes": 3}
    with pytest.raises(UsageError, match="Zoe"):
        build_chains(scenes(), characters=["Zoe"])


def test_more_turns_than_wanted_are_spread_over_the_story():
    chain = next(each for each in build_chains(scenes(40), most=10).chains if each.character == "Eva")
    numbers = [int(node.context.split()[3]) for node in chain.nodes]
    assert numbers[0] == 0
    assert numbers[-1] == 39
    assert max(b - a for a, b in itertools.pairwise(numbers)) <= 5


def test_quotation_marks_around_everything_are_no_mark_of_a_speaker():
    assert behaviour("'It’s both “he” and “she”.'") in ("It’s both “he” and “she”.", "'It’s both “he” and “she”.'")
    assert behaviour("'Nuncle, it's cold.'") == "Nuncle, it's cold."


@pytest.mark.parametrize(("play", "count"), [("King_Lear", 5), ("Othello", 4)])
def test_the_plays_give_fair_chains(data_dir, tmp_path, play, count):
    built = build_chains(load_scenes(data_dir / "coser_public_domain" / f"{play}.json"))
    assert len(built.chains) == count
    for chain in built.chains:
        assert problems(chain) == ()
        assert 10 <= len(chain.nodes) <= 20
        words = {word for node in chain.nodes for text in node.options for word in text.split()}
        assert not any(word.startswith("[") for word in words)
        longest = sum(len(node.behaviour) > max(map(len, node.distractors)) for node in chain.nodes)
        assert longest / len(chain.nodes) <= 0.5
    save_chains(tmp_path / "chains.jsonl", built.chains)
    assert load_chains(tmp_path / "chains.jsonl") == built.chains


def test_an_anonymised_play_holds_no_name_of_its_cast(data_dir):
    built = build_chains(load_scenes(data_dir / "coser_public_domain" / "King_Lear.json"), characters=["Edmund"])
    hidden = built.chains[0].anonymised()
    texts = [hidden.profile, *(text for node in hidden.nodes for text in (node.context, *node.options))]
    for name in ("Edmund", "Edgar", "Gloucester", "Lear", "Cordelia", "Goneril", "Regan", "Albany"):
        assert not any(name in text for text in texts)
    assert [len(node.options) for node in hidden.nodes] == [4] * 20
