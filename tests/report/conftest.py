"""Run folders built by hand, so that everything on a page is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from stubs.runs import persona

from personae.measure.run_folder import Manifest, RunFolder
from personae.persona.formats import dumps
from personae.persona.persona import Persona
from personae.types import Measurement

Make = Callable[..., Path]


@pytest.fixture
def make_run(tmp_path) -> Make:
    """Make a finished run: a persona, its measurements, and what of the manifest should differ."""

    def make(persona: Persona, measurements: Iterable[Measurement], name: str = "run", **changes) -> Path:
        folder = RunFolder(tmp_path / name)
        manifest = Manifest(
            persona="ana",
            persona_name=persona.name,
            persona_file="persona.yaml",
            content_hash=persona.content_hash,
            model="personae/reader",
            measures=("self_knowledge", "drift"),
            seed=7,
            n=None,
            temperature=0.7,
            command=f"personae measure ana --out {folder.path}",
            created="2026-01-02T03:04:05+00:00",
            versions={"personae": "0.1.0"},
        )
        folder.path.mkdir()
        (folder.path / "persona.yaml").write_bytes(dumps(persona, "yaml"))
        folder.finish(dataclasses.replace(manifest, **changes), list(measurements))
        return folder.path

    return make


@pytest.fixture
def ana() -> Persona:
    return persona("Ana Quixabeira", ["I catalogue atlases.", "I have a tortoise.", "I fear mould."])
