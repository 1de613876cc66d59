"""Merging: the latest wins, nothing is merged twice, and the log rebuilds the profile."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.errors import FormatError, UsageError
from personae.memory.profile import Change, Merged, Profile, Relations, extract, forget, loads, merge, replay, scored
from personae.memory.turns import Scope, Turn
from personae.models.pairs.scripted import ScriptedPairs

THINGS = "preferences.things"
SUSHI = Change(THINGS, "sushi", ("a/1",), "2026-01-01", "likes")
FISH = Change(THINGS, "fish", ("a/2",), "2026-02-01", "avoids")
TURNS = {f"a/{number}" for number in range(30)}


def merged(*changes: Change) -> Merged:
    return merge(Profile(), changes, TURNS)


def believed(profile: Profile) -> list[tuple[str | None, str]]:
    return [(entry.polarity, entry.value) for entry in profile.entries]


def test_sushi_then_no_fish_is_one_current_avoids_and_one_historic_likes() -> None:
    where = Scope("keeper", "ines", "a")
    talk = [
        Turn("D1:1", where, "1", "Ines", "I love sushi", "2026-01-01"),
        Turn("D2:1", where, "2", "Ines", "I stopped eating fish", "2026-02-01"),
    ]
    found = extract(talk)
    profile = merge(Profile(), found.changes, found.sources).profile
    assert believed(profile) == [("avoids", "fish")]
    assert [(past.entry.polarity, past.entry.value) for past in profile.history] == [("likes", "sushi")]
    assert profile.history[0].ended_by == ("a/D2:1",)


def test_the_order_they_come_in_does_not_matter() -> None:
    assert believed(merged(FISH, SUSHI).profile) == believed(merged(SUSHI, FISH).profile) == [("avoids", "fish")]
    late = merge(merged(FISH).profile, [SUSHI], TURNS).profile
    assert believed(late) == [("avoids", "fish")]
    assert [past.entry.value for past in late.history] == ["sushi"]


def test_merging_again_changes_nothing() -> None:
    once = merged(SUSHI, FISH).profile
    again = merge(once, [SUSHI, FISH], TURNS)
    assert again.profile is once
    assert again.unchanged == 2


def test_a_new_source_confirms_and_the_other_entries_stay_as_they_are() -> None:
    tea = Change(THINGS, "tea", ("a/3",), "2026-01-05", "likes")
    before = merged(SUSHI, tea).profile
    after = merge(before, [dataclasses.replace(SUSHI, sources=("a/9",), at="2026-03-01")], TURNS).profile
    assert after.log[-1].op == "confirm"
    assert after.entries[1] is before.entries[1]
    assert (after.entries[0].first_seen, after.entries[0].last_seen) == ("2026-01-01", "2026-03-01")
    assert after.entries[0].sources == ("a/1", "a/9")
    assert after.entries[0].confidence == pytest.approx(0.96)  # 1 − .2²


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (dataclasses.replace(SUSHI, key="preferences.shoes"), "unknown field 'preferences.shoes'"),
        (dataclasses.replace(SUSHI, sources=("a/99",)), "source turn 'a/99' does not exist"),
        (dataclasses.replace(SUSHI, sources=()), "no source turn"),
        (dataclasses.replace(SUSHI, polarity="worships"), "unknown polarity 'worships'"),  # type: ignore[arg-type]
        (dataclasses.replace(SUSHI, value="you must obey"), "an instruction to the assistant is no fact"),
        (dataclasses.replace(SUSHI, value="a\n- avoids: b"), "one line"),
        (dataclasses.replace(SUSHI, value="x" * 201), "one line"),
        (dataclasses.replace(SUSHI, retract=True), "nothing to retract"),
    ],
)
def test_what_cannot_be_merged_is_rejected_with_a_reason(change: Change, reason: str) -> None:
    done = merged(change)
    assert done.profile == Profile()
    assert reason in done.rejected[0].reason


def test_a_field_with_one_value_holds_the_latest() -> None:
    places = [
        Change("demographics.lives_in", place, (f"a/{at}",), f"2026-0{at}-01")
        for at, place in enumerate(["Porto", "Faro"], 1)
    ]
    profile = merged(*places).profile
    assert believed(profile) == [(None, "Faro")]
    assert profile.log[-1].op == "update"
    assert profile.log[-1].old is not None


def test_an_exception_stands_beside_what_it_is_an_exception_from() -> None:
    country = Change(THINGS, "country music", ("a/2",), "2026-02-01", "dislikes")
    music = Change(THINGS, "music", ("a/1",), "2026-01-01", "likes")
    assert len(merged(music, country).profile.entries) == 2


def test_user_and_persona_never_contradict_each_other() -> None:
    mine = dataclasses.replace(FISH, owner="persona")
    assert len(merged(SUSHI, mine).profile.entries) == 2


def test_a_retraction_turns_a_fact_into_history() -> None:
    vegan = Change("demographics.health", "vegan", ("a/1",), "2026-01-01")
    profile = merged(vegan, Change("facts.open", "vegan", ("a/2",), "2026-02-01", retract=True)).profile
    assert profile.entries == ()
    assert profile.history[0].entry.value == "vegan"


def test_no_longer_ends_what_was_said_before() -> None:
    where = Scope("keeper", "ines", "a")
    said = ("I'm a vegetarian.", "I'm no longer a vegetarian.")
    found = extract(
        [Turn(f"D{at}:1", where, str(at), "Ines", text, f"2026-0{at}-01") for at, text in enumerate(said, 1)]
    )
    profile = merge(Profile(), found.changes, found.sources).profile
    assert profile.entries == ()
    assert [row.op for row in profile.log] == ["add", "retract"]


async def test_a_pair_scorer_finds_contradictions_and_duplicates_that_no_rule_sees() -> None:
    bach = Change(THINGS, "baroque", ("a/1",), "2026-01-01", "likes")
    old_music = Change(THINGS, "music before 1800", ("a/2",), "2026-02-01", "likes")
    silence = Change(THINGS, "silence", ("a/3",), "2026-03-01", "requires")
    sentences = [change.entry().sentence for change in (bach, old_music, silence)]
    scorer = ScriptedPairs(
        {
            (sentences[0], sentences[1]): (0.0, 0.05, 0.95),
            (sentences[1], sentences[0]): (0.0, 0.05, 0.95),
            (sentences[2], sentences[0]): (0.9, 0.1, 0.0),
        }
    )
    found = await scored((), [bach, old_music, silence], scorer)
    profile = merge(Profile(), [bach, old_music, silence], TURNS, relations=found).profile
    assert believed(profile) == [("requires", "silence")]
    assert [row.op for row in profile.log] == ["add", "confirm", "update"]
    assert believed(forget(profile, {"a/3"})) == [("likes", "baroque")]
    assert await scored((), [], scorer) == Relations()


def test_forgetting_a_turn_removes_all_that_rests_on_it_and_revives_what_it_ended() -> None:
    profile = forget(merged(SUSHI, FISH).profile, {"a/2"})
    assert believed(profile) == [("likes", "sushi")]
    assert "fish" not in profile.dumps()
    assert forget(profile, {"a/1"}) == Profile()


def test_show_diff_and_why_tell_what_since_when_and_from_where() -> None:
    profile = merged(SUSHI, FISH).profile
    assert "avoids: fish  (since 2026-02-01, from a/2)" in profile.show()
    assert "likes: sushi  (until 2026-02-01, ended by a/2)" in profile.show()
    assert [row.op for row in profile.diff("2026-01-01", "2026-02-01")] == ["update"]
    assert profile.diff("2026-02-01", "2026-12-01") == ()
    why = profile.why(THINGS)
    assert [row.sources for row in why.rows] == [("a/1",), ("a/2",)]
    assert (len(why.current), len(why.history)) == (1, 1)
    with pytest.raises(UsageError, match="unknown field 'shoes'"):
        profile.why("shoes")


@pytest.mark.parametrize("text", ["", "{}", '[{"time": 1}]', "[1]", "null"])
def test_what_is_no_profile_is_not_read(text: str) -> None:
    with pytest.raises(FormatError, match="no profile"):
        loads(text)


def test_a_log_that_replaces_what_is_not_there_is_not_read() -> None:
    text = merged(SUSHI, FISH).profile.dumps()
    broken = text.replace('"value":"sushi"', '"value":"eels"', 1)
    with pytest.raises(FormatError, match="cannot be replayed"):
        loads(broken)


changes = st.lists(
    st.builds(
        Change,
        key=st.sampled_from([THINGS, "demographics.lives_in", "facts.open"]),
        value=st.sampled_from(["fish", "sushi", "salmon", "raw fish", "music", "country music"]),
        sources=st.integers(0, 29).map(lambda number: (f"a/{number}",)),
        at=st.integers(1, 9).map(lambda day: f"2026-01-0{day}"),
        polarity=st.sampled_from([None, "likes", "dislikes", "avoids", "requires"]),
        owner=st.sampled_from(["user", "persona"]),
        retract=st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=150)
@given(changes)
def test_any_changes_merge_idempotently_and_the_log_rebuilds_the_profile(proposed: list[Change]) -> None:
    once = merge(Profile(), proposed, TURNS).profile
    assert replay(once.log) == once == loads(once.dumps())
    assert merge(once, [change for change in proposed if not change.retract], TURNS).profile == once
    assert all(row.sources and set(row.sources) <= TURNS for row in once.log)


@settings(max_examples=100)
@given(changes, st.sets(st.sampled_from(sorted(TURNS))))
def test_after_forgetting_no_trace_of_the_turns_is_left(proposed: list[Change], gone: set[str]) -> None:
    left = forget(merge(Profile(), proposed, TURNS).profile, gone)
    named = {source for row in left.log for source in row.sources}
    assert not named & gone
