"""The linter on instruments, and on keys and coding against what people answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from personae.errors import UsageError
from personae.psychometrics import Instrument, Item, Licence, Response, Scale
from personae.psychometrics.library import key, load
from personae.psychometrics.lint import Finding, expected_agree, lint, yes_sayers
from personae.psychometrics.lint_answers import item_rests, lint_answers, opposite_pairs
from personae.psychometrics.own import own_names
from personae.psychometrics.people import Person, answers_PI
from personae.stats.internal_consistency import cronbach_alpha

FIVE = Response(("1", "2", "3", "4", "5"))


def made(*keys: int, texts: Sequence[str] = (), **more: object) -> Instrument:
    items = tuple(
        Item(f"e{n}", texts[n - 1] if texts else f"Sentence {n}.", "E", sign) for n, sign in enumerate(keys, 1)
    )
    return Instrument("made", items, FIVE, Licence("MIT", may_ship=True), **more)


def turned(instrument: Instrument, *ids: str) -> Instrument:
    """The same instrument with the keys of some items the wrong way round."""
    return replace(
        instrument,
        items=tuple(replace(item, key=-item.key) if item.id in ids else item for item in instrument.items),
    )


def flagged(found: Sequence[Finding], rule: str, severity: str = "error") -> list[str]:
    return [finding.path for finding in found if (finding.rule, finding.severity) == (rule, severity)]


@pytest.mark.parametrize("name", own_names())
def test_our_own_instruments_have_no_errors_and_balanced_keys(name: str) -> None:
    found = lint(load(name), bundled=True)
    assert not [finding for finding in found if finding.severity != "info"]


@pytest.mark.parametrize(
    ("keys", "agree"), [((1, 1, 1), 5.0), ((-1, -1, -1), 1.0), ((1, -1, 1, -1), 3.0), ((1, 1, 1, -1), 4.0)]
)
def test_all_agree_scores_three_plus_twice_the_mean_key(keys: tuple[int, ...], agree: float) -> None:
    assert 3 + 2 * sum(keys) / len(keys) == agree
    assert yes_sayers(made(*keys))["E"] == (agree, 6 - agree)
    assert expected_agree(made(*keys), "E") == agree


def test_one_sided_keys_are_a_warning_and_balanced_ones_are_not() -> None:
    assert flagged(lint(made(1, 1, 1, 1)), "balance", "warning") == ["E"]
    assert flagged(lint(made(1, 1, -1, -1)), "balance", "warning") == []
    assert flagged(lint(made(1, 1, -1)), "balance", "warning") == []  # twice as many is the limit


def test_the_same_sentence_twice_is_found_whatever_its_dress() -> None:
    found = lint(made(1, -1, 1, texts=["I hum.", "I sigh.", " i  HUM"]))
    assert flagged(found, "duplicate", "warning") == ["e3"]


def test_a_released_translation_has_one_sentence_twice(data_dir: Path) -> None:
    found = [finding for finding in lint(load("ipip-neo-120", data_dir, "es")) if finding.rule == "duplicate"]
    assert len(found) == 1
    assert "'47', '172'" in found[0].message


def test_items_that_are_not_there_are_errors_with_the_nearest_one() -> None:
    found = lint(made(1, -1, 1), scales=[Scale("loud", {"e1": 1, "e33": -1}), Scale("odd", {"e2": 0})])
    assert flagged(found, "scales") == ["loud", "odd"]
    assert "no item 'e33'; did you mean 'e3'?" in found[0].message


def test_a_facet_of_two_domains_and_one_named_like_a_domain_are_errors() -> None:
    items = (Item("a", "A.", "E", 1, "warmth"), Item("b", "B.", "A", 1, "warmth"), Item("c", "C.", "A", 1, "E"))
    found = lint(Instrument("mixed", items, FIVE, Licence("MIT", may_ship=True)))
    assert flagged(found, "scales") == ["warmth", "E"]


def test_a_key_without_a_domain_a_name_without_items_and_a_gap_in_the_texts_are_told() -> None:
    items = (Item("a", "A.", "", 1), Item("b", "", "A", 1), Item("c", "C.", "A", 0))
    found = lint(Instrument("gaps", items, FIVE, Licence("MIT"), names={"Z": "zeal"}))
    assert flagged(found, "scales") == ["a"]
    assert flagged(found, "texts") == ["b"]
    assert flagged(found, "scales", "warning") == ["Z"]
    assert flagged(found, "unscored", "info") == ["c"]


def test_texts_whose_licence_does_not_let_them_ship_cannot_be_bundled(data_dir: Path) -> None:
    assert flagged(lint(load("ipip-neo-120", data_dir), bundled=True), "licence") == ["licence"]
    assert flagged(lint(load("ipip-neo-120", data_dir)), "licence") == []


def test_another_checksum_is_an_error_and_its_first_digits_are_enough() -> None:
    instrument = made(1, -1, 1)
    assert flagged(lint(instrument, sha256=instrument.sha256[:8].upper()), "checksum") == []
    assert flagged(lint(turned(instrument, "e1"), sha256=instrument.sha256), "checksum") == [""]


def test_english_labels_under_foreign_items_are_a_warning(data_dir: Path) -> None:
    assert flagged(lint(load("ipip-neo-120", data_dir, "hi")), "labels", "warning") == ["response"]
    assert flagged(lint(load("ipip-neo-120", data_dir, "de")), "labels", "warning") == []


# --- against answers ---


def test_papi_declared_raw_is_an_error(papi: tuple[Person, ...]) -> None:
    found = lint_answers(key("ipip-neo-300"), papi)
    assert [finding.message for finding in found if finding.severity == "error"] == [
        "answers look already reverse-scored: oppositely keyed items correlate "
        "N +0.40, E +0.31, O +0.22, A +0.21, C +0.34; declare coding 'scored'"
    ]


def test_opposite_pairs_of_papi_have_the_reference_correlations(papi: tuple[Person, ...]) -> None:
    found = {each.domain: each.r for each in opposite_pairs(key("ipip-neo-300"), papi)}
    assert found == pytest.approx({"N": 0.395, "E": 0.306, "O": 0.217, "A": 0.210, "C": 0.338}, abs=0.002)


def test_papi_as_stored_has_five_items_below_zero_and_turned_again_103(papi: tuple[Person, ...]) -> None:
    stored = [r for r in item_rests(key("ipip-neo-300"), papi, "scored").values() if r is not None]
    assert len(stored) == 300
    assert abs(sum(r < 0 for r in stored) - 5) <= 1
    assert min(stored) > -0.20
    again = [r for r in item_rests(key("ipip-neo-300"), papi, "raw").values() if r is not None]
    assert abs(sum(r < 0 for r in again) - 103) <= 2
    found = lint_answers(key("ipip-neo-300"), papi, "scored")
    assert not [finding for finding in found if finding.severity == "error"]
    assert len(flagged(found, "item-rest", "warning")) == sum(r < 0 for r in stored)


def test_answers_turned_back_to_the_wording_are_raw(papi: tuple[Person, ...]) -> None:
    form = key("ipip-neo-300")
    scored = replace(form, coding="scored")
    said = [{id: v if v is None or form.item(id).key == 1 else 6 - v for id, v in person.items()} for person in papi]
    assert not [finding for finding in lint_answers(form, said) if finding.severity == "error"]
    assert "look raw, not reverse-scored" in lint_answers(scored, said)[0].message


def test_item_44_reversed_is_the_only_item_flagged(personallm: list[Person]) -> None:
    right, wrong = key("bfi-44"), turned(key("bfi-44"), "44")
    assert len(personallm) == 320
    assert flagged(lint_answers(right, personallm), "item-rest") == []
    found = lint_answers(wrong, personallm)
    assert [finding.path for finding in found if finding.severity != "info"] == ["44"]
    assert item_rests(wrong, personallm)["44"] == pytest.approx(-0.83, abs=0.005)
    assert "is the key -1 right?" in found[0].message
    for instrument, alpha in ((right, 0.944), (wrong, 0.863)):
        assert cronbach_alpha(keyed(instrument, personallm, "O")).value == pytest.approx(alpha, abs=0.0005)


def keyed(instrument: Instrument, people: Sequence[Person], domain: str) -> np.ndarray:
    columns = [(at, item.key) for at, item in enumerate(instrument.items) if item.domain == domain]
    table = answers_PI(instrument, people)
    return np.column_stack([table[:, at] if sign == 1 else 6 - table[:, at] for at, sign in columns])


@pytest.mark.parametrize("item", [f"{domain}{number}" for domain in "ACEN" for number in range(1, 6)])
def test_each_mis_keyed_item_of_2800_people_is_found(
    item: str, bfi25: Instrument, bfi25_people: tuple[Person, ...]
) -> None:
    assert flagged(lint_answers(bfi25, bfi25_people), "item-rest") == []
    assert item in flagged(lint_answers(turned(bfi25, item), bfi25_people), "item-rest")


@pytest.mark.parametrize("domain", "EACNO")
def test_a_domain_keyed_upside_down_is_found(
    domain: str, bfi25: Instrument, bfi25_people: tuple[Person, ...], personallm: list[Person], papi: tuple[Person, ...]
) -> None:
    form = key("ipip-neo-300")
    said = [{id: v if v is None or form.item(id).key == 1 else 6 - v for id, v in person.items()} for person in papi]
    for instrument, people in ((bfi25, bfi25_people), (key("bfi-44"), personallm), (form, said)):
        assert flagged(lint_answers(instrument, people), "domain", "warning") == []
        inverted = turned(instrument, *instrument.scale(domain).keys)
        found = lint_answers(inverted, people)
        assert flagged(found, "domain", "warning") == [domain]
        assert flagged(found, "item-rest") == []


def test_too_few_people_say_nothing_about_keys() -> None:
    people = [{"e1": 1.0, "e2": 5.0, "e3": 1.0}, {"e1": 5.0, "e2": 1.0, "e3": 5.0}] * 14
    assert [finding.rule for finding in lint_answers(made(1, -1, 1), people)] == ["people"]
    assert lint_answers(made(1, -1, 1), people * 2) == ()


def test_an_answer_off_the_scale_is_an_error_and_not_counted() -> None:
    people = [{"e1": 1.0, "e2": 5.0, "e3": 1.0}, {"e1": 5.0, "e2": 1.0, "e3": 5.0}] * 20
    found = lint_answers(made(1, -1, 1), [*people, {"e1": 0.0, "e2": None, "e3": None}])
    assert [(each.rule, each.path) for each in found] == [("range", "e1")]
    assert "1 answers are not on the scale 1–5 (first 0 by person 41 to 'e1')" in found[0].message


def test_an_answer_to_an_item_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UsageError, match="'bfi-44' has no item 'item4'"):
        lint_answers(key("bfi-44"), [{"item4": 1.0}])


def test_an_item_everybody_answers_alike_and_keys_of_one_sign_are_told() -> None:
    rng = np.random.default_rng(0)
    people = [{"e1": float(v), "e2": float(v), "e3": 4.0} for v in rng.integers(1, 6, 60)]
    found = lint_answers(made(1, 1, 1), people)
    assert [(each.severity, each.rule, each.path) for each in found] == [
        ("info", "coding", ""),
        ("info", "item-rest", "e3"),
    ]


def test_a_hundred_thousand_people_are_checked_in_seconds() -> None:
    import time

    rng = np.random.default_rng(0)
    trait = rng.normal(size=(20_000, 1))
    table = np.clip(np.rint(3 + trait * [1, -1, 1, -1] + rng.normal(size=(20_000, 4))), 1, 5)
    ids = ("e1", "e2", "e3", "e4")
    people = [dict(zip(ids, row, strict=True)) for row in table.tolist()] * 5
    start = time.process_time()
    assert lint_answers(made(1, -1, 1, -1), people) == ()
    assert time.process_time() - start < 10
