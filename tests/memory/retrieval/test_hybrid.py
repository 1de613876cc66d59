"""The search as its user meets it."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.memory.retrieval import Forgetting, Retriever
from personae.memory.turns import Scope, Turn


@pytest.fixture
def search(turns, embedder):
    return Retriever.of(turns, embedder)


def ids(found):
    return [hit.id for hit in found.hits]


def test_a_hit_shows_id_text_time_and_shares_that_sum_to_one(search):
    hit = search.search("Who has the boat?").hits[0]
    assert (hit.id, hit.text, hit.at) == ("D1:1", "I sold the boat today.", "2026-03-01T09:30:00")
    assert sum(hit.why.values()) == pytest.approx(1)
    assert list(hit.why.values()) == sorted(hit.why.values(), reverse=True)
    assert {"words", "meaning"} <= hit.why.keys()


def test_a_question_in_other_words_is_found_by_meaning_alone(search):
    found = search.search("sailing ship", k=1)
    assert ids(found) == ["D1:1"]
    assert "words" not in found.hits[0].why


def test_the_neighbour_of_a_hit_comes_with_it(search):
    found = search.search("Which boat?", k=3)
    assert "neighbours" in next(hit for hit in found.hits if hit.id == "D1:2").why


def test_the_named_speaker_counts_more(turns):
    found = Retriever.of(turns).search("What about the lamp, Keeper?")
    assert "named" in found.hits[0].why


def test_k_is_honoured_and_refused_below_one(search):
    assert [len(search.search("the boat", k=k).hits) for k in (1, 2, 3)] == [1, 2, 3]
    assert len(search.search("the boat", k=1000).hits) <= 6
    for k in (0, -1):
        with pytest.raises(UsageError, match="at least one"):
            search.search("boat", k=k)


def test_filters_are_honoured(search):
    assert {hit.turn.speaker for hit in search.search("boat", speaker="keeper").hits} == {"Keeper"}
    assert {hit.turn.session for hit in search.search("boat", session="2").hits} == {"2"}
    assert set(ids(search.search("boat", since="2026-04-01"))) <= {"D2:1", "D2:2"}
    until = search.search("boat", until="2026-03-01")
    assert set(ids(until)) <= {"D1:1", "D1:2", "D1:3"}
    assert until.candidates == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"speaker": "Bob"},
        {"session": "9"},
        {"since": "soon"},
        {"since": "2026-05-01", "until": "2026-04-01"},
        {"since": "2026-03-01T00:00:00+00:00"},
    ],
)
def test_filters_that_cannot_be_honoured_are_refused(search, wrong):
    with pytest.raises(UsageError):
        search.search("boat", **wrong)


def test_nothing_found_has_a_reason(turns, search):
    assert search.search("  ").reason == "the query is empty"
    words = Retriever.of(turns)
    assert words.search("what is it?").reason == "the query has no word to search by"
    assert words.search("zebra").reason == "no turn shares a word with the query"
    assert search.search("boat", since="2027-01-01").reason == "no turn fits the filters"
    assert not search.search("").hits


def test_sessions_are_ranked_by_their_best_turn(search):
    found = search.search_sessions("Who moved to Lisbon?", k=2)
    assert found.hits[0].turn.session == "2"
    assert found.hits[0].id == "D2:1"
    assert found.candidates == 2
    assert len({hit.turn.session for hit in found.hits}) == len(found.hits)


def test_sessions_of_two_conversations_with_one_name_stay_apart(turns, embedder):
    other = Scope("keeper", "ines", "market")
    both = Retriever.of([*turns, Turn("D1:1", other, "1", "Ines", "A boat of cheese.")], embedder)
    assert [hit.turn.scope for hit in both.search_sessions("cheese boat").hits[:2]] == [other, turns[0].scope]


def test_forgetting_is_off_until_asked_for(search):
    plain = search.search("the boat", k=1).hits[0].score
    faded = search.search("the boat", k=1, forgetting=Forgetting(10, "2026-03-11T09:30:00")).hits[0].score
    assert faded == pytest.approx(plain / 2)
    with pytest.raises(UsageError, match="half-life"):
        Forgetting(0, "2026-03-11")


def test_a_turn_given_twice_an_unknown_fusion_and_no_turns_are_refused(turns):
    with pytest.raises(UsageError, match="twice"):
        Retriever.of([*turns, turns[0]])
    with pytest.raises(UsageError, match="unknown fusion"):
        Retriever.of(turns, fusion="magic")
    with pytest.raises(UsageError, match="at least one"):
        Retriever.of([])


@pytest.mark.parametrize("fusion", ["weighted", "rrf", "sigmoid"])
def test_every_fusion_finds_the_boat(turns, embedder, fusion):
    assert ids(Retriever.of(turns, embedder, fusion=fusion).search("the boat sold", k=1)) == ["D1:1"]


def test_captions_are_read_unless_told_not_to(turns):
    shown = Turn("D2:9", turns[0].scope, "2", "Ines", "Look!", caption="a lighthouse at dusk")
    assert ids(Retriever.of([*turns, shown]).search("lighthouse"))[0] == "D2:9"
    assert not Retriever.of([*turns, shown], captions=False).search("lighthouse").hits
