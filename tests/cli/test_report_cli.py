"""`personae report`: the page on the command line."""

from __future__ import annotations

import pytest
from stubs.runs import drift, persona

from personae.cli.main import main
from personae.measure.run_folder import Manifest, RunFolder
from personae.persona.formats import dumps


def run(path, name="Ana"):
    who = persona(name, ["I keep maps."])
    folder = RunFolder(path)
    manifest = Manifest("ana", who.name, "persona.yaml", who.content_hash, "reader", ("drift",), 0, None, 0.7, "", "")
    path.mkdir()
    (path / "persona.yaml").write_bytes(dumps(who, "yaml"))
    folder.finish(manifest, [drift()])
    return path


def report(*arguments) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["report", *map(str, arguments)])
    return ended.value.code or 0


def test_the_path_of_the_page_is_the_only_thing_on_stdout(tmp_path, capsys):
    assert report(run(tmp_path / "run")) == 0
    told = capsys.readouterr()
    assert told.out == f"{tmp_path / 'run' / 'report.html'}\n"
    assert told.err == ""


def test_several_runs_go_into_the_page_that_is_named(tmp_path, capsys):
    runs = [run(tmp_path / "one"), run(tmp_path / "two", "Rui")]
    assert report(*runs, "--out", tmp_path / "both.html") == 0
    assert "2 runs side by side" in (tmp_path / "both.html").read_text("utf-8")
    assert not (tmp_path / "one" / "report.html").exists()


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"measurements": [{"name": 1}]}', "{not json"])
def test_a_folder_without_usable_measurements_is_one_line(tmp_path, capsys, content):
    folder = run(tmp_path / "run")
    (folder / "measurements.json").unlink()
    if content is not None:
        (folder / "measurements.json").write_text(content, "utf-8")
    assert report(folder) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("personae: ")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_a_run_is_one_line(tmp_path, capsys, name):
    (tmp_path / "empty").mkdir()
    assert report(tmp_path / name) == 1
    told = capsys.readouterr()
    assert "no run.json in" in told.err
    assert told.err.count("\n") == 1
