"""Facts from templates: what is taken over from a statement, and that every kind has something to say."""

from __future__ import annotations

import pytest

from personae.metrics.text import words
from personae.persona.expansion import SLOTS, GrammarFacts
from personae.persona.expansion.facts import texts
from personae.persona.parts import STATEMENT_KINDS, Statement
from personae.persona.statements import person_of


async def facts_of(text: str, kind: str = "other") -> list[str]:
    return [fact.text for fact in (await GrammarFacts()(Statement(id="s", text=text, kind=kind))).facts]


@pytest.mark.parametrize("kind", STATEMENT_KINDS)
async def test_every_kind_fills_every_slot_with_first_person_sentences(kind):
    proposed = await GrammarFacts()(Statement(id="s", text="zzz", kind=kind))
    for slot in SLOTS:
        found = [fact.text for fact in proposed.facts if fact.slot == slot]
        assert len(found) >= 2
        assert all(text.endswith(".") and len(text.split()) <= 25 for text in found)
    assert sum(person_of(fact.text) == "first" for fact in proposed.facts) >= 0.8 * len(proposed.facts)


@pytest.mark.parametrize(
    ("text", "words_taken"),
    [
        ("i love disneyland and mickey mouse", "disneyland"),
        ("I'm a huge fan of old maps.", "old maps"),
        ("i like to work on vintage cars", "work on vintage cars"),
        ("I can't stand wet socks", "wet socks"),
        ("my favorite music is country", "country"),
        ("I play the cello, badly.", "cello"),
        ("i live in a small town", "a small town"),
        ("I work as a night porter.", "night porter"),
        ("I am terrified of moths!", "moths"),
        ("i want to sail around the world", "sail around the world"),
    ],
)
async def test_words_of_the_statement_are_taken_over(text, words_taken):
    assert any(words_taken in fact for fact in await facts_of(text))


async def test_a_long_value_is_not_taken_over():
    found = await facts_of("I love the way that my late grandmother's big kitchen smelt of plums in autumn", "like")
    assert not any("kitchen" in fact for fact in found)


async def test_a_statement_with_braces_is_only_text():
    assert any("{slot} mugs" in fact for fact in await facts_of("I love {slot} mugs"))


async def test_the_order_depends_on_seed_and_statement_only():
    statement = Statement(id="s", text="I keep bees.", kind="hobby")
    assert await GrammarFacts(seed=1)(statement) == await GrammarFacts(seed=1)(statement)
    orders = [[f.text for f in (await GrammarFacts(seed=seed)(statement)).facts] for seed in range(5)]
    assert len({tuple(order) for order in orders}) > 1


def test_no_template_stands_in_two_places():
    grammar = texts("grammar.en")
    kinds = [kind for kind in grammar["kinds"].values() if not isinstance(kind, str)]
    lines = [" ".join(words(line)) for kind in kinds for slot in SLOTS for line in kind[slot]]
    assert len(lines) > 200
    repeated = {line for line in lines if lines.count(line) > 2}
    assert repeated == set()
