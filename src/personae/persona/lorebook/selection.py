"""Which of the woken entries stay: one of each inclusion group, and as many as the token budget holds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from personae.persona.lorebook.rules import Profile

if TYPE_CHECKING:
    from personae.persona.lorebook.engine import Watch


def one_per_group(fresh: Sequence[Watch], watches: Sequence[Watch], seed: int) -> set[int]:
    """Of entries that share a group one stays active; returns the indices of those that lost.

    An entry active since an earlier round wins, then a sticky one, then the highest order among those that override,
    then (where scoring is asked for) the most keys found, then chance by `group_weight`.
    """
    lost: set[int] = set()
    for group in dict.fromkeys(name for watch in fresh for name in watch.rules.groups):
        members = [watch for watch in fresh if watch.active and group in watch.rules.groups]
        taken = any(w.active and group in w.rules.groups for w in watches if not any(w is f for f in fresh))
        winner = None if taken or not members else _winner(members, random.Random(f"{seed}:{group}"))
        for watch in members:
            if watch is not winner:
                watch.refuse(f"group {group!r}: another entry was chosen")
                lost.add(watch.rules.index)
    return lost


def _winner(members: Sequence[Watch], rng: random.Random) -> Watch:
    if len(members) == 1:
        return members[0]
    for watch in members:
        if watch.reason == "sticky":
            return watch
    overriding = [watch for watch in members if watch.rules.group_override]
    if overriding:
        return max(overriding, key=lambda watch: watch.rules.entry.insertion_order)
    if any(watch.rules.group_scoring for watch in members):
        most = max(len(watch.found) for watch in members)
        members = [watch for watch in members if len(watch.found) == most or not watch.rules.group_scoring]
    weights = [watch.rules.group_weight for watch in members]
    return rng.choices(members, weights)[0] if sum(weights) > 0 else members[0]


def within_budget(watches: Sequence[Watch], limit: int | None, profile: Profile) -> None:
    """Drop active entries until their texts fit `limit` tokens.

    Specification: the lowest `priority` leaves first (`insertion_order` where there is none); entries marked
    `@@ignore_on_max_context` leave before all others. SillyTavern: sticky entries, then the highest order, and
    nothing more once one did not fit.
    """
    active = [watch for watch in watches if watch.active]
    if limit is None:
        return
    if profile == "sillytavern":
        active.sort(key=lambda watch: (watch.reason != "sticky", -watch.rules.entry.insertion_order))
        used, full = 0, False
        for watch in active:
            full = full or used + watch.tokens > limit
            if full:
                watch.refuse("over budget")
            else:
                used += watch.tokens
        return
    total = sum(watch.tokens for watch in active)
    for watch in sorted(active, key=_staying_power):
        if total <= limit:
            return
        if watch.tokens:
            watch.refuse("over budget")
            total -= watch.tokens


def _staying_power(watch: Watch) -> tuple[bool, float, int]:
    entry = watch.rules.entry
    priority = entry.insertion_order if entry.priority is None else entry.priority
    return "ignore_on_max_context" not in watch.rules.decorated.values, priority, -watch.rules.index
