"""`personae reliability`: numbers on stdout, warnings on stderr, one line for what cannot be read."""

from __future__ import annotations

import json
import random

import pytest
from click.testing import CliRunner

from personae.cli.reliability import reliability
from personae.errors import FormatError, UsageError

INSTRUMENT = """\
id: short
licence: {name: own}
coding: raw
names: {E: extraversion}
response: {low: 1, labels: [never, seldom, sometimes, often, always]}
items:
  - {id: e0, domain: E, key: 1}
  - {id: e1, domain: E, key: -1}
  - {id: e2, domain: E, key: 1}
  - {id: e3, domain: E, key: -1}
"""


@pytest.fixture
def run(tmp_path):
    (tmp_path / "short.yaml").write_text(INSTRUMENT, "utf-8")

    def call(*arguments: object):
        given = [str(each) for each in (*arguments, "--instrument", tmp_path / "short.yaml", "--resamples", 100)]
        result = CliRunner().invoke(reliability, given, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result

    return call


def answers(path, seed=0, people=60, gap=""):
    """Sixty honest people of six models."""
    rng, noise = random.Random(0), random.Random(seed)
    lines = ["who,model,e0,e1,e2,e3"]
    for person in range(people):
        trait = rng.gauss(0, 1)
        keyed = [min(5, max(1, round(3 + trait * sign + noise.gauss(0, 0.5)))) for sign in (1, -1, 1, -1)]
        lines.append(f"p{person},m{person % 6}," + ",".join(map(str, keyed)))
    path.write_text("\n".join(lines) + "\n" + gap, "utf-8")
    return path


def test_a_table_gets_its_coefficients_with_intervals(run, tmp_path):
    result = run(answers(tmp_path / "a.csv"))
    assert "E      pooled  60  4" in result.stdout
    assert "0.8" in result.stdout or "0.9" in result.stdout


def test_json_holds_everything(run, tmp_path):
    data = json.loads(run(answers(tmp_path / "a.csv"), "--units", "model", "--json").stdout)
    assert [each["group"] for each in data["scales"]] == ["pooled", "between model", "within model"]
    pooled = data["scales"][0]
    assert pooled["alpha"]["low"] < pooled["alpha"]["value"] < pooled["alpha"]["high"]
    assert data["scales"][1]["alpha"]["reason"] == "6 units; reliability needs 10"


def test_the_same_people_once_more_give_test_retest(run, tmp_path):
    first, second = answers(tmp_path / "a.csv", seed=1), answers(tmp_path / "b.csv", seed=2, people=50)
    result = run(first, "--retest", second, "--person", "who")
    assert "test–retest" in result.stdout
    assert "10 only once" in result.stdout
    data = json.loads(run(first, "--retest", second, "--person", "who", "--json").stdout)
    assert data["retest"]["E"]["r"]["value"] > 0.7


def test_two_occasions_in_one_table(run, tmp_path):
    lines = [answers(tmp_path / f"{seed}.csv", seed=seed).read_text("utf-8").splitlines() for seed in (1, 2)]
    both = [lines[0][0] + ",day", *(f"{line},mon" for line in lines[0][1:]), *(f"{line},tue" for line in lines[1][1:])]
    path = tmp_path / "both.csv"
    path.write_text("\n".join(both), "utf-8")
    data = json.loads(run(path, "--occasion", "day", "--person", "who", "--json").stdout)
    assert data["people"] == data["retest"]["E"]["n"] == 60
    assert data["retest"]["E"]["icc"]["value"] > 0.7


def test_units_show_how_many_rows_count(run, tmp_path):
    result = run(answers(tmp_path / "a.csv"), "--units", "model")
    assert "ICC(1)" in result.stdout
    assert "6 units; reliability needs 10" in result.stdout


def test_gaps_and_notes_go_to_stderr(run, tmp_path):
    result = run(answers(tmp_path / "a.csv", gap="late,m1,,,,\n"))
    assert "no answer: 4 missing" in result.stderr


def test_a_level_can_be_given_for_one_scale_or_all(run, tmp_path):
    path = answers(tmp_path / "a.csv")
    for level in ("model", "E=model"):
        data = json.loads(run(path, "--level", level, "--json").stdout)
        assert [each["group"] for each in data["scales"]][1] == "model = m0"
    with pytest.raises(UsageError, match="one column for all scales"):
        run(path, "--level", "model", "--level", "E=model")


def test_answers_that_were_turned_already_are_declared_so(run, tmp_path):
    path = answers(tmp_path / "a.csv")
    raw = json.loads(run(path, "--json").stdout)["scales"][0]["alpha"]["value"]
    scored = json.loads(run(path, "--coding", "scored", "--json").stdout)["scales"][0]["alpha"]["value"]
    assert raw > 0.8 > scored


def test_what_cannot_be_read_is_one_line(run, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("e0,e1,e2,e3\n1,2,3,9\n", "utf-8")
    with pytest.raises(FormatError, match="column 'e3': '9' is no answer from 1 to 5"):
        run(bad)
    with pytest.raises(UsageError, match="no column 'modle'; did you mean 'model'"):
        run(answers(tmp_path / "a.csv"), "--units", "modle")
    for more in ((), ("--person", "who", "--occasion", "model")):
        with pytest.raises(UsageError, match="--person COLUMN, and no --occasion"):
            run(tmp_path / "a.csv", "--retest", tmp_path / "a.csv", *more)
