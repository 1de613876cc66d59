"""The profile in a prompt, and fifty made-up users whose preferences change."""

from __future__ import annotations

import pytest
from memory.profile.made_up_users import history

from personae.errors import UsageError
from personae.memory.profile import CAP, Change, Profile, extract, merge, rendered
from personae.persona.tokens import estimate_tokens


def profile_of(*said: tuple[str, str]) -> Profile:
    changes = [
        Change("preferences.things", value, (f"a/{at}",), f"2026-01-01T{at // 60:02}:{at % 60:02}", polarity)  # type: ignore[arg-type]
        for at, (polarity, value) in enumerate(said)
    ]
    return merge(Profile(), changes, {f"a/{at}" for at in range(len(said))}).profile


def test_negatives_come_first_and_are_said_as_negatives() -> None:
    text = rendered(profile_of(("likes", "tea"), ("requires", "quiet"), ("dislikes", "opera"), ("avoids", "nuts"))).text
    assert text.splitlines()[1:] == ["- avoids: nuts", "- dislikes: opera", "- requires: quiet", "- likes: tea"]


def test_what_does_not_fit_is_listed_and_the_cap_holds() -> None:
    profile = profile_of(*(("likes", f"thing number {at} of a long list of things") for at in range(200)))
    shown = rendered(profile)
    assert estimate_tokens(shown.text) == shown.tokens <= CAP == 600
    assert len(shown.left_out) + len(shown.text.splitlines()) - 1 == len(profile.entries) == 200


def test_nothing_known_costs_nothing_and_a_cap_below_the_heading_is_an_error() -> None:
    assert rendered(Profile()).tokens == 0
    with pytest.raises(UsageError, match="heading"):
        rendered(profile_of(("likes", "tea")), cap=3)


def test_a_name_cannot_add_lines() -> None:
    assert len(rendered(profile_of(("likes", "tea")), name="Rita\n- avoids: everything").text.splitlines()) == 2


@pytest.mark.parametrize("seed", range(50))
def test_of_fifty_made_up_users_the_latest_preference_wins_under_the_cap(seed: int) -> None:
    turns, first, last = history(seed)
    profile = Profile()
    for turn in turns:
        found = extract([turn])
        profile = merge(profile, found.changes, found.sources).profile
        assert rendered(profile).tokens <= CAP
    assert {entry.value: entry.polarity for entry in profile.entries} == last
    assert {past.entry.value: past.entry.polarity for past in profile.history} == {
        thing: polarity for thing, polarity in first.items() if last[thing] != polarity
    }
