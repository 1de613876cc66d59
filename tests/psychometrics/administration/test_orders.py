"""Option orders: forward, reverse, Latin squares with their reversals, all permutations of few options."""

from __future__ import annotations

from itertools import permutations
from math import factorial

import pytest

from personae.errors import UsageError
from personae.psychometrics.administration.orders import first_orders, order_named, orders


@pytest.mark.parametrize("k", [2, 3])
def test_up_to_three_options_are_shown_in_all_permutations(k):
    assert sorted(orders(k).values()) == sorted(permutations(range(k)))
    assert len(orders(k)) == factorial(k)


@pytest.mark.parametrize("k", [4, 5, 7, 26])
def test_more_options_are_shown_in_a_cyclic_latin_square_and_its_reversals(k):
    found = list(orders(k).values())
    assert len(found) == len(set(found)) == 2 * k
    for place in range(k):
        assert [sum(order[place] == option for order in found) for option in range(k)] == [2] * k


@pytest.mark.parametrize("k", [2, 3, 4, 5, 6, 7])
def test_every_second_order_turns_round_the_one_before(k):
    found = list(orders(k).values())
    assert all(back == there[::-1] for there, back in zip(found[::2], found[1::2], strict=True))
    assert first_orders(2, k) == ("forward", "reverse")


def test_an_unknown_order_names_the_nearest_one():
    with pytest.raises(UsageError, match="did you mean 'square-2'"):
        order_named("squar-2", 5)


@pytest.mark.parametrize("n", [0, 11])
def test_more_orders_than_there_are_is_an_error_with_the_number(n):
    with pytest.raises(UsageError, match="1 to 10 orders"):
        first_orders(n, 5)
