"""A population keeps its margins; rules and impossible files say what they cost."""

from __future__ import annotations

import copy
from itertools import pairwise

import numpy as np
import pytest

from personae.errors import FormatError, UnsafeFile, UsageError
from personae.files import bundled
from personae.persona.formats import load
from personae.simulate.population import (
    ImpossibleMargins,
    example,
    joints,
    lines,
    personas,
    read_margins,
    read_people,
    row_of,
    sample,
    without,
)
from personae.simulate.population.margins import attributes
from personae.simulate.population.people import MAX_LINE, MAX_PEOPLE, big_five

RULELESS = """
margins:
  sex: {female: 0.51, male: 0.49}
  age: {18-29: 210, 30-44: 270, 45-90: 520}
  religion: {old: 60, new: 40, ancient: 0}
tables:
  - of: [age, sex]
    cells:
      18-29: {female: 100, male: 110}
      30-44: {female: 140, male: 130}
      45-90: {female: 270, male: 250}
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "margins.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("seed", range(5))
def test_every_margin_is_within_three_sigma(written, seed):
    people = sample(read_margins(written(RULELESS)), 1000, seed=seed)
    assert people.beyond(3.0) == {}
    assert people.margins["age"]["18-29"].wanted == pytest.approx(0.21)
    assert people.margins["religion"]["ancient"].kept == 0.0


def test_the_example_keeps_its_margins_but_for_those_its_rules_touch():
    people = sample(example(), 1000, seed=0)
    touched = {"fertility", "sex", "age"}
    assert set(people.beyond(3.0)) <= touched
    assert people.drawn == 1000 + sum(people.dropped.values())
    assert all(count > 0 for count in people.dropped.values())
    assert people.loss["fertility"] > 0.015  # the rule about births drops three in four of them, and that is told
    assert not any((row["birthplace"], row["citizenship"]) == ("Velmora", "foreign") for row in people.rows)
    assert people.loss["quirks"] < 0.02


def test_no_row_breaks_a_rule():
    known = example()
    people = sample(known, 2000, seed=3)
    assert not any(rule.breaks(row) for row in people.rows for rule in known.rules)


def test_a_two_way_table_is_met(written):
    known = read_margins(written(RULELESS))
    people = sample(known, 10_000, seed=1)
    share = sum(row["age"] == "18-29" and row["sex"] == "male" for row in people.rows) / 10_000
    assert share == pytest.approx(0.11, abs=0.003)
    group = next(one for one in joints(known) if "age" in one.attributes)
    assert group.table.sum() == pytest.approx(1.0)
    assert group.error < 1e-6


def test_starts_keep_their_odds():
    group = next(one for one in joints(example()) if set(one.attributes) == {"ideology", "politics"})
    table = group.table
    odds = table[0, 0] * table[2, 1] / (table[0, 1] * table[2, 0])
    assert odds == pytest.approx(6 * 6 / (1 * 1), rel=1e-4)


def test_attributes_without_a_table_are_independent():
    rows = sample(example(), 4000, seed=0).rows
    both = sum(row["quirks"] == "saving string" and row["lifestyle"] == "quiet" for row in rows) / 4000
    assert both == pytest.approx(0.22 * 0.41, abs=0.02)


def test_the_same_seed_gives_the_same_people():
    first, again = (lines(personas(sample(example(), 20, seed=4), example(), seed=4)) for _ in range(2))
    assert first == again


def test_people_have_33_attributes_and_come_back_from_a_file(tmp_path):
    people = personas(sample(example(), 25, seed=0), example(), seed=0)
    path = tmp_path / "people.jsonl"
    path.write_text(lines(people), encoding="utf-8")
    assert read_people(path) == people
    assert all(list(row_of(one)) == list(attributes()) for one in people)
    assert all(18 <= int(one.identity.age) <= 90 for one in people)
    assert people[0].statement("religion").text.startswith("My religion is")
    assert people[0].personality.big_five


def test_any_line_alone_is_a_persona_file(tmp_path):
    person = personas(sample(example(), 1, seed=0), example(), seed=0)[0]
    path = tmp_path / "one.json"
    path.write_text(lines([person]), encoding="utf-8")
    assert load(path) == person


def test_without_an_attribute_nothing_tells_it():
    person = personas(sample(example(), 1, seed=0), example(), seed=0)[0]
    for name in attributes():
        less = without(person, name)
        assert name not in row_of(less)
        assert len(less.statements) == 32
    assert without(person, "big_five").personality.big_five == {}
    assert without(person, "job").identity.occupation is None
    with pytest.raises(UsageError, match="no attribute 'mood'"):
        without(person, "mood")


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (("male: 250", "male: 2500"), ImpossibleMargins, "count one people"),
        (("45-90: {female: 270, male: 250}", "45-90: {female: 520}"), ImpossibleMargins, "no table has all"),
        (("old: 60, new: 40, ancient: 0", "old: 0"), ImpossibleMargins, "no share above 0"),
        (("religion:", "religon:"), FormatError, "did you mean 'religion'"),
        (("18-29: {female", "18-30: {female"), FormatError, "did you mean '18-29'"),
        (("of: [age, sex]", "of: [age, income]"), FormatError, "'income' has no margin"),
        (("female: 100", "female: -1"), FormatError, "give a number ≥ 0"),
        (("female: 0.51", "female: many"), FormatError, "margins.sex.female"),
        (("margins:", "margin:"), FormatError, "margin"),
        (("female: 100, male: 110", "[100"), FormatError, "no YAML"),
    ],
)
def test_an_impossible_file_has_a_reason(written, change, error, said):
    assert change[0] in RULELESS
    path = written(RULELESS.replace(*change))
    with pytest.raises(error, match=said):
        sample(read_margins(path), 10, seed=0)


def test_rules_that_leave_nobody_are_named(written):
    path = written(RULELESS + "rules: [{name: none, if: {sex: [male, female]}, not: {religion: [old, new, ancient]}}]")
    with pytest.raises(ImpossibleMargins, match="most fell to the rule 'none'"):
        sample(read_margins(path), 20, seed=0)


def test_too_many_values_that_hang_together_are_refused():
    known = example()
    from personae.simulate.population.margins import Margins, Table

    names = list(attributes())[:10]
    values = {name: tuple(map(str, range(10))) for name in names}
    margins = tuple(Table((name,), {(value,): 1.0 for value in values[name]}) for name in names)
    chain = tuple(Table((a, b), {("0", "0"): 1.0}) for a, b in pairwise(names))
    with pytest.raises(UsageError, match="hang together in"):
        joints(Margins(values, margins, starts=chain))
    assert known.absent == ()


def test_the_example_adds_up():
    tree = copy.deepcopy(bundled("personae.simulate.population", "texts/example.yaml"))
    assert {round(sum(margin.values()), 6) for margin in tree["margins"].values()} == {100}
    assert list(tree["margins"]) == list(attributes())


def test_a_temper_that_is_none_is_refused():
    with pytest.raises(FormatError, match="'jolly'"):
        big_five("high openness, jolly")


def test_a_broken_line_is_named(tmp_path):
    path = tmp_path / "people.jsonl"
    path.write_text('{"personae": 1, "name": "Ana"}\n{"name": ""}\n', encoding="utf-8")
    with pytest.raises(FormatError, match="line 2"):
        read_people(path)


def test_as_many_people_as_are_written_are_read_and_no_more(tmp_path, monkeypatch):
    path = tmp_path / "people.jsonl"
    line = '{"personae": 1, "name": "Ana"}\n'
    monkeypatch.setattr("personae.simulate.population.people.MAX_PEOPLE", 3)
    path.write_text(line * 3, encoding="utf-8")
    assert len(read_people(path)) == 3
    path.write_text(line * 4, encoding="utf-8")
    with pytest.raises(UnsafeFile, match="line 4: at most 3 people"):
        read_people(path)
    path.write_text('{"name": "' + "a" * MAX_LINE + '"}', encoding="utf-8")
    with pytest.raises(UnsafeFile, match="line 1"):
        read_people(path)
    with pytest.raises(FormatError, match="cannot read"):
        read_people(tmp_path / "nobody.jsonl")


def test_the_most_people_a_command_draws_are_read():
    from personae.cli.population import sample as command

    n = next(one for one in command.params if one.name == "n")
    assert n.type.max == MAX_PEOPLE


def test_draws_are_spread_no_wider_than_chance(written):
    known = read_margins(written(RULELESS))
    shares = [sample(known, 200, seed=seed).margins["sex"]["male"].z for seed in range(30)]
    assert np.std(shares) <= 1.0
