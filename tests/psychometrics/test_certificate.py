"""Stable, not shown or unstable: what a certificate says of respondents whose way of answering is known."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stubs.respondents import administer, reader

from personae.errors import UsageError
from personae.psychometrics import Instrument, Item, Licence, Response
from personae.psychometrics.certificate import certify
from personae.psychometrics.own import own_instrument

LEVELS = {"E": 4, "A": 2, "C": 5, "N": 2, "O": 4}
FIVE = Response(("1", "2", "3", "4", "5"))
FIVE_DOMAINS = own_instrument("big-five-60")


def test_always_the_first_option_moves_raw_answers_by_the_whole_range_and_keyed_ones_by_nothing():
    found = certify(administer(FIVE_DOMAINS, lambda item, template, shown: 0), FIVE_DOMAINS)
    assert abs(found.largest("raw").difference) == 4.0
    assert abs(found.largest("keyed").difference) == 0.0
    assert found.largest("raw").changed in ("order", "template+order")
    assert found.largest("raw", "template").difference == 0.0
    assert found.verdict == "unstable"
    assert found.flips == 1.0
    assert found.reasons[0].startswith("raw answers move by 4.00 points")


def test_each_domain_of_a_positional_responder_is_unstable_too():
    rows = administer(FIVE_DOMAINS, lambda item, template, shown: 0)
    assert {certify(rows, FIVE_DOMAINS, domain).verdict for domain in FIVE_DOMAINS.domains} == {"unstable"}


def test_an_honest_reader_is_stable_and_nothing_moves():
    rows = administer(FIVE_DOMAINS, reader(LEVELS))
    for scale in ("", *FIVE_DOMAINS.domains):
        found = certify(rows, FIVE_DOMAINS, scale)
        assert (found.verdict, found.reasons) == ("stable", ())
        assert all(contrast.difference == 0.0 for contrast in found.contrasts)
        assert (found.flips, found.invalid) == (0.0, 0.0)
        assert found.icc == pytest.approx(1.0)
    assert len(certify(rows, FIVE_DOMAINS).contrasts) == 2 * 15


def test_delta_is_a_sixteenth_of_the_range():
    assert certify(administer(FIVE_DOMAINS, reader(LEVELS)), FIVE_DOMAINS).delta == 0.25
    seven = Instrument("seven", FIVE_DOMAINS.items, Response(tuple("1234567")), Licence("MIT"))
    assert certify(administer(seven, reader(LEVELS)), seven).delta == 0.375


def test_the_same_answer_to_everything_is_no_stability():
    found = certify(administer(FIVE_DOMAINS, lambda item, template, shown: shown.index(3)), FIVE_DOMAINS)
    assert found.verdict == "not shown"
    assert found.icc is None
    assert "no agreement between conditions can be had" in found.reasons[-1]


def test_a_guesser_is_unstable_by_its_flips():
    rng = random.Random(0)
    found = certify(administer(FIVE_DOMAINS, lambda item, template, shown: rng.randrange(5)), FIVE_DOMAINS)
    assert found.verdict == "unstable"
    assert found.flips > 0.8


def test_a_wording_that_adds_a_point_is_unstable_and_the_wording_is_named():
    def lifted(item, template, shown):
        return shown.index(4 if template == "t2" else 2 + (item.id[-1] in "02468"))

    found = certify(administer(FIVE_DOMAINS, lifted), FIVE_DOMAINS)
    assert found.verdict == "unstable"
    assert "when the wording around the item" in found.reasons[0]
    assert found.largest("raw", "order").difference == 0.0


def test_not_significantly_different_is_not_stable():
    """Twelve items that scatter: no test finds a difference, and none can exclude one."""
    items = tuple(Item(f"i{i}", "…", "E", 1 if i % 2 == 0 else -1) for i in range(12))
    test = Instrument("twelve", items, FIVE, Licence("MIT"))
    rng = random.Random(3)

    def scattering(item, template, shown):
        base = 5 if item.key == 1 else 1
        return shown.index(base if rng.random() < 0.7 else abs(base - 1) or 2)

    found = certify(administer(test, scattering), test)
    assert all(contrast.holm_p > 0.05 for contrast in found.contrasts)
    assert found.verdict == "not shown"
    assert "do not show the answers to be the same" in " ".join(found.reasons)


def test_nine_items_show_nothing():
    test = Instrument("nine", tuple(Item(f"i{i}", "…", "E", (-1) ** i) for i in range(9)), FIVE, Licence("MIT"))
    found = certify(administer(test, reader({"E": 5})), test)
    assert (found.verdict, found.reasons) == ("not shown", ("9 items; a certificate needs 10",))


@pytest.mark.parametrize(("given", "reason"), [({"templates": ("t1", "t2")}, "2 templates; 3 are needed"),
                                               ({"templates": ("t1",), "orders": ("forward",)}, "1 template; 3"),
                                               ({"orders": ("forward",)}, "not shown in both directions")])  # fmt: skip
def test_too_few_ways_of_asking_cannot_show_stability(given, reason):
    found = certify(administer(FIVE_DOMAINS, reader(LEVELS), **given), FIVE_DOMAINS)
    assert found.verdict == "not shown"
    assert any(reason in each for each in found.reasons)


@pytest.mark.parametrize(("every", "verdict"), [(40, "stable"), (10, "not shown")])
def test_more_than_one_answer_in_twenty_missing_cannot_be_stable(every, verdict):
    calls = iter(range(1, 10_000))
    honest = reader(LEVELS)
    rows = administer(FIVE_DOMAINS, lambda *asked: "refused" if next(calls) % every == 0 else honest(*asked))
    found = certify(rows, FIVE_DOMAINS)
    assert found.verdict == verdict
    assert found.missing == {"refused": 360 // every}
    assert found.invalid == pytest.approx((360 // every) / 360)


def test_items_never_asked_are_missing():
    rows = [row for row in administer(FIVE_DOMAINS, reader(LEVELS)) if row.item != "e01"]
    found = certify(rows, FIVE_DOMAINS)
    assert found.missing == {"not_run": 6}
    assert found.invalid == 6 / 360


def test_one_respondent_asked_in_one_way_or_an_error():
    rows = administer(FIVE_DOMAINS, reader(LEVELS))
    with pytest.raises(UsageError, match="these rows hold 2"):
        certify(rows + administer(FIVE_DOMAINS, reader(LEVELS), route="logprobs"), FIVE_DOMAINS)
    with pytest.raises(UsageError, match="these rows hold 0"):
        certify([], FIVE_DOMAINS)


def test_rows_of_another_instrument_are_an_error():
    other = Instrument("other", FIVE_DOMAINS.items, FIVE, Licence("MIT"))
    with pytest.raises(UsageError, match="not 'big-five-60'"):
        certify(administer(other, reader(LEVELS)), FIVE_DOMAINS)


def test_answers_scored_already_get_the_same_certificate():
    """Declared as scored, the released answers of a positional responder are turned back for the raw side."""
    rows = administer(FIVE_DOMAINS, lambda item, template, shown: 0)
    scored = Instrument("big-five-60", FIVE_DOMAINS.items, FIVE, Licence("MIT"), coding="scored")
    found = certify(rows, scored)
    assert abs(found.largest("keyed").difference) == 4.0
    assert abs(found.largest("raw").difference) == 0.0
    assert found.verdict == "unstable"


def test_what_goes_into_a_report_is_plain_data():
    import json

    data = certify(administer(FIVE_DOMAINS, lambda item, template, shown: 0), FIVE_DOMAINS, "E").about()
    assert json.loads(json.dumps(data)) == data
    assert (abs(data["raw"]), data["keyed"], data["raw.template"], data["contrasts"]) == (4.0, 0.0, 0.0, 30)


def test_a_hundred_thousand_rows_are_read_in_seconds():
    import time

    rng = np.random.default_rng(0)
    picks = iter(rng.integers(0, 5, 400_000).tolist())
    people = [administer(FIVE_DOMAINS, lambda *_: next(picks), persona=f"p{i}") for i in range(28)]
    start = time.process_time()
    for rows in people:
        certify(rows, FIVE_DOMAINS, "E")
    assert (time.process_time() - start) / sum(map(len, people)) * 100_000 < 40


TWELVE = Instrument("twelve", tuple(Item(f"i{i}", "…", "E", (-1) ** i) for i in range(12)), FIVE, Licence("MIT"))
OUTCOMES = st.integers(0, 4) | st.sampled_from(["refused", "unparsed", "empty", "truncated", "failed"])


@settings(max_examples=20)
@given(st.lists(OUTCOMES, min_size=72, max_size=72), st.integers(0, 71))
def test_whatever_was_answered_there_is_a_verdict_and_stable_has_no_reason_against_it(taken, dropped):
    picks = iter(taken)
    rows = administer(TWELVE, lambda *_: next(picks))
    del rows[dropped]
    found = certify(rows, TWELVE)
    assert (found.verdict == "stable") == (found.reasons == ())
    assert found.flips is None or 0 <= found.flips <= 1
    assert sum(found.missing.values()) == sum(isinstance(each, str) for each in taken) + isinstance(taken[dropped], int)
    assert 0 < found.invalid <= 1
    assert all(0 <= c.tost_p <= 1 and 0 <= c.wilcoxon_p <= c.holm_p <= 1 for c in found.contrasts)
    assert found.about()["verdict"] == found.verdict
