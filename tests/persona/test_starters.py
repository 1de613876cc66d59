"""The personas that come with the toolkit: complete, lawful to use, and told apart by their probes."""

from __future__ import annotations

import re
import struct
from collections import defaultdict

import pytest

from personae.persona.find import find, starter_paths, starters
from personae.persona.lint import lint
from personae.persona.lorebook.book import Lorebook
from personae.persona.parts import BIG_FIVE, STATEMENT_KINDS
from personae.persona.persona import Persona

IDS = (
    "angry-customer",
    "brand-voice-coffee",
    "detective",
    "dragon-librarian",
    "elder",
    "fictional-scholar",
    "fitness-coach",
    "gaertnerin-de",
    "grieving-widow",
    "harmless-villain",
    "job-interviewer",
    "language-tutor-es",
    "lighthouse-keeper",
    "math-tutor",
    "museum-guide",
    "non-native-speaker",
    "patient",
    "pirate-cook",
    "political-canvasser-research-subject",
    "robot-companion",
    "space-trader",
    "starship-medic",
    "tavern-keeper",
    "teenager",
)
REQUIRED_KINDS = {"work", "residence", "age", "family", "like", "dislike", "fear", "goal", "food", "hobby"}
#: Words of four letters and more that carry no content; shorter words are not looked at.
FUNCTION_WORDS = {"about", "after", "before", "every", "from", "have", "that", "this", "what", "when", "with", "your"}


def content_words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{4,}", text.lower())) - FUNCTION_WORDS


def lorebook_of(id: str) -> Lorebook:
    book = find(id).lorebook
    assert book is not None
    return book


@pytest.fixture(scope="module", params=IDS)
def persona(request: pytest.FixtureRequest) -> Persona:
    return find(request.param)


def test_there_are_exactly_these_twenty_four() -> None:
    assert tuple(starter_paths()) == IDS
    assert tuple(starter.id for starter in starters()) == IDS


def test_each_has_fifteen_to_thirty_statements_of_known_kinds(persona: Persona) -> None:
    kinds = [statement.kind for statement in persona.statements]
    assert 15 <= len(kinds) <= 30
    assert set(kinds) <= set(STATEMENT_KINDS)
    assert set(kinds) >= REQUIRED_KINDS


def test_statement_ids_are_unique_slugs(persona: Persona) -> None:
    ids = [statement.id for statement in persona.statements]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id) for id in ids), ids


def test_every_statement_has_a_probe_whose_question_does_not_give_the_answer_away(persona: Persona) -> None:
    for statement in persona.statements:
        assert statement.probe is not None, statement.id
        shared = content_words(statement.probe.question) & content_words(statement.probe.answer)
        assert not shared, f"{statement.id}: {shared} stands in the question and in the answer"


def test_each_is_complete_and_free_to_use(persona: Persona) -> None:
    assert persona.licence == "MIT"
    assert persona.provenance.creator == "Personae"
    assert all((persona.summary, persona.description, persona.scenario))
    assert set(persona.personality.big_five) == set(BIG_FIVE)
    assert len(persona.life.loves) == len(persona.life.hates) == 5
    assert all((persona.events, persona.relations, persona.goals, persona.greetings, persona.examples))


def test_none_has_a_lint_error(persona: Persona) -> None:
    assert [finding for finding in lint(persona) if finding.severity == "error"] == []


def test_no_two_personas_share_an_answer_of_the_same_kind() -> None:
    givers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for id in starter_paths():
        for statement in find(id).statements:
            assert statement.probe is not None
            givers[statement.kind, statement.probe.answer.lower()].append(id)
    assert {answer: ids for answer, ids in givers.items() if len(ids) > 1} == {}


def test_no_two_personas_share_a_name() -> None:
    names = [starter.name for starter in starters()]
    assert len(set(names)) == len(names)


def test_two_speak_another_language_than_english() -> None:
    others = {starter.id: starter.language for starter in starters() if starter.language != "en"}
    assert others == {"gaertnerin-de": "de", "language-tutor-es": "es"}


def test_one_is_a_real_png_card_with_a_portrait() -> None:
    paths = [path for path in starter_paths().values() if path.suffix == ".png"]
    assert [path.stem for path in paths] == ["museum-guide"]
    data = paths[0].read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (512, 512)
    assert len(data) < 200_000


def test_one_has_a_lorebook_of_twenty_entries_of_every_sort() -> None:
    assert [id for id in starter_paths() if find(id).lorebook is not None] == ["dragon-librarian"]
    entries = lorebook_of("dragon-librarian").entries
    assert len(entries) == 20
    assert sum(bool(entry.constant) for entry in entries) == 2
    assert sum(entry.use_regex for entry in entries) == 1
    assert sum(bool(entry.selective) for entry in entries) == 2
    assert sum(not entry.enabled for entry in entries) == 1


def test_only_the_vault_wakes_another_entry() -> None:
    entries = lorebook_of("dragon-librarian").entries
    woken = {
        (waker.name, sleeper.name)
        for waker in entries
        for sleeper in entries
        if sleeper is not waker and not sleeper.use_regex and not sleeper.constant
        if any(re.search(rf"\b{re.escape(key)}\b", waker.content, re.IGNORECASE) for key in sleeper.keys)
        if not sleeper.selective or any(key in waker.content for key in sleeper.secondary_keys)
    }
    assert woken == {("The Vault of Whispers", "The Moth-Silver Key")}


def test_the_villain_is_told_to_stay_harmless() -> None:
    assert "harm" in (find("harmless-villain").prompting.post_history or "")
