"""The house keeps its own rules."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "personae").rglob("*.py"))

#: Package → the only places that may import it.
DOORS = {
    "inspect_ai": (
        "models/inspect.py",
        "models/_inspect_",
        "_registry.py",
        "measure/as_inspect.py",
        "tasks/",
        "report/from_inspect.py",
    ),
    "torch": (
        "models/hf.py",
        "models/_worlds.py",
        "models/minilm_fp32.py",
        "models/pairs/hf.py",
        "steer/",
        "train/",
        "identity/",
    ),
    "transformers": ("models/hf.py", "models/minilm_fp32.py", "models/pairs/hf.py", "steer/", "train/", "identity/"),
    "peft": ("train/",),
    "sklearn": ("train/toxicity/",),
    "psycopg": ("memory/store/",),
    "fastapi": ("serve/",),
    "starlette": ("serve/",),
    "uvicorn": ("serve/", "cli/serve.py"),
    "prometheus_client": ("serve/",),
    "nicegui": ("serve/page/",),
    "ray": ("synth/", "tasks/_shards.py"),
}


@pytest.fixture(params=SOURCES, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def source(request):
    return request.param


def test_a_file_answers_one_question_in_at_most_400_lines(source: Path):
    text = source.read_text("utf-8")
    assert len(text.splitlines()) <= 400
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "the module docstring says what the file knows"


def test_a_function_has_at_most_60_lines(source: Path):
    functions = [
        node
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert [f.name for f in functions if f.end_lineno - f.lineno >= 60] == []


def test_nothing_catches_everything(source: Path):
    caught = [
        node.type for node in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(node, ast.ExceptHandler)
    ]
    broad = [node for node in caught if node is None or (isinstance(node, ast.Name) and node.id == "Exception")]
    assert broad == []


def test_heavy_packages_come_in_by_their_doors_only(source: Path):
    place = source.relative_to(ROOT / "src" / "personae").as_posix()
    for package in _imported(source) & DOORS.keys():
        assert place.startswith(DOORS[package]), f"{place} imports {package}"


def test_importing_personae_is_light():
    heavy = _loaded_by("import personae")
    assert heavy == set()


def test_help_loads_nothing_heavy():
    heavy = _loaded_by("from personae.cli.main import cli; cli.main(['--help'], standalone_mode=False)")
    assert heavy == set()


def test_the_inspect_entry_point_is_light():
    heavy = _loaded_by(
        "import inspect_ai, sys; before = set(sys.modules); import personae._registry; "
        "sys.modules_new = set(sys.modules) - before",
        only="sys.modules_new",
    )
    assert heavy <= {"inspect_ai"}


def _nodes(source: Path, *kinds: type[ast.AST]) -> list:
    return [node for node in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(node, kinds)]


def _imported(source: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def _loaded_by(code: str, only: str = "set(sys.modules)") -> set[str]:
    names = {"numpy", "pydantic", "inspect_ai", "torch", "transformers", "onnxruntime", "xllamacpp", "matplotlib"}
    script = f"import sys; {code}; print('LOADED', *sorted({names!r} & {only}))"
    output = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    return set(output.rpartition("LOADED")[2].split())
