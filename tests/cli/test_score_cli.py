"""`personae score pairs` as a user meets it: files, pipes, bad lines, kills, and a million rows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from personae.cli.score import score
from personae.errors import FormatError, PersonaeError
from personae.models import registry
from personae.models.pairs.scripted import ScriptedPairs

PAIRS = [
    {"p": "I have no pets.", "h": "I own a dog.", "id": "a"},
    {"p": "My dog is old.", "h": "I own a dog.", "id": "b"},
]

#: A process that scores with a script in place of a network; `slow` seconds for each chunk.
PROCESS = """
import asyncio, resource, sys
from personae.cli.score import score
from personae.models import registry
from personae.models.pairs.scripted import ScriptedPairs

class Forgetful(ScriptedPairs):
    async def score(self, premises, hypotheses):
        self.history.clear()
        await asyncio.sleep({slow})
        return await super().score(premises, hypotheses)

sys.modules["our_scorer"] = type(sys)("our_scorer")
sys.modules["our_scorer"].opened = lambda rest: Forgetful()
registry.PAIR_SCORERS["scripted"] = "our_scorer:opened"
score(["pairs", *sys.argv[1:], "--scorer", "scripted"], standalone_mode=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def opened(rest: str | None) -> ScriptedPairs:
    return ScriptedPairs(
        {("I have no pets.", "I own a dog."): (0.9, 0.1, 0.0)}, {("I own a dog.", "My dog is old."): 0.8}
    )


@pytest.fixture(autouse=True)
def scripted(monkeypatch):
    module = type(sys)("our_scorer")
    module.opened = opened
    monkeypatch.setitem(sys.modules, "our_scorer", module)
    monkeypatch.setitem(registry.PAIR_SCORERS, "scripted", "our_scorer:opened")


@pytest.fixture
def source(tmp_path) -> Path:
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in PAIRS))
    return path


def invoke(*arguments: object, **more):
    command = ["pairs", *map(str, arguments), "--scorer", "scripted"]
    return CliRunner().invoke(score, command, catch_exceptions=True, **more)


def run(*arguments: object, **more):
    result = invoke(*arguments, **more)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result


def fails(*arguments: object) -> str:
    result = invoke(*arguments)
    assert isinstance(result.exception, PersonaeError), result.exception
    assert result.stdout == ""
    return str(result.exception)


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_file_of_pairs_becomes_a_file_of_numbers(source, tmp_path):
    said = run(source, "--out", tmp_path / "new" / "out.jsonl").stdout
    first, second = rows(tmp_path / "new" / "out.jsonl")
    assert first == PAIRS[0] | {"contradiction": 0.9, "neutral": 0.1, "entailment": 0.0, "relevance": 0.0}
    assert second == PAIRS[1] | {"contradiction": 0.0, "neutral": 1.0, "entailment": 0.0, "relevance": 0.8}
    assert said.startswith("2 pairs in ")
    assert "contradiction 1" in said
    assert "checkpoint script" in said


def test_the_summary_is_json_when_asked(source, tmp_path):
    data = json.loads(run(source, "--out", tmp_path / "out.jsonl", "--json").stdout)
    assert (data["rows"], data["scored"], data["missing"], data["scorer"]) == (2, 2, {}, "scripted")
    assert data["relations"] == {"contradiction": 1, "neutral": 1, "entailment": 0}
    assert data["provenance"]["validity"] == "ok"


def test_stdin_and_stdout_make_a_pipe_and_the_summary_steps_aside(source):
    result = run("-", "--out", "-", "--json", input=source.read_bytes())
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "b"]
    assert json.loads(result.stderr)["scored"] == 2


def test_bad_lines_are_counted_and_stop_nothing(source, tmp_path):
    with source.open("a") as file:
        file.write('oops\n{"p": "x"}\n{"p": "My dog is old.", "h": "I own a dog."}\n')
    said = run(source, "--out", tmp_path / "out.jsonl").stdout
    found = rows(tmp_path / "out.jsonl")
    assert [row.get("line") for row in found] == [None, None, 3, 4, None]
    assert found[2]["reason"].startswith("not JSON")
    assert "3 scored" in said
    assert "not JSON: 1" in said
    assert "missing: 1" in said


