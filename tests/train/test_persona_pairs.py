"""Pairs from slots: every rule gives the label it promises."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from personae.train.pair_scorer.persona_pairs import Maker, slots, talk
from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL


def test_equal_seeds_give_equal_pairs_and_other_seeds_others() -> None:
    assert Maker(3).pairs(200) == Maker(3).pairs(200)
    assert Maker(3).pairs(200) != Maker(4).pairs(200)


def test_twenty_thousand_different_pairs_with_every_label_well_represented() -> None:
    pairs = Maker(0).pairs(20_000)
    assert len({(pair.premise, pair.hypothesis) for pair in pairs}) == 20_000
    shares = Counter(pair.label for pair in pairs)
    assert min(shares.values()) > 4_000


def test_no_template_is_left_unfilled() -> None:
    texts = [text for pair in Maker(1).pairs(5_000) for text in (pair.premise, pair.hypothesis)]
    assert not [text for text in texts if re.search(r"[{}>;]|\bnone\b\.", text)]


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        ("paraphrase", ENTAILMENT), ("implied", ENTAILMENT), ("two_in_one", ENTAILMENT),
        ("follows", ENTAILMENT), ("synonym", ENTAILMENT), ("opposite", CONTRADICTION), ("clash", CONTRADICTION),
        ("other_value", CONTRADICTION), ("denied", CONTRADICTION), ("none_at_all", CONTRADICTION),
        ("other_slot", NEUTRAL), ("somebody_else", NEUTRAL), ("hope", NEUTRAL), ("small_talk", NEUTRAL),
        ("denial_of_another", NEUTRAL), ("not_shut_out", NEUTRAL),
    ],
)  # fmt: skip
def test_a_rule_gives_its_label(rule: str, label: int) -> None:
    maker = Maker(0)
    found = [pair for pair in (getattr(maker, rule)() for _ in range(200)) if pair is not None]
    assert found
    assert {pair.label for pair in found} == {label}


def test_what_is_said_of_somebody_else_is_never_a_contradiction() -> None:
    kin = re.compile(rf"^(?:[^.]*[.!?,] )*my (?:{'|'.join(talk()['kin'])})s? ")
    about_others = [
        pair for pair in Maker(0).pairs(10_000) if kin.match(pair.premise) and not kin.match(pair.hypothesis)
    ]
    assert len(about_others) > 500
    assert {pair.label for pair in about_others if pair.source == "somebody else"} == {NEUTRAL}


def test_questions_bear_on_their_own_slot_only() -> None:
    bearings = Maker(0).bearings(2_000)
    assert {bearing.side for bearing in bearings} == {"query", "reply"}
    assert 0.35 < sum(bearing.target for bearing in bearings) / len(bearings) < 0.65


def test_slots_cover_what_people_say_about_themselves() -> None:
    names = {slot.name for slot in slots()}
    assert {"job", "pets", "children", "age", "home_city", "favorite_food", "hobby", "vehicle", "health"} <= names
