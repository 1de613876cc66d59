"""The human ratings of See et al. (2019) are read as they were printed."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, UsageError
from personae.measure.human_table import read_human_table

#: Engaging, humanlike, persona picked.
PUBLISHED = {
    ("human", ""): (3.31, 3.40, 0.92),
    ("greedy", ""): (2.31, 1.78, 0.87),
    ("baseline", ""): (2.35, 1.81, 0.77),
    ("repetition-bfw", "2gram=035 stop=inf"): (2.89, 2.50, 0.87),
    ("inquisitive-ct", "007"): (3.07, 2.42, 0.80),
    ("nidf_bfw", "004"): (2.99, 2.49, 0.93),
    ("nidf_bfw", "008"): (2.40, 1.86, 0.92),
    ("responsive", "000"): (3.01, 2.73, 0.82),
    ("responsive", "013"): (2.10, 1.81, 0.62),
}


def test_the_published_means_of_28_systems_and_a_human_are_read(data_dir: Path):
    table = read_human_table(data_dir / "controllable-dialogue" / "raw_table_9.txt")
    assert len(table.systems) == 28
    for (system, setting), expected in PUBLISHED.items():
        found = [table.mean(column, system, setting) for column in ("enjoy", "turing", "persona_guess")]
        assert found == pytest.approx(expected, abs=0.005)


SMALL = """\
                             avoid_rep  enjoy  fluency  inquisitive  interest  listen  make_sense  \\
model_type     model_bucket
human                           2.9020 3.3137   3.6569       2.6275    3.2255  3.6373      3.8431
repetition-bfw 2gram=035 stop=inf 2.8938 2.8938 3.6637       2.6991    2.9646  3.2478      3.6814

                             persona_guess  turing
model_type     model_bucket
human                               0.9216  3.4020
repetition-bfw 2gram=035 stop=inf   0.8673  2.5044
"""


def test_a_setting_may_hold_a_blank(tmp_path):
    (tmp_path / "table.txt").write_text(SMALL)
    table = read_human_table(tmp_path / "table.txt")
    assert table.systems == (("repetition-bfw", "2gram=035 stop=inf"),)
    with pytest.raises(UsageError, match="the systems are human, repetition-bfw"):
        table.mean("enjoy", "beam")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no row 'human'"),
        ("hello world", "line 1"),
        (SMALL.replace("0.9216", "much"), "line 8"),
        (SMALL.replace("human                               0.9216  3.4020\n", ""), "lacks persona_guess, turing"),
        (SMALL.replace("0.9216  3.4020", "0.9216"), "line 8"),
    ],
)
def test_what_is_not_the_table_is_refused_with_its_place(tmp_path, text, message):
    (tmp_path / "table.txt").write_text(text)
    with pytest.raises(FormatError, match=message):
        read_human_table(tmp_path / "table.txt")


@given(st.text(alphabet=st.sampled_from("humanenjoy turing model_type model_bucket 0.93\\\n"), max_size=300))
def test_no_text_breaks_the_reader(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_text(SMALL[:200] + text)
    with contextlib.suppress(FormatError):
        read_human_table(path)
