"""`personae train truth-world` prints a table and writes every number."""

from __future__ import annotations

import json

from click.testing import CliRunner

from personae.cli._truth_world import truth_world
from personae.errors import UsageError


def test_networks_that_did_not_learn_make_no_effect(tmp_path):
    out = tmp_path / "found.json"
    done = CliRunner().invoke(truth_world, ["--seeds", "4", "--steps", "2", "--no-probes", "--out", str(out)])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert [line.split()[:2] for line in lines[1:3]] == [["persona", "4"], ["control", "4"]]
    assert lines[-1] == "persona − control: no item carries a value: 2 not learned"
    assert json.loads(out.read_text())["recipe"]["steps"] == 2


def test_seeds_must_be_whole_numbers():
    done = CliRunner().invoke(truth_world, ["--seeds", "one"])
    assert isinstance(done.exception, UsageError)
    assert "'one'" in str(done.exception)
