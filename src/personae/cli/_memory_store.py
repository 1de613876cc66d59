"""`personae memory list | show | find | forget | export | import`: what a store holds, and what is to go."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.errors import PersonaeError, UsageError

if TYPE_CHECKING:
    from personae.memory.profile import Profile
    from personae.memory.store import Store
    from personae.memory.turns import Scope, Turn

STORE = click.argument("store", metavar="STORE")
AGENT = click.option("--agent", help="Whose memory. [default: the only one there is]")
USER = click.option("--user", help="Of whom. [default: the only one there is]")
CONVERSATION = click.option("--conversation", help="In one conversation.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

#: What is told where the files were not written anew: of SQLite, of Postgres.
REMAINS = (
    "The file may still hold remains, for another program has it open; they go when it is opened alone.",
    "What was removed is vacuumed; `Store.erase()` writes the tables anew.",
)


@click.command("list")
@STORE
@JSON
def list_(store: str, as_json: bool) -> None:
    """Who talked with whom in STORE, a file or a postgresql:// address: conversations, and turns in each."""
    with _opened(store) as held:
        rows = [_names(scope) | {"turns": held.count(scope)} for scope in held.scopes()]
    if as_json:
        _print_json(rows)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("agent", "user", "conversation", "turns")
    for row in rows:
        table.add_row(*(_plain(str(value)) for value in row.values()))
    Console().print(table if rows else "The store is empty.")


@click.command()
@STORE
@AGENT
@USER
@CONVERSATION
@click.option("--newest", default=20, show_default=True, type=click.IntRange(1), help="How many turns are shown.")
@JSON
def show(store: str, agent: str | None, user: str | None, conversation: str | None, newest: int, as_json: bool) -> None:
    """What is believed of a user – since when, and from which turns – and the newest turns."""
    from personae.memory.long_term import Believed

    with _opened(store) as held:
        scope = _scope(held, agent, user, conversation)
        profile = Believed(held, scope).profile()
        turns = list(held.turns(scope, newest=newest))
    if as_json:
        _print_json({"profile": _beliefs(profile), "turns": [_turn(turn) for turn in turns]})
        return
    click.echo(_plain(profile.show()))
    click.echo()
    for turn in turns:
        click.echo(_plain(f"{_place(turn)}  {turn.at or ''}  {turn.speaker}: {_short(turn.text)}"))


@click.command()
@STORE
@click.argument("query")
@AGENT
@USER
@CONVERSATION
@click.option("--k", default=5, show_default=True, type=click.IntRange(1, 1000), help="How many turns.")
@JSON
def find(
    store: str, query: str, agent: str | None, user: str | None, conversation: str | None, k: int, as_json: bool
) -> None:
    """The turns that QUERY brings to mind, and the share of each signal in that."""
    from personae.memory.retrieval.kept import StoreSearch
    from personae.models.embedder import installed_embedder

    with _opened(store) as held:
        embedder = installed_embedder()
        if embedder is not None:
            held.embedded_by(embedder.name)
        found = StoreSearch(held, embedder).search(query, _scope(held, agent, user, conversation), k)
    if as_json:
        hits = [_turn(hit.turn) | {"score": hit.score, "why": dict(hit.why)} for hit in found.hits]
        _print_json({"hits": hits, "candidates": found.candidates, "reason": found.reason})
        return
    if found.reason:
        click.echo(found.reason, err=True)
    for hit in found.hits:
        why = ", ".join(f"{signal} {share:.0%}" for signal, share in hit.why.items())
        click.echo(_plain(f"{hit.score:.3f}  {_place(hit.turn)}  {hit.turn.speaker}: {_short(hit.text)}  ({why})"))