def test_nothing_is_replaced_unasked(source, tmp_path):
    target = tmp_path / "out.jsonl"
    target.write_text("mine\n")
    assert "--resume" in fails(source, "--out", target)
    assert "--force" in fails(source, "--out", target)
    assert "the input itself" in fails(source, "--out", source)
    assert "there is no file" in fails(tmp_path / "nothing.jsonl", "--out", target)
    assert "--resume needs files" in fails(source, "--out", "-", "--resume")
    assert "give one" in fails(source, "--out", target, "--resume", "--force")
    assert "no output of this command" in fails(source, "--out", target, "--resume")
    assert target.read_text() == "mine\n"
    run(source, "--out", target, "--force")
    assert len(rows(target)) == 2


def test_a_scorer_that_cannot_start_leaves_files_as_they_were(source, tmp_path, monkeypatch):
    class Broken(ScriptedPairs):
        async def score(self, premises, hypotheses):
            raise FormatError("its weights are damaged")

    monkeypatch.setattr(sys.modules["our_scorer"], "opened", lambda rest: Broken())
    (tmp_path / "old.jsonl").write_text("mine\n")
    assert "damaged" in fails(source, "--out", tmp_path / "old.jsonl", "--force")
    assert "damaged" in fails(source, "--out", tmp_path / "new.jsonl")
    assert (tmp_path / "old.jsonl").read_text() == "mine\n"
    assert not (tmp_path / "new.jsonl").exists()


def test_resume_starts_where_there_is_nothing_and_ends_where_all_is_done(source, tmp_path):
    target = tmp_path / "out.jsonl"
    assert json.loads(run(source, "--out", target, "--resume", "--json").stdout)["rows"] == 2
    before = target.read_bytes()
    again = json.loads(run(source, "--out", target, "--resume", "--json").stdout)
    assert (again["rows"], again["resumed"]) == (0, 2)
    assert target.read_bytes() == before


def test_a_cache_file_answers_the_second_time(source, tmp_path):
    for name in ("one.jsonl", "two.jsonl"):
        run(source, "--out", tmp_path / name, "--cache", tmp_path / "pairs.db")
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_an_unknown_scorer_is_one_line_with_the_names(source, tmp_path):
    result = CliRunner().invoke(score, ["pairs", str(source), "--out", str(tmp_path / "o"), "--scorer", "oracle"])
    assert "known are embedded, hf, judge" in str(result.exception)
    assert not (tmp_path / "o").exists()


def process(source: Path, target: Path, *more: str, slow: float = 0.0) -> subprocess.Popen:
    command = [sys.executable, "-c", PROCESS.format(slow=slow), str(source), "--out", str(target), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def many(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f'{{"p": "I live at number {n}.", "h": "I own a dog.", "id": {n}}}\n' for n in range(count))
    return path


def test_a_killed_run_goes_on_without_a_gap_a_double_or_a_torn_line(tmp_path):
    source, target = many(tmp_path / "in.jsonl", 2_000), tmp_path / "out.jsonl"
    running = process(source, target, "--batch", "50", slow=0.05)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (not target.exists() or target.stat().st_size < 20_000):
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    there = len(rows(target))
    assert 0 < there < 2_000
    with target.open("a") as file:
        file.write('{"p": "I live at num')  # what a failing disk would leave
    said, complaint = process(source, target, "--resume", "--json").communicate()
    summary = json.loads(said)
    assert (summary["resumed"], summary["rows"]) == (there, 2_000 - there), complaint
    assert [row["id"] for row in rows(target)] == list(range(2_000))


def test_two_hundred_thousand_rows_need_no_more_memory_than_ten_thousand(tmp_path):
    peaks_MB = []
    for count in (10_000, 200_000):
        source = many(tmp_path / f"{count}.jsonl", count)
        said, complaint = process(source, tmp_path / f"{count}.out", "--json").communicate()
        assert json.loads(said)["scored"] == count
        peaks_MB.append(int(complaint.split()[-1]) / 1024)
    assert peaks_MB[1] < peaks_MB[0] + 5
