"""Lint: each check finds what it is for, and is quiet on a sound persona."""

from __future__ import annotations

import time

import pytest

from personae.persona.find import find, starter_paths
from personae.persona.lint import lint, section_costs
from personae.persona.persona import Persona


def rules(**fields) -> set[tuple[str, str]]:
    persona = Persona.model_validate({"name": "Ana"} | fields)
    return {(finding.rule, finding.path) for finding in lint(persona)}


def facts(*texts: str) -> list[dict[str, str]]:
    return [{"id": f"s{i}", "text": text} for i, text in enumerate(texts)]


def entry(**fields) -> dict[str, object]:
    return {"entries": [{"keys": ["a"], "content": "Lore."} | fields]}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, ("gap", "statements")),
        ({"statements": facts("I like tea.")}, ("gap", "greetings")),
        ({"statements": facts("I like tea.")}, ("gap", "examples")),
        ({"statements": facts("I like tea.", "i LIKE  tea")}, ("duplicate", "statements.s1")),
        ({"statements": facts("I have a very old red cat called Tom at my small home.",
                              "I have a very old red cat called Tim at my small home.")},
         ("near-duplicate", "statements.s1")),
        ({"statements": facts("word " * 41)}, ("too-long", "statements.s0")),
        ({"statements": facts("I have a dog and I like tea.")}, ("two-clauses", "statements.s0")),
        ({"statements": [{"id": "s0", "text": "She sings.", "person": "third"}]}, ("pronoun", "statements.s0")),
        ({"description": "TODO"}, ("placeholder", "description")),
        ({"greetings": ["Hello [insert name]!"]}, ("placeholder", "greetings.0")),
        ({"description": "{{chra}} waits."}, ("unknown-macro", "description")),
        ({"description": "cafÃ© au lait"}, ("mojibake", "description")),
        ({"description": "itâ€™s"}, ("mojibake", "description")),
        ({"description": "lost \ufffd"}, ("encoding", "description")),
        ({"description": "bell \x07"}, ("encoding", "description")),
        ({"description": "half \ud83d"}, ("encoding", "description")),
        ({"lorebook": entry(enabled=False)}, ("unreachable", "lorebook.entries.0")),
        ({"lorebook": entry(keys=[])}, ("unreachable", "lorebook.entries.0")),
        ({"lorebook": entry(content="@@depth 2\n ")}, ("unreachable", "lorebook.entries.0")),
        ({"lorebook": entry(keys=["(bad["], use_regex=True)}, ("bad-key", "lorebook.entries.0")),
        ({"lorebook": entry(keys=["(bad["], use_regex=True)}, ("unreachable", "lorebook.entries.0")),
        ({"lorebook": entry(content="@@dont_activate\nLore.")}, ("unreachable", "lorebook.entries.0")),
        ({"lorebook": entry(extensions={"probability": 0})}, ("unreachable", "lorebook.entries.0")),
        ({"lorebook": entry(content="@@nonsense 3\nLore.")}, ("decorator", "lorebook.entries.0")),
        ({"description": "word " * 2001}, ("cost", "")),
    ],
)  # fmt: skip
def test_each_check_finds_what_it_is_for(fields, found):
    assert found in rules(**fields)


def test_one_clause_is_one_fact():
    texts = ("{{char}} is an archivist in Lisbon.", "My husband Nils and I have twins.", "<USER> is a visitor.")
    assert not {rule for rule, _ in rules(statements=facts(*texts))} & {"two-clauses"}


def test_live_lore_is_left_alone():
    found = rules(lorebook={"entries": [{"keys": ["a"], "content": "x"}, {"constant": True, "content": "y"}]})
    assert not {rule for rule, _ in found} & {"unreachable", "bad-key"}


def test_macros_and_accents_are_no_faults():
    found = rules(description="{{char}} greets {{user}}: ‘Olá, José’ — {{roll:d6}} café, Ângela, €5. {{// a note }}")
    assert not {rule for rule, _ in found} & {"placeholder", "unknown-macro", "mojibake", "encoding"}


def test_errors_come_first_and_only_an_empty_persona_is_one():
    assert lint(Persona(name="Ana"))[0].severity == "error"


def test_the_starters_have_no_errors_or_warnings():
    for name in starter_paths():
        assert [f for f in lint(find(name)) if f.severity in ("error", "warning")] == [], name


def test_the_cost_of_a_section_is_the_sum_of_its_texts():
    persona = Persona(name="Ana", goals=["a b", "c"], statements=facts("one two three"))
    assert section_costs(persona, lambda text: len(text.split())) == {"name": 1, "statements": 3, "goals": 3}


def test_a_thousand_facts_are_checked_in_seconds():
    persona = Persona(name="Ana", statements=facts(*(f"I know the {i} old house number {i * 7}." for i in range(1000))))
    start = time.process_time()
    lint(persona)
    assert time.process_time() - start < 6