@click.command()
@STORE
@AGENT
@USER
@CONVERSATION
@click.option("--turn", "ids", multiple=True, metavar="ID", help="A turn of the conversation; may be repeated.")
@click.option("--belief", metavar="FIELD=VALUE", help="A belief, with every turn it was read from.")
@click.option("--everything", is_flag=True, help="All that any agent remembers of --user.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@JSON
def forget(
    store: str,
    agent: str | None,
    user: str | None,
    conversation: str | None,
    ids: tuple[str, ...],
    belief: str | None,
    everything: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Remove turns, a belief, a conversation, a user, with all that was made of them, from the file too.

    Without --turn or --belief it is the whole conversation, or all of the agent's with the user. Transcripts are
    files of their own, and stay: delete them too, for a talk that goes on from its transcript is kept again.
    """
    from personae.memory import long_term

    if sum([bool(ids), belief is not None, everything]) > 1:
        raise UsageError("--turn, --belief and --everything are three different things; give one of them")
    if belief is not None and not all(part.strip() for part in belief.partition("=")):
        raise UsageError(f"--belief {belief!r} is no FIELD=VALUE; write it like 'preferences.things=opera'")
    if everything and (agent, conversation) != (None, None):
        raise UsageError("--everything is of all agents and conversations; leave it out, or --agent and --conversation")
    if belief is not None and conversation is not None:
        raise UsageError("a belief is of all conversations; leave --conversation out")
    if ids and conversation is None:
        raise UsageError("--turn needs --conversation, for every conversation has a turn D1:1; see show")
    with _opened(store) as held:
        scope = _scope(held, None if everything else agent, user, conversation, any_agent=everything)
        what = _what(scope, ids, belief, everything)
        if not yes:
            click.confirm(f"Forget {what}? It cannot be brought back.", abort=True, err=True)
        still: list[str] = []
        if everything:
            gone = held.forget_user(scope.user)
        elif belief is not None:
            key, _, value = belief.partition("=")
            gone = long_term.forget_belief(held, scope, key.strip(), value.strip())
            still = _saying(held, scope, value.strip())
        else:
            gone = long_term.forget(held, scope, list(ids) or None)
    if as_json:
        done = {"turns": gone.turns, "derived": list(gone.derived), "erased": gone.erased}
        _print_json(done | ({"still": still} if still else {}))
        return
    more = f", and {len(gone.derived)} made of them" if gone.derived else ""
    click.echo(f"Forgotten: turns: {gone.turns}{more}. Transcripts are not touched.")
    if still:
        shown = ", ".join(still[:8]) + (f" and {len(still) - 8} more" if len(still) > 8 else "")
        click.echo(f"Turns that still say {_plain(repr(value.strip()))}: {shown}; forget them with --turn", err=True)
    if not gone.erased:
        click.echo(REMAINS["://" in store], err=True)


@click.command()
@STORE
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(store: str, file: Path) -> None:
    """Write all of STORE to FILE, JSON Lines that `import` reads."""
    from personae.memory.store import export_lines

    with _opened(store) as held:
        number = export_lines(held, file)
    click.echo(f"{number} turns are in {file}", err=True)


@click.command("import")
@STORE
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(store: str, file: Path) -> None:
    """Add what `export` wrote to FILE to STORE, all of it or nothing."""
    from personae.memory.store import import_lines

    with _none_if_it_fails(store), _opened(store, new=True) as held:
        number = import_lines(held, file)
    click.echo(f"{number} turns were added to {store}", err=True)


COMMANDS = (list_, show, find, forget, export, import_)


@contextmanager
def _opened(address: str, *, new: bool = False) -> Iterator[Store]:
    from personae.memory.store import open_store

    if Path(address).is_dir():
        raise UsageError(f"{address!r} is a folder; name the file of the store in it")
    if not new and "://" not in address and not Path(address).is_file():
        raise UsageError(f"there is no store {address!r}; `personae chat --memory {address}` makes one")
    with closing(open_store(address)) as store:
        yield store


@contextmanager
def _none_if_it_fails(address: str) -> Iterator[None]:
    """Where there was no store, there is none after an error either."""
    file = None if "://" in address or Path(address).exists() else Path(address)
    try:
        yield
    except PersonaeError:
        if file is not None:
            file.unlink(missing_ok=True)
        raise


def _scope(
    store: Store, agent: str | None, user: str | None, conversation: str | None, *, any_agent: bool = False
) -> Scope:
    """The scope that is meant; a name that is not given must be the only one there is."""
    from personae.memory.turns import Scope

    scopes = store.scopes(agent=agent, user=user)
    if not scopes:
        raise UsageError(f"the store holds nothing of agent {agent or 'any'!r} and user {user or 'any'!r}; see list")
    if any_agent and user is None:
        raise UsageError("--everything needs --user")
    for option, names in (("--agent", {one.agent for one in scopes}), ("--user", {one.user for one in scopes})):
        if len(names) > 1 and not (any_agent and option == "--agent"):
            raise UsageError(f"say which: {option} {' | '.join(sorted(names)[:8])}")
    found = Scope(scopes[0].agent, scopes[0].user, conversation)
    if conversation is not None and found not in scopes:
        raise UsageError(f"there is no conversation {conversation!r}; there are {', '.join(_talks(scopes))}")
    return found


def _talks(scopes: Any) -> list[str]:
    return [str(scope.conversation) for scope in scopes][:8]


def _saying(store: Store, scope: Scope, value: str) -> list[str]:
    """The turns of an agent and a user that hold these words, as the replies to what was forgotten may."""
    whole = dataclasses.replace(scope, conversation=None)
    return [_place(turn) for turn in store.turns(whole) if value.casefold() in turn.text.casefold()]


def _what(scope: Scope, ids: tuple[str, ...], belief: str | None, everything: bool) -> str:
    if everything:
        return f"all that any agent remembers of {scope.user!r}"
    of = f"{scope.agent!r} of {scope.user!r}" + (f" in {scope.conversation!r}" if scope.conversation else "")
    if ids:
        return f"the turns {', '.join(ids)} of {of}"
    return f"{belief!r} and the turns that say so, of {of}" if belief is not None else f"all memories of {of}"


def _names(scope: Scope) -> dict[str, Any]:
    return {"agent": scope.agent, "user": scope.user, "conversation": scope.conversation}


def _turn(turn: Turn) -> dict[str, Any]:
    said = {"id": turn.id, "session": turn.session, "speaker": turn.speaker, "text": turn.text, "at": turn.at}
    return {"conversation": turn.scope.conversation} | said


def _beliefs(profile: Profile) -> list[dict[str, Any]]:
    rows = [(entry, None) for entry in profile.entries] + [(past.entry, past.until) for past in profile.history]
    return [
        {
            "owner": entry.owner,
            "field": entry.key,
            "value": entry.value,
            "polarity": entry.polarity,
            "since": entry.first_seen,
            "until": until,
            "sources": list(entry.sources),
        }
        for entry, until in rows
    ]


def _place(turn: Turn) -> str:
    return f"{turn.scope.conversation}/{turn.id}"


def _short(text: str, most: int = 200) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 2]} …"


def _plain(text: str) -> str:
    from personae.cli.talk import harmless

    return harmless(text)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
