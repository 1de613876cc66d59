"""Nine levels of five traits, against the released strings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from personae.errors import UsageError
from personae.persona.find import find
from personae.persona.persona import Persona
from personae.persona.render import render
from personae.psychometrics.instrument import Instrument, Item, Licence, Response
from personae.psychometrics.trait_prompts import (
    DOMAINS,
    LEVELS,
    Trait,
    answers_told,
    constitution,
    described,
    given,
    markers,
    statements_for,
    trait_prompt,
)

CODES = {"EXT": "E", "AGR": "A", "CON": "C", "NEU": "N", "OPE": "O"}
LIKERT = Response(("no", "rather not", "unsure", "rather", "yes"))


def test_all_45_strings_are_the_released_ones_but_for_the_misspelt_word(data_dir: Path) -> None:
    released = json.loads((data_dir / "google-personality" / "admin_parts.json").read_text("utf-8"))
    strings = released["trait_level_descriptions"]
    pairs = [
        (trait_prompt(CODES[code], int(level)), text.replace("self-discplined", "self-disciplined"))
        for code, levels in strings.items()
        for level, text in levels.items()
    ]
    assert len(pairs) == 45
    assert [ours for ours, _ in pairs] == [theirs for _, theirs in pairs]


def test_there_are_104_markers() -> None:
    counts = {domain[0].upper(): len(pairs) for domain, pairs in markers().items()}
    assert counts == {"E": 9, "A": 11, "C": 10, "N": 10, "O": 12}
    assert len({word for pairs in markers().values() for pair in pairs for word in pair}) == 104


def test_levels_mirror_each_other_around_the_middle() -> None:
    for domain in DOMAINS:
        for level in LEVELS:
            assert Trait(domain, level).value == -Trait(domain, 10 - level).value
            assert len(Trait(domain, level).phrases) == len(Trait(domain, 10 - level).phrases)
    assert Trait("N", 5).pole is None


@pytest.mark.parametrize("level", [0, 10, -1, 5.0, "5", True, None])
def test_a_level_outside_of_the_list_is_told_the_list(level: object) -> None:
    with pytest.raises(UsageError, match="1, 2, 3, 4, 5, 6, 7, 8, 9"):
        Trait("extraversion", level)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["extroversion", "", "X", None, "big five"])
def test_an_unknown_trait_is_told_the_list(name: object) -> None:
    with pytest.raises(UsageError, match="extraversion, agreeableness, conscientiousness, neuroticism, openness"):
        Trait(name, 5)  # type: ignore[arg-type]


def test_a_misspelt_trait_is_told_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'extraversion'"):
        Trait("extroversion", 5)


def test_traits_stand_before_the_biography() -> None:
    text = described([Trait("E", 9), Trait("A", 1)], " I keep bees. ")
    assert text.startswith("I'm extremely extraverted")
    assert text.endswith("unsympathetic. I keep bees.")
    assert described([], "I keep bees.") == "I keep bees."


def test_a_persona_says_its_trait_first_and_once() -> None:
    keeper = find("lighthouse-keeper")
    loud = given(keeper, Trait("E", 9))
    assert render(loud).index("extremely extraverted") < render(loud).index(keeper.statements[0].text)
    assert given(loud, Trait("E", 2)).statements[0].text == trait_prompt("E", 2)
    assert len(given(loud, Trait("E", 2)).statements) == len(keeper.statements) + 1
    assert "extraversion" not in loud.personality.big_five
    assert [one.id for one in loud.statements[1:]] == [one.id for one in keeper.statements]


def test_two_levels_of_one_trait_are_an_error() -> None:
    with pytest.raises(UsageError, match="'extraversion' is given twice"):
        given(Persona(name="Ana"), Trait("E", 1), Trait("extraversion", 9))


def test_statements_of_a_pole_follow_the_key() -> None:
    two = Instrument("two", (Item("a", "I shout", "E"), Item("b", "I whisper.", "E", -1)), LIKERT, Licence("MIT"))
    assert statements_for(two, "E", "high") == "I shout."
    assert statements_for(two, "E", "low") == "I whisper."
    one = Instrument("one", (Item("a", "I shout", "E"),), LIKERT, Licence("MIT"))
    with pytest.raises(UsageError, match="no text that speaks for low E"):
        statements_for(one, "E", "low")


def test_answers_are_told_as_agreement_with_the_wording_whatever_the_coding() -> None:
    items = (Item("a", "I shout.", "E"), Item("b", "I whisper.", "E", -1))
    raw = Instrument("raw", items, LIKERT, Licence("MIT"))
    scored = Instrument("scored", items, LIKERT, Licence("MIT"), coding="scored")
    told = '- "I shout." – yes\n- "I whisper." – no'
    assert answers_told(raw, {"a": 5, "b": 1}) == told
    assert answers_told(scored, {"a": 5, "b": 5}) == told
    with pytest.raises(UsageError, match="the answer 6 to 'a'"):
        answers_told(raw, {"a": 6})


def test_a_constitution_has_a_sentence_a_marker() -> None:
    assert len(constitution(Trait(domain, 9) for domain in DOMAINS)) == 52
