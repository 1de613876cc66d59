"""`personae chat`: talk to a persona, see why it says what it says, and lose nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from personae.errors import UsageError

if TYPE_CHECKING:
    from personae.memory.long_term import LongTerm
    from personae.memory.turns import Scope, Turn


@click.command()
@click.argument("file")
@click.option("--model", default="embedded", show_default=True, help="The model that speaks.")
@click.option("--base-url", metavar="URL", help="Address of the model's server, for models that need one.")
@click.option("--user", default="User", show_default=True, help="What the persona calls you.")
@click.option("--seed", default=0, show_default=True, help="Seed of the sampler and of chance in macros and lore.")
@click.option("--temperature", default=0.7, show_default=True, type=click.FloatRange(0, 2), help="0 is greedy.")
@click.option("--max-tokens", default=256, show_default=True, type=click.IntRange(1), help="Longest reply.")
@click.option("--greeting", default=0, show_default=True, help="Which greeting opens the talk; -1 for none.")
@click.option("--transcript", type=click.Path(path_type=Path, dir_okay=False), help="Where the talk is written.")
@click.option(
    "--continue",
    "resume",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Go on with the talk of a transcript.",
)
@click.option("--memory", metavar="STORE", help="Remember across talks, in this file or postgresql://… address.")
@click.option("--sillytavern", is_flag=True, help="Run the lorebook with SillyTavern's extensions.")
def chat(
    file: str,
    model: str,
    base_url: str | None,
    user: str,
    seed: int,
    temperature: float,
    max_tokens: int,
    greeting: int,
    transcript: Path | None,
    resume: Path | None,
    memory: str | None,
    sillytavern: bool,
) -> None:
    """Talk to the persona in FILE: a character card, a persona file, or the id of a starter.

    Every turn is appended to a transcript (JSON lines), by default below runs/chats. Ctrl-C stops a reply and keeps
    the talk; at the prompt, Ctrl-C or Ctrl-D ends it. Type /help for the commands.

    With --memory every turn is also kept in a store, under the names of the persona and of --user, and later talks
    recall it; see personae memory.
    """
    from personae.agent import Agent, RolePlayPrompt
    from personae.cli.talk import Talk
    from personae.memory import Window
    from personae.memory.turns import Scope
    from personae.models.registry import open_model
    from personae.persona.find import find
    from personae.types import Settings

    persona = find(file)
    path = transcript or resume or default_path(persona.name, datetime.now())
    after = ExitStack()
    agent = Agent(
        persona=persona,
        model=open_model(model, **({"base_url": base_url} if base_url else {})),
        memory=Window() if memory is None else _lasting(memory, Scope(persona.name, user, path.stem), resume, after),
        prompt=RolePlayPrompt(
            greeting=greeting if greeting >= 0 and persona.greetings else None,
            lore_profile="sillytavern" if sillytavern else "spec",
        ),
        settings=Settings(temperature=temperature, max_tokens=max_tokens, seed=seed),
        user=user,
        seed=seed,
    )
    with after, Talk(agent, path) as talk:
        talk.begin(resume=resume, greeting=greeting)
        talk.go_on()


def _lasting(address: str, scope: Scope, resume: Path | None, after: ExitStack) -> LongTerm:
    """The memory of a store, which is closed afterwards; by words alone where the embedder is not installed.

    Raises UsageError where the store holds another talk of this name, which this one would take the place of.
    """
    from personae.memory.store import open_store

    store = after.enter_context(closing(open_store(address)))
    held = list(store.turns(scope))
    if held and (resume is None or _another(held, resume, scope.user)):
        raise UsageError(
            f"{address!r} holds another talk called {scope.conversation!r}, the name of the transcript's file; "
            "go on with that one by --continue, or name another file with --transcript"
        )
    from personae.memory.long_term import LongTerm
    from personae.models.embedder import installed_embedder

    return LongTerm(store, scope, installed_embedder())


def _another(held: Sequence[Turn], resume: Path, user: str) -> bool:
    """Has the user said something in both, but nothing that is the same?"""
    from personae.agent.transcript import read

    kept = {turn.text for turn in held if turn.speaker == user}
    said = {message.content for message in read(resume) if message.role == "user"}
    return bool(kept and said) and kept.isdisjoint(said)


def default_path(name: str, now: datetime) -> Path:
    """Where a talk is written when nobody says: a name that tells who and when.

    >>> default_path("Ilse Marten", datetime(2026, 3, 1, 12, 30, 5)).as_posix()
    'runs/chats/ilse-marten-20260301-123005.jsonl'
    """
    plain = "".join(letter if letter.isalnum() else "-" for letter in name.lower())[:40].strip("-") or "persona"
    return Path("runs") / "chats" / f"{plain}-{now:%Y%m%d-%H%M%S}.jsonl"
