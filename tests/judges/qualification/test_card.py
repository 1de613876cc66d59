"""The judge card: when it qualifies, what it is worth for others, and files that are none."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personae.errors import FormatError, PersonaeError, UnsafeFile
from personae.judges.qualification import bundled
from personae.judges.qualification.card import FLOORS, Floor, JudgeCard, judge_note, read_card, write_card
from personae.types import Measurement


def changed(card, **values):
    figures = tuple(dataclasses.replace(one, **values[one.name]) if one.name in values else one for one in card.figures)
    return dataclasses.replace(card, figures=figures)


def test_the_lower_bound_has_to_exceed_what_shared_words_reach(oracle_card):
    just = changed(oracle_card, top_1={"value": 0.4, "low": 0.3381, "high": 0.46}, baseline={"value": 0.338})
    below = changed(oracle_card, top_1={"value": 0.4, "low": 0.338, "high": 0.46}, baseline={"value": 0.338})
    assert (just.standing, below.standing) == ("qualified", "unqualified")
    assert "0.338 is not above 0.338" in below.reasons[0]


def test_brier_has_to_lie_below_that_of_a_uniform_answer(oracle_card):
    uniform = oracle_card.figure("brier").details["uniform"]
    assert changed(oracle_card, brier={"value": uniform}).standing == "unqualified"
    assert changed(oracle_card, brier={"value": uniform - 1e-9}).standing == "qualified"


@pytest.mark.parametrize("name", FLOORS)
def test_every_floor_disqualifies_alone(oracle_card, name):
    floor = FLOORS[name]
    worse = floor.at + (0.01 if floor.most else -0.01)
    assert changed(oracle_card, **{name: {"value": floor.at, "low": None, "high": None}}).standing == "qualified"
    card = changed(oracle_card, **{name: {"value": worse, "low": None, "high": None}})
    assert card.standing == "unqualified"
    assert card.reasons == (f"{name}: {worse:.3f} is not {floor}",)


def test_worthless_certainty_does_not_disqualify(oracle_card):
    card = changed(oracle_card, **{"certainty.auroc": {"value": 0.5, "low": 0.4, "high": 0.6}})
    assert card.standing == "qualified"


def test_a_card_says_nothing_of_another_model_or_other_items(oracle_card):
    assert oracle_card.standing_for("oracle") == "qualified"
    assert oracle_card.standing_for("oracle-2") == "untested"
    other = bundled.checksums() | {"contrast": "0" * 64}
    assert oracle_card.standing_for("oracle", other) == "untested"
    assert oracle_card.standing_for("oracle", oracle_card.checksums) == "qualified"


def test_a_note_carries_the_figures_of_the_judges_own_card_only(oracle_card, biased_card):
    note = judge_note("always-a", biased_card)
    assert (note["standing"], note["card"]["standing"]) == ("unqualified", "unqualified")
    assert note["card"]["place_p"] < 0.001
    assert judge_note("always-a", oracle_card) == {"name": "always-a", "standing": "untested", "card": None}
    json.dumps(note, allow_nan=False)


def test_a_figure_that_could_not_be_taken_disqualifies_and_calls_that_failed_do_not(oracle_card):
    unread = {"contrast": {"value": None, "low": None, "high": None, "reason": "3 of 24", "missing": {"unparsed": 21}}}
    assert changed(oracle_card, **unread).standing == "unqualified"
    unread["contrast"]["missing"] = {"failed": 21}
    card = changed(oracle_card, **unread)
    assert (card.standing, card.reasons) == ("untested", ("contrast: 21 calls failed",))


def test_a_part_of_the_items_cannot_qualify_and_disqualifies_where_the_whole_interval_is_wrong(oracle_card):
    some = {name: dataclasses.replace(one, asked=one.size // 2) for name, one in oracle_card.items.items()}
    part = dataclasses.replace(oracle_card, items=some)
    assert part.standing == "untested"
    assert part.reasons[0].startswith("speakers: 48 of 97")
    unsure = changed(part, contrast={"value": 0.6, "low": 0.4, "high": 0.8})
    sure = changed(part, contrast={"value": 0.5, "low": 0.3, "high": 0.74})
    assert (unsure.standing, sure.standing) == ("untested", "unqualified")


def test_a_card_is_read_as_it_was_written(oracle_card, tmp_path):
    file = tmp_path / "deep" / "card.json"
    write_card(oracle_card, file)
    assert read_card(file) == read_card(file)
    assert read_card(file).to_dict() == json.loads(file.read_text("utf-8"))
    assert read_card(file).standing == "qualified"
    assert [path.name for path in file.parent.iterdir()] == ["card.json"]


def tampered(card, tmp_path, change):
    tree = json.loads(json.dumps(card.to_dict()))
    change(tree)
    file = tmp_path / "card.json"
    file.write_text(json.dumps(tree), "utf-8")
    return file


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda tree: tree.update(schema=2), "of version 1"),
        (lambda tree: tree.update(standing="qualified"), "its figures give 'unqualified'"),
        (lambda tree: tree.pop("figures"), "figures"),
        (lambda tree: tree.update(note="x"), "note"),
        (lambda tree: tree.update(date="yesterday"), "yesterday"),
        (lambda tree: tree.update(model=7), "7"),
        (lambda tree: tree["figures"][0].update(value=1.5), "cannot be"),
        (lambda tree: tree["figures"][0].update(low=0.99), "cannot be"),
        (lambda tree: tree["figures"][0].update(value="much"), "much"),
        (lambda tree: tree["items"]["speakers"].update(asked=98), "speakers"),
        (lambda tree: tree["items"]["speakers"].update(sha256="x"), "speakers"),
        (lambda tree: tree["floors"].update(contrast=3), "floors.contrast"),
    ],
)
def test_a_file_that_is_no_card_or_was_changed_by_hand_is_refused(biased_card, tmp_path, change, said):
    with pytest.raises(FormatError, match=said):
        read_card(tampered(biased_card, tmp_path, change))


def test_a_file_cannot_lower_the_floors(biased_card, oracle_card, tmp_path):
    poor = changed(oracle_card, contrast={"value": 0.3, "low": 0.1, "high": 0.5})
    lowered = dataclasses.replace(poor, floors={"contrast": Floor(0.0)})
    assert lowered.standing == "unqualified"


def test_a_huge_file_is_not_read(tmp_path):
    file = tmp_path / "card.json"
    file.write_bytes(b" " * (6 * 1024 * 1024))
    with pytest.raises(UnsafeFile):
        read_card(file)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(field=st.sampled_from(["model", "date", "way", "seed", "items", "figures", "floors", "calls"]), value=JSON)
def test_whatever_stands_in_a_field_a_card_is_read_or_refused(biased_card, tmp_path, field, value):
    try:
        card = read_card(tampered(biased_card, tmp_path, lambda tree: tree.update({field: value})))
    except PersonaeError:
        return
    assert isinstance(card, JudgeCard)
    card.short()
    card.to_dict()


def test_a_card_that_leaves_a_set_out_does_not_qualify(oracle_card):
    figures = tuple(one for one in oracle_card.figures if one.name != "contrast")
    sets = {name: one for name, one in oracle_card.items.items() if name != "contrast"}
    card = dataclasses.replace(oracle_card, figures=figures, items=sets)
    assert (card.standing, card.reasons) == ("unqualified", ("contrast: not taken",))
    assert card.standing_for("oracle") == "untested"


def test_a_card_without_role_identification_is_untested():
    card = JudgeCard("m", "2026-11-21", "shares", {}, (Measurement("contrast", 1.0, n=24),))
    assert card.standing == "untested"
