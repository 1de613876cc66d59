"""The serial protocol of the benchmark and ours are the same interview, call for call and text for text."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).parents[3] / "benchmarks" / "personagym.py"


@pytest.fixture
def benchmark(monkeypatch):
    spec = importlib.util.spec_from_file_location("benchmark_personagym", FILE)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


def test_both_sides_send_the_same_texts_with_the_same_settings_in_80_calls_per_persona(benchmark, data_dir):
    same, calls, _tokens = benchmark.same_prompts(1)
    assert same
    assert calls == 80


def test_without_the_released_files_people_are_made_up(benchmark, monkeypatch, tmp_path):
    monkeypatch.setenv("PERSONAE_DATA", str(tmp_path))
    people, where = benchmark.people(3)
    assert (len(people), where) == (3, "made-up personas and questions")
    assert benchmark.same_prompts(1)[:2] == (True, 80)
