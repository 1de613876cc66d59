"""Ways of answering: who agrees with everything, who follows the place, who looks too good."""

from __future__ import annotations

import pytest

from personae.psychometrics import Instrument, Item, Licence, Response, Row
from personae.psychometrics.indices import acquiescence, agreement_shares, impression_management, position
from personae.stats.counts import ChiSquare

FIVE = Response(("1", "2", "3", "4", "5"))


def a_test(coding="raw"):
    items = [Item(f"{d}{i}", "…", d, 1 if i % 2 == 0 else -1) for d in "EACNO" for i in range(4)]
    return Instrument("five", tuple(items), FIVE, Licence("MIT"), coding=coding)


def rows(choose, orders=("forward", "reverse"), items=20, k=5):
    """Rows of a respondent: `choose(item, labels shown)` is the place taken; labels are points 1 … k."""
    found = []
    for item in range(items):
        for order in orders:
            shown = list(range(1, k + 1)) if order == "forward" else list(range(k, 0, -1))
            place = choose(item, shown)
            found.append(Row("p", "m", "five", f"i{item}", "t1", "l", order, 0, 0, "isolated", "parsed", "answered",
                             answer=float(shown[place]), place=place))  # fmt: skip
    return found


@pytest.mark.parametrize(("answer", "index", "named"), [(5.0, 2.0, "acquiescent"), (1.0, -2.0, "nay-saying"),
                                                        (4.0, 1.0, "acquiescent"), (3.0, 0.0, None)])  # fmt: skip
def test_one_answer_to_everything_is_named_by_its_side(answer, index, named):
    test = a_test()
    found = acquiescence(test, {item.id: answer for item in test.items})
    assert (found.index, found.named, found.domains) == (index, named, 5)


def test_a_strong_trait_is_no_taste_for_agreeing():
    test = a_test()
    answers = {item.id: 5.0 if item.key == 1 else 1.0 for item in test.items}
    assert acquiescence(test, answers).index == 0.0


def test_answers_scored_already_are_turned_back_before_agreement_is_counted():
    test = a_test(coding="scored")
    found = acquiescence(test, {item.id: 5.0 if item.key == 1 else 1.0 for item in test.items})
    assert found.index == 2.0
    assert agreement_shares(test, {"E0": 5.0, "E1": 1.0}) == {"agree": 1.0, "middle": 0.0, "disagree": 0.0}


def test_without_a_domain_keyed_both_ways_there_is_no_index():
    one_way = Instrument("one", tuple(Item(f"i{i}", "…", "E", 1) for i in range(4)), FIVE, Licence("MIT"))
    found = acquiescence(one_way, {f"i{i}": 5.0 for i in range(4)})
    assert (found.index, found.named, found.domains) == (None, None, 0)


@pytest.mark.parametrize("place", [0, 4])
def test_always_the_same_end_is_positional(place):
    found = position(rows(lambda item, shown: place), 5)
    assert (found.kept, found.followed, found.turned, found.named) == (20, 0, 20, "positional")
    assert found.counts[place] == 40
    assert found.test.p < 1e-20


def test_an_honest_reader_keeps_no_place_however_extreme():
    found = position(rows(lambda item, shown: shown.index(5 if item % 2 else 1)), 5)
    assert (found.kept, found.followed, found.named) == (0, 20, None)


def test_always_the_middle_is_not_positional_for_the_middle_stays_where_it_is():
    found = position(rows(lambda item, shown: 2), 5)
    assert (found.kept, found.followed, found.named) == (0, 20, None)


def test_one_direction_alone_cannot_show_that_places_are_kept():
    found = position(rows(lambda item, shown: 0, orders=("forward",)), 5)
    assert (found.turned, found.kept_share, found.named) == (0, None, None)


@pytest.mark.parametrize(("counts", "statistic", "p"), [([14, 20, 51, 62, 58, 77, 75], 73.57, 7.6e-14),
                                                        ([50, 56, 53, 78, 37, 37, 40], 25.26, None)])  # fmt: skip
def test_published_places_of_two_models_give_the_published_chi_square(counts, statistic, p):
    answers, item = [], 0
    for place, count in enumerate(counts):
        for _ in range(count):
            item += 1
            answers.append(Row("p", "m", "x", str(item), "t", "l", "forward", 0, 0, "isolated", "parsed", "answered",
                               answer=float(place), place=place))  # fmt: skip
    found = position(answers, 7)
    assert found.counts == tuple(counts)
    assert round(found.test.statistic, 2) == statistic
    if p:
        assert found.test.p == pytest.approx(p, rel=0.01)


def test_rows_without_an_answer_have_no_place():
    lost = Row("p", "m", "x", "a", "t", "l", "forward", 0, 0, "isolated", "parsed", "refused")
    found = position([lost], 5)
    assert (found.counts, found.test) == ((0,) * 5, None)


def test_only_the_two_highest_of_seven_points_count_for_impression_management():
    seven = Instrument("im", tuple(Item(f"i{i}", "…", "IM", 1 if i % 2 else -1) for i in range(10)),
                       Response(tuple("1234567")), Licence("MIT"))  # fmt: skip
    answers = {f"i{i}": (6.0 if i % 2 else 2.0) for i in range(10)}  # keyed 6 everywhere
    assert impression_management(seven, answers, "IM") == 1.0
    assert impression_management(seven, dict.fromkeys(answers, 5.0), "IM") == 0.0
    assert impression_management(seven, {"i0": 1.0}, "IM") is None


def test_adding_tests_of_two_models_adds_their_evidence():
    both = ChiSquare.of([30, 10]) + ChiSquare.of([10, 30])
    assert both.df == 2
