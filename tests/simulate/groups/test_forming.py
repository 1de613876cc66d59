"""How divided groups are, and that they are formed evenly, of different people, by chance that can be repeated."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.simulate.groups import camps, entropy_bits, form, partitions, speaks_for, with_member

ENTROPIES = (0, 0.722, 0.971, 1.371, 1.522, 1.922, 2.322)


def test_five_people_are_divided_in_seven_ways_with_the_published_entropies():
    found = [entropy_bits(parts) for parts in partitions(5)]
    assert found == pytest.approx(ENTROPIES, abs=5e-4)
    assert set(partitions(5)) == {(5,), (4, 1), (3, 2), (3, 1, 1), (2, 2, 1), (2, 1, 1, 1), (1, 1, 1, 1, 1)}


def test_answers_a_population_would_hardly_give_keep_a_member_out():
    assert speaks_for(1.0)
    assert speaks_for(0.6066)
    assert not speaks_for(0.6065)
    assert not speaks_for(0.0)


def test_with_plenty_of_everybody_all_ways_are_used_equally_often():
    people = {f"{letter}{i}": letter for letter in "ABCDE" for i in range(70)}
    groups = form(people, seed=1)
    used = Counter(camps([name[0] for name in group]) for group in groups[:35])
    assert used == dict.fromkeys(partitions(5), 5)


def test_the_same_seed_gives_the_same_groups_and_another_seed_others():
    people = {f"p{i}": "AB"[i % 2] for i in range(20)}
    shuffled = dict(random.Random(0).sample(sorted(people.items()), 20))
    assert form(people, seed=3) == form(shuffled, seed=3) != form(people, seed=4)


@given(st.dictionaries(st.text("abcdefg", min_size=1, max_size=3), st.sampled_from("ABCDE")), st.integers(2, 6))
def test_nobody_sits_in_two_groups_and_as_many_groups_form_as_can(people, size):
    groups = form(people, size=size)
    seated = [name for group in groups for name in group]
    assert len(seated) == len(set(seated))
    assert set(seated) <= set(people)
    assert all(len(group) == size for group in groups)
    left = Counter(letter for name, letter in people.items() if name not in set(seated))
    assert left.total() < size or not any(
        len(left) >= len(parts)
        and all(a >= b for a, b in zip(sorted(left.values(), reverse=True), parts, strict=False))
        for parts in partitions(size)
    )


def test_one_person_sits_in_majorities_and_minorities_over_the_turns():
    people = {f"{letter}{i}": letter for letter in "ABCD" for i in range(5)}
    own = Counter()
    for turn in range(24):
        group = with_member(people, "A0", turn=turn)
        assert len(set(group)) == 5
        assert "A0" in group
        own[sum(name[0] == "A" for name in group)] += 1
    assert set(own) == {1, 2, 3, 4, 5}


def test_too_few_people_make_no_group_with_a_member():
    assert with_member({"a": "A", "b": "B"}, "a", size=3) is None
    with pytest.raises(UsageError, match="no answer"):
        with_member({"b": "B"}, "a")


def test_a_group_of_one_is_an_error():
    with pytest.raises(UsageError, match="nobody to talk to"):
        form({"a": "A"}, size=1)
