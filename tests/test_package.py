"""The wheel as a user gets it: complete, small, and useful with the core alone."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]

#: Site-packages of the core with its bytecode, in MB (2²⁰ bytes).
LARGEST_INSTALL = 120

BELONGS = (
    "personae/py.typed",
    "personae/papers/papers.yaml",
    "personae/persona/starters/lighthouse-keeper.yaml",
    "personae/persona/starters/museum-guide.png",
    "personae/measure/texts/drift.en.yaml",
    "personae/measure/texts/open.en.yaml",
    "personae/measure/texts/probes.en.yaml",
    "personae/models/weights/minilm/model.onnx",
    "personae/models/weights/minilm/tokenizer.json",
    "personae/models/weights/minilm/checksums.json",
    "personae/models/weights/minilm/model_card.md",
    "personae/models/weights/minilm/LICENSE",
    "personae/report/templates/page.html",
    "personae/report/templates/parts.html",
    "personae/report/templates/page.css",
    "personae/tasks/drift/eval.yaml",
)


def run(*command: str | Path, **more) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment["PERSONAE_BASE_URL"] = "http://127.0.0.1:9"
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, env=environment, **more)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from the repository."""
    pytest.importorskip("build")
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, timeout=80)
    assert built.returncode == 0, built.stderr[-2000:]
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The folder of programs of a fresh environment with the wheel and the core alone."""
    home = tmp_path_factory.mktemp("home") / "venv"
    venv.create(home, with_pip=False)
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    pip = (sys.executable, "-m", "pip", "--python", programs / "python", "--disable-pip-version-check")
    done = run(*pip, "install", "-q", wheel, timeout=80)
    assert done.returncode == 0, done.stderr[-2000:]
    return programs


def test_the_wheel_is_complete(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry_points = next(archive.read(name).decode() for name in names if name.endswith("entry_points.txt"))
    licences = {name for name in names if ".dist-info/licenses/" in name}
    print(f"wheel: {wheel.stat().st_size / 2**20:.1f} MB")
    assert set(BELONGS) <= names
    assert any(name.endswith("licenses/LICENSE") for name in licences)
    assert any(name.endswith("minilm/LICENSE") for name in licences)
    assert "personae = personae.cli.main:main" in entry_points
    assert "personae = personae._registry" in entry_points


def test_the_wheel_holds_nothing_but_the_package(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"personae"}
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".part", ".sqlite"))]


def test_the_core_is_small(installed):
    site = next(installed.parent.rglob("site-packages"))
    size = sum(file.stat().st_size for file in site.rglob("*") if file.is_file()) / 2**20
    print(f"site-packages with the core: {size:.1f} MB")
    assert size <= LARGEST_INSTALL


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--help",), "Measure whether a persona stays itself."),
        (("persona", "list"), "lighthouse-keeper"),
        (("persona", "show", "museum-guide"), ""),
        (("papers", "apc"), ""),
    ],
)
def test_the_core_alone_defines_personas_and_tells_of_papers(installed, tmp_path, arguments, told):
    done = run(installed / "personae", *arguments, cwd=tmp_path, timeout=30)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert told in done.stdout


def test_importing_needs_the_core_only(installed, tmp_path):
    program = "import personae; print(personae.__version__)"
    done = run(installed / "python", "-c", program, cwd=tmp_path, timeout=30)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (("measure", "lighthouse-keeper"), "evals"),
        (("chat", "lighthouse-keeper"), "embedded"),
        (("chat", "lighthouse-keeper", "--model", "http/x"), "openai"),
        (("report", "."), "report"),
    ],
)
def test_a_missing_extra_is_one_line_with_what_to_install(installed, tmp_path, arguments, extra):
    done = run(installed / "personae", *arguments, cwd=tmp_path, timeout=30, stdin=subprocess.DEVNULL)
    assert done.returncode == 1
    assert f"pip install 'personae[{extra}]'" in done.stderr
    assert done.stderr.strip().count("\n") == 0, done.stderr
    assert "Traceback" not in done.stderr
