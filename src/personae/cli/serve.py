"""`personae serve`: personas as models of an API that any OpenAI client speaks."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.errors import MissingExtra, UsageError
from personae.types import Settings

if TYPE_CHECKING:
    from personae.agent import Agent
    from personae.serve.api import Door
    from personae.serve.hosting import Host
    from personae.serve.keys import Keys

KEY = "PERSONAE_SERVE_KEY"

#: Ways to get an answer, and to look at it again: name → the class, and what it does.
DECODERS = {
    "sample": ("personae.agent.decoding:Sample", "one answer"),
    "simoap": ("personae.agent.decoding:SimOAP", "the best of many by coherence and persona"),
}
REFINERS = {
    "verify": ("personae.agent.refinement:VerifyAndRetry", "ask again where a reply contradicts the persona"),
    "edit": ("personae.agent.refinement:MinimalEdit", "mend the words that contradict it"),
}


def _ways(table: dict[str, tuple[str, str]]) -> str:
    return "; ".join(f"{name}: {what}" for name, (_, what) in table.items()) + "."


@click.command()
@click.argument("personas", nargs=-1, required=True, metavar="PERSONA…")
@click.option("--model", default="embedded", show_default=True, help="The model that speaks for all of them.")
@click.option("--base-url", metavar="URL", help="Address of the model's server, for models that need one.")
@click.option("--memory", metavar="STORE", help="Remember every user, in this file or postgresql://… address.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--keys", type=click.Path(dir_okay=False, path_type=Path), help="File of lines NAME KEY.")
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="Requests a minute of each key or address.")
@click.option("--at-once", default=512, show_default=True, type=click.IntRange(1), help="Requests answered at once.")
@click.option("--decode", type=click.Choice(list(DECODERS)), default="sample", show_default=True, help=_ways(DECODERS))
@click.option("--refine", type=click.Choice(list(REFINERS)), help=_ways(REFINERS))
@click.option("--no-page", is_flag=True, help="Serve the API alone.")
@click.option("--files", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Where personas made on the page, and votes, are written.")  # fmt: skip
@click.option("--runs", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Runs whose reports the page shows.")  # fmt: skip
@click.option(
    "--compare", multiple=True, metavar="MODEL", help="Another model to compare with on the page; repeatable."
)
@click.option("--temperature", default=0.7, show_default=True, type=click.FloatRange(0, 2), help="Unless asked for.")
@click.option("--max-tokens", default=256, show_default=True, type=click.IntRange(1), help="Unless asked for.")
@click.option("--sillytavern", is_flag=True, help="Run lorebooks with SillyTavern's extensions.")
@click.option("--log", is_flag=True, help="A line on stderr for each request, without its text and its key.")
def serve(
    personas: tuple[str, ...],
    model: str,
    base_url: str | None,
    memory: str | None,
    host: str,
    port: int,
    keys: Path | None,
    rate: float | None,
    at_once: int,
    decode: str,
    refine: str | None,
    no_page: bool,
    files: Path | None,
    runs: Path | None,
    compare: tuple[str, ...],
    temperature: float,
    max_tokens: int,
    sillytavern: bool,
    log: bool,
) -> None:
    """Serve each PERSONA (a card, a persona file, or the id of a starter) as a model of an OpenAI-compatible API.

    It listens on this machine alone. Any other --host needs keys: --keys, or one key in PERSONAE_SERVE_KEY. Users are
    told apart by their key and the field `user` of a request, and never see each other's memories.
    """
    try:
        from personae.serve.api import Door
        from personae.serve.app import LOOPBACK_NAMES, create_app
        from personae.serve.guards import Rate
        from personae.serve.keys import Keys, is_loopback, read_keys
        from personae.serve.running import listening, run, url
    except ModuleNotFoundError as error:
        raise MissingExtra("serve", error.name or "fastapi") from error
    given = os.environ.get(KEY)
    held = read_keys(keys) if keys else Keys({"default": given}) if given else Keys()
    if not held.by_name and not is_loopback(host):
        raise UsageError(f"--host {host} can be reached by others; give --keys FILE, or a key in {KEY}")
    settings = Settings(temperature, max_tokens=max_tokens)
    templates = _agents(personas, model, base_url, decode, refine, sillytavern, settings)
    with listening(host, port) as listener:
        door = Door(_host(templates, memory), Rate(rate) if rate else None, at_once)
        app = create_app(door, held, (*LOOPBACK_NAMES, host) if is_loopback(host) else ())
        if not no_page:
            _attach(app, door, held, files, runs, compare)
        for name in door.host.agents:
            click.echo(f"model {name!r} at {url(listener)}/v1", err=True)
        if not no_page:
            click.echo(f"page at {url(listener)}/", err=True)
        run(app, listener, log=log)


def _attach(app: Any, door: Door, keys: Keys, files: Path | None, runs: Path | None, compare: tuple[str, ...]) -> None:
    from personae.models.registry import open_model

    try:
        from personae.serve.page import attach
    except ModuleNotFoundError as error:
        raise MissingExtra("serve", error.name or "nicegui") from error
    attach(app, door, keys, folder=files, runs=runs, models={name: open_model(name) for name in compare})


def _agents(
    personas: tuple[str, ...],
    model: str,
    base_url: str | None,
    decode: str,
    refine: str | None,
    sillytavern: bool,
    settings: Settings,
) -> list[Agent]:
    from personae.agent import Agent, RolePlayPrompt
    from personae.models.registry import open_model
    from personae.persona.find import find

    speaking = open_model(model, **({"base_url": base_url} if base_url else {}))
    prompt = RolePlayPrompt(greeting=None, lore_profile="sillytavern" if sillytavern else "spec")
    ways = {"decode": _way(DECODERS[decode][0]), "refine": _way(REFINERS[refine][0]) if refine else None}
    return [Agent(find(name), speaking, prompt=prompt, settings=settings, **ways) for name in personas]


def _way(path: str) -> Any:
    """The decoder or refiner; those that judge are given the embedded pair scorer."""
    module, _, name = path.partition(":")
    made = getattr(importlib.import_module(module), name)
    if name == "Sample":
        return made()
    from personae.models import open_pair_scorer

    return made(open_pair_scorer("embedded"))


def _host(agents: list[Agent], memory: str | None) -> Host:
    from personae.memory.store import open_store
    from personae.models.embedder import installed_embedder
    from personae.serve.hosting import Host

    return Host.of(agents, open_store(memory) if memory else None, installed_embedder() if memory else None)
