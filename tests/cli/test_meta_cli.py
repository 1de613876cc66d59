"""`personae meta`: the ceiling first, numbers on stdout, gaps on stderr, one line for what cannot be read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from personae.cli.meta import meta
from personae.errors import FormatError, PersonaeError, UsageError


@pytest.fixture
def run():
    def call(*arguments: object, ok: bool = True):
        result = CliRunner().invoke(meta, [str(each) for each in arguments], catch_exceptions=False)
        assert not ok or result.exit_code == 0, result.output
        return result

    return call


@pytest.fixture
def replies(tmp_path) -> Path:
    """Thirty replies of two bots, rated twice, with a metric that follows the rating and one that is a constant."""
    lines = [
        {
            "system": "ab"[i % 2],
            "reply": "word " * (1 + i % 4),
            "reference": "a word",
            "human": [1 + i // 6, 1 + (i + 3) // 6],
            "follows": i + (i % 3),
            "flat": 0.1,
        }
        for i in range(30)
    ]
    path = tmp_path / "replies.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in [*lines, lines[0] | {"human": None}]), "utf-8")
    return path


def test_the_ceiling_stands_first_and_every_metric_has_its_row(run, replies):
    result = run(replies, "--resamples", 100)
    assert result.stdout.startswith("ceiling  0.9")
    assert "split-half r" in result.stdout
    assert "mean rating" in result.stdout
    assert "follows, a" in result.stdout
    assert "unigram_f1" in result.stdout
    assert "the metric is the same in every row" in result.stdout
    assert "1 replies without a rating were left out" in result.stderr


def test_json_holds_every_number_or_its_reason(run, replies):
    data = json.loads(run(replies, "--json", "--resamples", 100, "--metric", "follows", "--metric", "flat").stdout)
    assert data["columns"]["metrics"] == ["follows", "flat"]
    assert (data["rated"], data["unrated"], data["seed"], data["resamples"]) == (30, 1, 0, 100)
    follows, flat = (
        next(m for m in data["metrics"] if (m["metric"], m["by"]) == (n, "all")) for n in ("follows", "flat")
    )
    assert follows["pearson"]["low"] <= follows["pearson"]["value"] <= follows["pearson"]["high"]
    assert follows["pearson"]["value"] > 0.9
    assert (flat["pearson"]["value"], flat["above_ceiling"]) == (None, False)
    assert flat["pearson"]["reason"] == "the metric is the same in every row"
    assert set(data["systems"]) == {"a", "b"}


def test_a_metric_above_the_ceiling_is_named_in_the_table(run, tmp_path):
    noise = [2, -1, 0, 1, -2, 2, 1, -1, -2, 0]
    rows = ["rater_1,rater_2,leak"]
    rows += [
        f"{i + 3 * noise[i % 10]},{i - 3 * noise[(i * 7) % 10]},{2 * i + 3 * (noise[i % 10] - noise[(i * 7) % 10])}"
        for i in range(30)
    ]
    file = tmp_path / "r.csv"
    file.write_text("\n".join(rows) + "\n", "utf-8")
    assert "above the ceiling" in run(file, "--resamples", 100).stdout


def test_the_released_ratings_are_read_from_their_folder(run, data_dir):
    data = json.loads(run(data_dir / "grade-human", "--json", "--resamples", 100).stdout)
    assert data["rated"] == 600
    assert data["systems"]["bert_ranker"]["value"] == pytest.approx(3.411, abs=0.005)
    assert data["reliability"]["ceiling"] == pytest.approx(0.76, abs=0.02)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ('{"human": 1, "m": 2}\n{"human": "x"}\n', FormatError, r"r\.jsonl, line 2: human 'x' is not a number"),
        ('{"m": 2}\n', UsageError, "no column of human ratings among 'm'; name it with --human"),
        ('{"human": 2}\n', UsageError, "no metric to judge"),
        ("", UsageError, "has no rows"),
    ],
)
def test_what_cannot_be_judged_is_one_clear_line(run, tmp_path, text, error, message):
    file = tmp_path / "r.jsonl"
    file.write_text(text, "utf-8")
    with pytest.raises(error, match=message):
        run(file, ok=False)


def test_odd_names_of_systems_are_shown_as_they_can_be(run, tmp_path):
    file = tmp_path / "r.jsonl"
    rows = [{"human": i, "m": i % 7, "system": "[bold]\ud800"[: 6 + i % 2]} for i in range(40)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    shown = run(file, "--resamples", 100).stdout
    assert "[bold]" in shown
    assert "\\ud800" in shown
    assert set(json.loads(run(file, "--json", "--resamples", 100).stdout)["systems"]) == {"[bold]", "[bold]\ud800"}


def test_an_unknown_metric_names_those_there_are(run, replies):
    with pytest.raises(UsageError, match=r"no metric 'bleu'; there are follows, flat, length"):
        run(replies, "--metric", "bleu")
    with pytest.raises(PersonaeError, match="--scorer embedded"):
        run(replies, "--metric", "c_score")


def test_the_command_loads_nothing_heavy_before_it_runs():
    code = "import sys, personae.cli.meta; print({'pydantic', 'numpy', 'rich.table'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
