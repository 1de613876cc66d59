"""In which orders the options of a response scale are shown.

An order is a tuple: `order[place]` is the 0-based index, on the scale from least to most, of the option shown there.
"""

from __future__ import annotations

from functools import cache
from itertools import permutations

from personae.errors import UsageError
from personae.psychometrics.instrument import nearest

Order = tuple[int, ...]

#: Up to so many options every permutation is an order.
ALL_PERMUTATIONS = 3


@cache
def orders(k: int) -> dict[str, Order]:
    """The orders of k options by name: "forward" and "reverse" first, so that the first n are a balanced choice.

    Up to three options: all k!. More: the rows of the cyclic Latin square ("square-2" starts with the second option)
    and each of them turned round. In every pair of neighbours each option's mean place is the middle one.

    >>> orders(3)
    {'forward': (0, 1, 2), 'reverse': (2, 1, 0), '132': (0, 2, 1), '231': (1, 2, 0), '213': (1, 0, 2), '312': (2, 0, 1)}
    >>> list(orders(5))[:4], orders(5)["square-2"], len(orders(5))
    (['forward', 'reverse', 'square-2', 'square-2-reverse'], (1, 2, 3, 4, 0), 10)
    """
    if k < 2:
        raise UsageError(f"a response scale has two or more options, got {k!r}")
    forward = tuple(range(k))
    found: dict[str, Order] = {"forward": forward, "reverse": forward[::-1]}
    if k <= ALL_PERMUTATIONS:
        for order in permutations(forward):
            for each in (order, order[::-1]):
                if each not in found.values():
                    found["".join(str(index + 1) for index in each)] = each
        return found
    for shift in range(1, k):
        row = forward[shift:] + forward[:shift]
        found |= {f"square-{shift + 1}": row, f"square-{shift + 1}-reverse": row[::-1]}
    return found


def order_named(name: str, k: int) -> Order:
    """The order of that name for k options. Raises `UsageError` that lists them."""
    known = orders(k)
    if name not in known:
        raise UsageError(
            f"{k} options have no order {name!r}{nearest(name, list(known))}; there are {', '.join(known)}"
        )
    return known[name]


def first_orders(n: int, k: int) -> tuple[str, ...]:
    """The names of the first n orders of k options. Raises `UsageError` where there are fewer.

    >>> first_orders(2, 7)
    ('forward', 'reverse')
    """
    names = tuple(orders(k))
    if not 1 <= n <= len(names):
        raise UsageError(f"{k} options can be shown in 1 to {len(names)} orders, got {n!r}")
    return names[:n]
