"""`personae score`: numbers of texts that are there already; pairs of them are judged in bulk."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from personae.cli._apc import apc
from personae.cli._chat_statistics import chat
from personae.cli._self_check import selfcheck
from personae.cli._style import style
from personae.cli._toxicity import score_toxicity
from personae.errors import RunError, UsageError

if TYPE_CHECKING:
    from personae.models.pairs.stream import Summary
    from personae.types import PairScorer

STANDARD = "-"


@click.group()
def score() -> None:
    """Numbers of texts: pairs judged by a scorer, talks by APC, logs by their style, chats by their speakers."""


score.add_command(apc)
score.add_command(style)
score.add_command(chat)
score.add_command(score_toxicity)
score.add_command(selfcheck)


@score.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--out", required=True, type=click.Path(dir_okay=False, allow_dash=True), help="JSONL file; - is stdout.")
@click.option("--scorer", default="embedded", show_default=True, help="embedded, hf/FOLDER-OR-NAME or judge/MODEL.")
@click.option("--batch", type=click.IntRange(1, 100_000), default=256, show_default=True, help="Lines at a time.")
@click.option("--cache", type=click.Path(dir_okay=False), help="A file that remembers pairs from one run to the next.")
@click.option("--resume", is_flag=True, help="Go on with an unfinished --out.")
@click.option("--force", is_flag=True, help="Replace --out if it exists.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def pairs(
    file: str, out: str, scorer: str, batch: int, cache: str | None, resume: bool, force: bool, as_json: bool
) -> None:
    """Score the pairs of FILE, JSON lines with a text p and a statement h; - is stdin.

    \b
    {"p": "I have no pets.", "h": "I own a dog."}
    gets contradiction, neutral, entailment (they sum to 1) and relevance, beside its other fields.

    Rows come out in the order of the input. A line that cannot be scored comes out with its number and a reason.
    A run that was killed goes on with --resume and scores no row twice.
    """
    from personae import run
    from personae.models.pairs.stream import rows_done, score_pairs

    _check(file, out, resume, force)
    started = time.perf_counter()
    with _opened(scorer, cache) as opened:
        unread = _unread(scorer)
        exact = None if scorer.startswith("judge") else opened
        done = run(rows_done(Path(file), Path(out), exact, unread=unread)) if resume and Path(out).exists() else 0
        with _source(file) as source, _target(out, append=bool(done)) as write, _bar(file) as progress:
            work = score_pairs(source, write, opened, batch=batch, unread=unread, done=done, progress=progress)
            try:
                summary = run(work)
            except KeyboardInterrupt:
                raise RunError(_interrupted(file, out)) from None
    _tell(summary, time.perf_counter() - started, as_json, aside=out == STANDARD)


def _check(file: str, out: str, resume: bool, force: bool) -> None:
    if file != STANDARD and not Path(file).is_file():
        raise UsageError(f"there is no file {file!r}; name a JSONL file of pairs, or - for stdin")
    if resume and STANDARD in (file, out):
        raise UsageError("--resume needs files: what came through stdin or stdout cannot be gone through again")
    if resume and force:
        raise UsageError("--resume goes on with --out and --force replaces it; give one of them")
    if out == STANDARD:
        return
    target = Path(out)
    if target.exists() and file != STANDARD and target.samefile(file):
        raise UsageError(f"{out!r} is the input itself; give --out another name")
    if target.exists() and not (resume or force):
        raise UsageError(f"{out!r} exists; go on with it by --resume, or replace it by --force")
    target.parent.mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def _opened(spec: str, cache: str | None) -> Iterator[PairScorer]:
    from personae.models import open_pair_scorer

    scorer = open_pair_scorer(spec)
    if cache is None:
        yield scorer
        return
    from personae.models.pairs.cache import CachedPairs

    cached = CachedPairs(scorer, cache)
    try:
        yield cached
    finally:
        cached.close()


def _unread(spec: str) -> Callable[[str], str | None] | None:
    """Our own scorer reads English. What other models read is theirs to know."""
    if spec.partition("/")[0] != "embedded":
        return None
    from functools import lru_cache

    from personae.models.embedder import supported

    return lru_cache(10_000)(supported)


def _source(file: str) -> contextlib.AbstractContextManager[BinaryIO]:
    return contextlib.nullcontext(sys.stdin.buffer) if file == STANDARD else Path(file).open("rb")


@contextlib.contextmanager
def _target(out: str, *, append: bool) -> Iterator[Callable[[bytes], object]]:
    """How to write rows. The file is opened for the first of them: a scorer that cannot start costs no file."""
    with contextlib.ExitStack() as stack:
        file: BinaryIO | None = sys.stdout.buffer if out == STANDARD else None

        def write(rows: bytes) -> None:
            nonlocal file
            file = file or stack.enter_context(Path(out).open("ab" if append else "wb"))
            file.write(rows)
            file.flush()

        yield write
        write(b"")


@contextlib.contextmanager
def _bar(file: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr by bytes of the input; where that is no terminal, a line every ten seconds."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console(stderr=True)
    size = None if file == STANDARD else Path(file).stat().st_size
    columns = (TextColumn("{task.fields[rows]:,} pairs"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    said = time.monotonic()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        task = bars.add_task("", total=size, rows=0)

        def progress(rows: int, read: int) -> None:
            nonlocal said
            bars.update(task, completed=read, rows=rows)
            if not console.is_terminal and time.monotonic() - said > 10:
                said = time.monotonic()
                share = f", {read / size:.0%}" if size else ""
                click.echo(f"{rows:,} pairs{share}", err=True)

        yield progress


def _interrupted(file: str, out: str) -> str:
    if STANDARD in (file, out):
        return "interrupted; what was written is whole"
    return f"interrupted; what was scored is kept, go on with --out {out!r} --resume"


def _tell(summary: Summary, seconds: float, as_json: bool, *, aside: bool) -> None:
    """The summary on stdout, or on stderr where stdout has the rows."""
    data: dict[str, Any] = summary.to_dict() | {"seconds": round(seconds, 3)}
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=1), err=aside)
        return
    rate = summary.rows / seconds if seconds else 0.0
    lines = [
        f"{summary.rows:,} pairs in {seconds:.1f} s ({rate:,.0f}/s), {summary.scored:,} scored by {summary.scorer}"
    ]
    if summary.resumed:
        lines[0] += f"; {summary.resumed:,} were there already"
    lines += [f"  {name} {count:,}" for name, count in data["relations"].items()]
    lines += [f"  missing, {kind}: {count:,}" for kind, count in data["missing"].items()]
    checkpoint = summary.provenance.get("checkpoint", "?")
    lines.append(f"  checkpoint {checkpoint}, data {summary.provenance.get('data', '?')}")
    if summary.provenance.get("validity", "ok") != "ok":
        lines.append(f"  validity: {summary.provenance['validity']}")
    click.echo("\n".join(lines), err=aside)
