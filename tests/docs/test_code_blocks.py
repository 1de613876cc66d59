"""What the README and the docs show is run as it stands.

A block of Python is executed, in order and in one namespace per page. In a `console` block each line that begins with
`$ personae` is called. A block under a `<!-- slow -->` line needs the embedded model; one under `<!-- not run -->`
needs what a test cannot have, such as somebody's key.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from personae.cli.main import main

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[\w ]+) -->\n)?```(?P<kind>python|console|yaml)\n(?P<body>.*?)^```", re.MULTILINE | re.DOTALL
)


def blocks(page: Path, *, slow: bool) -> list[tuple[str, str]]:
    found = BLOCK.finditer(page.read_text("utf-8"))
    return [(m["kind"], m["body"]) for m in found if m["mark"] != "not run" and (m["mark"] == "slow") == slow]


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, slow=False)], ids=lambda page: page.name)
def test_the_blocks_of_a_page_run(page: Path, tmp_path, monkeypatch):
    _run_blocks(blocks(page, slow=False), tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, slow=True)], ids=lambda page: page.name)
def test_the_slow_blocks_of_a_page_run(page: Path, tmp_path, monkeypatch):
    _run_blocks(blocks(page, slow=True), tmp_path, monkeypatch)


def _run_blocks(found: list[tuple[str, str]], folder: Path, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    namespace: dict[str, object] = {"__name__": "block"}
    for kind, body in found:
        if kind == "python":
            exec(compile(body, "<block>", "exec"), namespace)
        elif kind == "console":
            for line in body.splitlines():
                if line.startswith("$ personae "):
                    _call(shlex.split(line.removeprefix("$ personae "), comments=True))
        else:
            (folder / "persona.yaml").write_text(body, "utf-8")


def _call(arguments: list[str]) -> None:
    code: object = 0
    try:
        main(arguments)
    except SystemExit as stop:
        code = stop.code
    assert code in (0, None), f"personae {shlex.join(arguments)} ended with {code}"
