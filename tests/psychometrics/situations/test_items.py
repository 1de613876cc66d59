"""Situations: our own are fair to both sides, and files of others are read or turned down with the place named."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, UnsafeFile, UsageError
from personae.psychometrics.situations import chosen, own_situations, read_situations, read_trait_prompts
from personae.psychometrics.situations.items import _situations

BIG_FIVE = ("extraversion", "agreeableness", "conscientiousness", "neuroticism", "openness")
DARK = ("machiavellianism", "narcissism", "psychopathy")

#: Stems that would name the trait, or the adjectives it is told by, in an answer.
GIVEAWAYS = (
    r"extra?v|introv|outgoing|sociab|talkativ|reserved|shy\b|agreeab|kind\b|kindly|kindness|warm|trusting|cooperat|"
    r"generous|selfish|rude|conscien|organi[sz]ed|disciplin|diligen|careful|careless|lazy|tidy|reliab|punctual|neuro|"
    r"anxi|worr|nervous|calm|relax|stable|tense|moody|openness|open-?mind|curious|creativ|imaginat|artistic|"
    r"conventional|machiav|manipulat|cunning|sly\b|honest|sincer|narcis|vain|arrogan|humbl|modest|proud|psychop|callous|"
    r"ruthless|cruel|cold-?blood|empath|compassion|impuls|remors"
)

TRAIT_ITEM = {
    "idx": 7,
    "personality": "Openness",
    "statement": "…",
    "situation": "A lake.",
    "query": "Swim?",
    "response_high1": "a",
    "response_high2": "b",
    "response_low1": "c",
    "response_low2": "d",
    "paraphrased_situation": "…",
}
OURS = {"trait": "x", "situation": "s", "query": "q", "high1": "a", "high2": "b", "low1": "c", "low2": "d"}


def test_there_are_eight_situations_for_each_of_eight_traits():
    assert Counter(one.trait for one in own_situations()) == dict.fromkeys((*BIG_FIVE, *DARK), 8)
    assert len({one.id for one in own_situations()}) == 64
    options = [option for one in own_situations() for option in one.options]
    assert len(set(options)) == len(options) == 256


def test_no_answer_names_its_trait():
    named = [
        (one.id, option) for one in own_situations() for option in one.options if re.search(GIVEAWAYS, option, re.I)
    ]
    assert named == []


def test_answers_are_advice_to_somebody_and_nobody_speaks_of_himself():
    for one in own_situations():
        assert not any(re.search(r"\b(I|me|my|mine|I'm)\b", option) for option in one.options), one.id
        assert one.query.endswith("?")
        assert len(one.situation.split()) <= 30


def test_the_four_answers_are_of_like_length():
    for one in own_situations():
        lengths = [len(option) for option in one.options]
        assert max(lengths) <= 1.3 * min(lengths), one.id


def test_length_gives_nothing_away():
    """Whoever takes the longest answer, or the shortest, is right on each trait half of the time, give or take one."""
    for trait in (*BIG_FIVE, *DARK):
        own = chosen(own_situations(), traits=[trait])
        for pick in (max, min):
            ends = [[pick(map(len, one.options[part])) for part in (slice(2), slice(2, 4))] for one in own]
            high = sum((of_high > of_low) + (of_high == of_low) / 2 for of_high, of_low in ends)
            assert 3 <= (high if pick is max else 8 - high) <= 5, (trait, pick)
    high, low = (sum(len(o) for one in own_situations() for o in one.options[part]) for part in (slice(2), slice(2, 4)))
    assert abs(high / low - 1) < 0.01


def test_a_file_in_the_form_of_trait_is_read(tmp_path):
    file = tmp_path / "TRAIT.json"
    file.write_text(json.dumps([TRAIT_ITEM, TRAIT_ITEM | {"personality": " openness"}, OURS | {"id": 3}]), "utf-8")
    first, second, third = read_situations(file)
    assert (first.id, second.id, third.id) == ("openness-1", "openness-2", "3")
    assert first.options == ("a", "b", "c", "d")
    assert first.trait == second.trait == "openness"


def test_eight_thousand_situations_are_read_in_seconds(tmp_path):
    file = tmp_path / "TRAIT.json"
    file.write_text(json.dumps([TRAIT_ITEM] * 8_000), "utf-8")
    assert read_situations(file)[-1].id == "openness-8000"


def test_ours_can_be_copied_to_a_yaml_file_and_read_back(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("- {trait: x, situation: s, query: q, high1: a, high2: b, low1: c, low2: 4}\n", "utf-8")
    assert read_situations(file)[0].low2 == "4"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[]", "at least 1 item"),
        ("{}", "valid tuple"),
        ("[3]", "0"),
        ("[{}]", "0.trait: Field required"),
        (json.dumps([OURS, {k: v for k, v in OURS.items() if k != "low2"}]), "1.low2: Field required"),
        (json.dumps([OURS | {"high1": "   "}]), "0.high1"),
        (json.dumps([OURS | {"query": ["q"]}]), "0.query"),
        (json.dumps([OURS | {"situation": "s" * 6_000}]), "0.situation"),
        (json.dumps([OURS, OURS | {"low1": "a"}]), r"two of the four answers of situation 2 \('x-2'\) are the same"),
        (json.dumps([OURS | {"id": "n"}, OURS | {"id": "n"}]), "has the id 'n' twice"),
        ("[" * 100_000, "cannot be read as a list of situations"),
        ('[{"trait": ', "cannot be read as a list of situations"),
        ('"\ud800', "cannot be read"),
    ],
)
def test_a_broken_file_is_turned_down_in_one_line_that_names_the_place(tmp_path, content, told):
    file = tmp_path / "bad.json"
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(FormatError, match=told) as caught:
        read_situations(file)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_missing_file_and_one_that_is_too_large_are_not_read(tmp_path, monkeypatch):
    with pytest.raises(FormatError, match="cannot read"):
        read_situations(tmp_path / "none.json")
    monkeypatch.setattr("personae.psychometrics.situations.items.MAX_BYTES", 10)
    (tmp_path / "big.json").write_text(json.dumps([OURS]), "utf-8")
    with pytest.raises(UnsafeFile):
        read_situations(tmp_path / "big.json")


def test_a_yaml_file_cannot_build_objects(tmp_path):
    file = tmp_path / "evil.yaml"
    file.write_text("- !!python/object/apply:os.system ['true']\n", "utf-8")
    with pytest.raises(FormatError):
        read_situations(file)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.sampled_from([*OURS, "personality", "id", "other"]), children, max_size=9)
    ),
    max_leaves=20,
)


@given(_JSON)
def test_any_tree_is_situations_or_an_error_of_ours(tree):
    try:
        found = _situations(tree, "some.json")
    except FormatError as error:
        found = ()
        told = str(error)
    else:
        told = ""
    assert "\n" not in told
    assert bool(found) != bool(told)
    assert all(len(set(one.options)) == 4 for one in found)


def test_unknown_traits_and_useless_numbers_are_turned_down():
    with pytest.raises(UsageError, match="did you mean 'openness'"):
        chosen(own_situations(), traits=["opennes"])
    with pytest.raises(UsageError, match="1 or more"):
        chosen(own_situations(), n=0)
    assert len(chosen(own_situations(), traits=["openness", "narcissism"], n=3)) == 6


def test_the_prompts_of_trait_become_sixteen_respondents(data_dir):
    prompts = read_trait_prompts(data_dir / "trait" / "personality_prompt_BFI.json")
    assert len(prompts) == 16
    assert set(prompts) == {f"{trait}-{pole}" for trait in (*BIG_FIVE, *DARK) for pole in ("high", "low")}
    assert "- Being talkative." in prompts["extraversion-high"].splitlines()
    assert "- Not being talkative." in prompts["extraversion-low"].splitlines()


def test_prompts_may_be_plain_text_by_name(tmp_path):
    file = tmp_path / "prompts.json"
    file.write_text('{"pirate": "You are a pirate.", "nurse": "You are a nurse."}', "utf-8")
    assert read_trait_prompts(file, only=["nurse"]) == {"nurse": "You are a nurse."}
    with pytest.raises(UsageError, match="did you mean 'pirate'"):
        read_trait_prompts(file, only=["pirat"])


@pytest.mark.parametrize(
    "content",
    ["[]", "{}", "3", '{"a": 3}', '{"behavior": {}}', '{"behavior": {"x": {"high": "no list"}}}', "{", "[" * 9_999],
)
def test_a_broken_file_of_prompts_is_turned_down_in_one_line(tmp_path, content):
    file = tmp_path / "prompts.json"
    file.write_text(content, "utf-8")
    with pytest.raises(FormatError) as caught:
        read_trait_prompts(file)
    assert "\n" not in str(caught.value)
