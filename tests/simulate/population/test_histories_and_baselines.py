"""Labels follow the reward, users are parted, and examples of like-minded users help a model that reads them."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import UsageError
from personae.models import Scripted
from personae.simulate.population import Library, Pair, Standard, histories, mixture_users, part, serve
from personae.simulate.population.baselines import prompted, shown
from personae.simulate.population.scorers import TextScorer
from personae.types import Completion

SHORT, LONG = "No.", "a long long long reply"
PAIRS = [Pair(f"Question {n}?", SHORT, LONG) for n in range(60)]
#: two scorers: brevity and length
A, B = np.tile([1.0, -1.0], (60, 1)), np.tile([-1.0, 1.0], (60, 1))


class Lengths:
    """An embedder that tells short texts from long ones."""

    name = "lengths"

    def embed(self, texts):
        long = np.array([[len(text) > 24, len(text) <= 24] for text in texts], dtype=np.float32)
        return long.reshape(-1, 2)


def test_the_label_is_the_reply_with_the_higher_reward():
    brief, wordy = histories([[1.0, 0.0], [0.0, 1.0]], PAIRS, A, B, seed=0)
    assert {one.chosen for one in brief.choices} == {SHORT}
    assert {one.chosen for one in wordy.choices} == {LONG}
    assert brief.choices[0].margin == 2.0
    assert 25 <= len(brief.choices) <= 50


def test_an_indifferent_user_has_no_label_and_is_counted():
    (even,) = histories([[0.5, 0.5]], PAIRS, A, B, seed=0, length=(3, 5))
    assert even.choices == ()
    assert 3 <= even.unlabelled <= 5


def test_a_pair_without_a_score_has_no_label():
    missing = A.copy()
    missing[:] = np.nan
    (user,) = histories([[1.0, 0.0]], PAIRS, missing, B, seed=0, length=(3, 3))
    assert (user.choices, user.unlabelled) == ((), 3)


def test_nobody_is_on_both_sides_of_the_split():
    learn, test = part(100, 0.1, seed=0)
    assert (len(learn), len(test)) == (90, 10)
    assert not set(learn) & set(test)


def test_too_few_pairs_are_refused():
    with pytest.raises(UsageError, match="from 60"):
        histories([[1.0, 0.0]], PAIRS, A, B, seed=0, length=(25, 61))


def test_like_minded_users_lend_their_examples():
    weights = [[1.0, 0.0]] * 3 + [[0.0, 1.0]] * 3
    others = histories(weights, PAIRS, A, B, seed=0)
    library = Library.of(others, Lengths())
    (mine,) = histories([[0.0, 1.0]], PAIRS, A, B, seed=1, length=(3, 5))
    lent = library.nearest(mine.choices, "Question 1?", most=8)
    assert len(lent) == 8
    assert sum(one.chosen == LONG for one in lent) == 8
    alike = library.vectors @ library.vectors[0]
    assert alike[:3].min() > alike[3:].max()


def test_ways_show_as_many_examples_as_they_say():
    (user,) = histories([[1.0, 0.0]], PAIRS, A, B, seed=0)
    assert [len(shown(user.choices, "?", way)) for way in ("zero_shot", "one_shot", "three_shot")] == [0, 1, 3]
    text = prompted("Last?", user.choices[:1])[0].content
    assert "Liked better: No." in text
    assert text.endswith("Asked: Last?")
    with pytest.raises(UsageError, match="needs a library"):
        shown(user.choices, "?", "nearest")


SCORERS = (TextScorer("brevity", lambda t: -float(len(t))), TextScorer("length", lambda t: float(len(t))))
STANDARD = Standard.fit([[-10.0, 10.0], [-30.0, 30.0]], ("brevity", "length"))


async def test_a_reader_of_examples_serves_both_kinds_and_a_blind_one_does_not():
    users = histories([[1.0, 0.0], [0.0, 1.0]], PAIRS, A, B, seed=0)

    def reads(messages):
        said = messages[0].content
        if "Liked better" not in said:
            return "a reply of middle size"
        return "x" if "Liked better: No." in said else "x" * 60

    candidates = [["aa", "b" * 40]]
    one = await serve(Scripted(reads), users, ["Hm?"], candidates, SCORERS, STANDARD, way="one_shot")
    none = await serve(Scripted(reads), users, ["Hm?"], candidates, SCORERS, STANDARD, way="zero_shot")
    assert one.win_rate.value == 1.0
    assert none.win_rate.value == 0.0
    assert one.reward.value > none.reward.value


async def test_a_refused_reply_is_counted_and_has_no_reward():
    users = histories([[1.0, 0.0]], PAIRS, A, B, seed=0)
    model = Scripted([Completion("", stop="refusal"), "aa"])
    found = await serve(model, users, ["1?", "2?"], [["b"], ["aa"]], SCORERS, STANDARD, way="zero_shot")
    assert found.missing == {"refused": 1}
    assert found.win_rate.value == 0.5  # a draw with the best candidate
    assert found.reward.n == 1


async def test_without_a_single_reply_there_is_a_reason():
    users = histories([[1.0, 0.0]], PAIRS, A, B, seed=0)
    found = await serve(Scripted([""]), users, ["1?"], [["b"]], SCORERS, STANDARD, way="zero_shot")
    assert found.reward.value is None
    assert found.missing == {"empty": 1}


def test_ten_scorers_and_users_meet():
    assert mixture_users(3, 10, 0.1, seed=0).shape == (3, 10)
