"""Our texts are ours: none equals, or nearly equals, a text of the published material that lies beside the project."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from personae.psychometrics.own import own_instrument, own_interview, own_names
from personae.psychometrics.situations import own_situations

#: Words that carry no matter; what is left of a sentence is compared as a set.
FUNCTION_WORDS = """
a an the i i'm me my mine myself you your he his him she her it its they them their we our am is are be been being
was were do does did have has had of to in on at by for from with into over up down off out as and or but so if
when while that which who whom what where whether than then there this these those will would can could should may
might must all any every each some no not others other people things thing about tell much like want
"""
FUNCTION = frozenset(FUNCTION_WORDS.split())


def words(text: str) -> frozenset[str]:
    """The words that carry the matter, without their commonest endings."""
    found = re.findall(r"[a-z']+", text.lower().replace("’", "'"))
    return frozenset(re.sub(r"(ing|ied|ies|ily|ed|es|s|ly|e|y)$", "", word) for word in found if word not in FUNCTION)


def overlap(ours: frozenset[str], theirs: frozenset[str]) -> float:
    """Shared words over all words of both."""
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.0


def our_texts() -> list[str]:
    """All texts of ours."""
    found = [text for name in own_names() for item in own_instrument(name).items for text in (item.text, *item.also)]
    for question in own_interview():
        found += [question.neutral, *question.activating.values()]
    for one in own_situations():
        found += [one.situation, one.query, *one.options]
    return found


def statements(tree: object) -> list[str]:
    """All strings of a JSON tree, in whatever depth."""
    if isinstance(tree, str):
        return [tree]
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else []
    return [text for child in children for text in statements(child)]


@pytest.fixture
def theirs(data_dir: Path) -> list[str]:
    """The published texts: IPIP item bank and IPIP-NEO, 8values, the statements of TRAIT."""
    found = []
    for file, column in (("ipip-item-bank/ipip_full_item_bank.csv", "text"), ("ipip-neo/ipip_neo_300.csv", "item")):
        with (data_dir / file).open(encoding="utf-8-sig", newline="") as lines:
            found += [row[column] for row in csv.DictReader(lines)]
    for file in ("ipip-item-bank/ipip_items.json", "8values/questions.json", "trait/personality_prompt_BFI.json"):
        found += statements(json.loads((data_dir / file).read_text("utf-8")))
    return [text for text in dict.fromkeys(found) if len(words(text)) > 1]


def test_the_published_texts_are_all_there_to_compare_with(theirs):
    assert len(theirs) > 3_000


def test_a_copy_and_a_light_paraphrase_would_be_found():
    assert near(words("I was worried about things today."), words("Worry about things today."))
    assert near(words("I am always making friends easily."), words("Make friends easily."))
    assert not near(words("I make people feel guilty so that they do what I want."), words("Make people feel welcome."))


def near(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """The same words, or half of them and three at least: below that, chance alone brings short sentences together."""
    return ours == theirs or (len(ours & theirs) >= 3 and overlap(ours, theirs) >= 0.5)


def test_no_text_of_ours_says_what_a_published_one_says_in_nearly_its_words(theirs):
    published = [(words(text), text) for text in theirs]
    ours = [(own, text) for text in our_texts() if len(own := words(text)) > 1]
    assert [(text, told) for own, text in ours for other, told in published if near(own, other)] == []


def test_no_text_of_ours_stands_twice_here_or_elsewhere_in_the_toolkit():
    from personae.measure.interaction.questionnaire import twenty
    from personae.measure.value_stability import read_items

    ours = our_texts()
    queries = {one.query for one in own_situations()}
    told = [text for text in ours if text not in queries]
    assert len(told) == len(set(told))
    elsewhere = [words(text) for text in (*twenty().items, *(item.text for item in read_items().items))]
    assert max(overlap(words(text), other) for text in told for other in elsewhere) < 0.6
