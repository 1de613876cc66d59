"""`personae memory eval longmemeval | realtalk | own`: evidence recall on histories of other forms than LoCoMo's."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.errors import MissingExtra

if TYPE_CHECKING:
    from personae.models.vector_cache import CachedEmbedder
    from personae.types import Embedder

RETRIEVERS = ("default", "bm25", "dense", "raw", "hybrid-session")
EXACT = ("raw", "hybrid-session")  #: retrievers whose published lists only the 32-bit embedder gives

FORMS = {
    "longmemeval": """Evidence recall on FILE, in the form of LongMemEval's longmemeval_s.json.

    The user's turns are searched, each question in its own sessions. Questions that abstain (_abs) are left out.
    """,
    "realtalk": """Evidence recall on FILE, one chat in the form of REALTALK's.""",
    "own": """Evidence recall on FILE of your own: JSON Lines or CSV, turns and questions.

    \b
    {"speaker": "Ines", "text": "I sold the boat.", "at": "2026-03-01T09:30:00"}      a turn a line
    {"question": "What did she sell?", "evidence": ["D1:1"], "code": "fact"}           a question a line

    Turns without an "id" are called D1:1, D1:2, … – the session's number, and the turn's within it.
    """,
}


def history_commands() -> Iterator[click.Command]:
    """One command for each form."""
    for form, told in FORMS.items():
        yield _command(form, told)


def _command(form: str, told: str) -> click.Command:
    @click.command(form, help=told)
    @click.argument("file", type=click.Path(exists=True, dir_okay=False))
    @click.option("--retriever", type=click.Choice(RETRIEVERS), default="default", show_default=True,
                  help="What searches.")  # fmt: skip
    @click.option("--k", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many are kept.")
    @click.option("--level", type=click.Choice(("turn", "session")),
                  help=f"What is ranked. [default: {'session' if form == 'longmemeval' else 'turn'}]")  # fmt: skip
    @click.option("--precision", type=click.Choice(("auto", "int8", "fp32")), default="int8", show_default=True,
                  help="Of the embedder.")  # fmt: skip
    @click.option("--cache", type=click.Path(dir_okay=False), help="A file that remembers vectors from run to run.")
    @click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Of the embedder.")
    @click.option("--seed", default=0, show_default=True, help="Seed of the bootstrap.")
    @click.option("--out", type=click.Path(dir_okay=False), help="Write the report, with every ranked list, as JSON.")
    @click.option("--json", "as_json", is_flag=True, help="Print the report, with every ranked list, as JSON.")
    def run(file: str, precision: str, cache: str | None, threads: int, seed: int, out: str | None, as_json: bool,
            **setup: Any) -> None:  # fmt: skip
        from personae.cli._progress import progress

        try:
            from personae.measure.recall.histories import as_data, recalls
        except ModuleNotFoundError as error:
            raise MissingExtra("embedded", error.name or "numpy") from error
        with embedder_for(setup["retriever"], precision, cache, threads) as embedder, progress("recall") as step:
            found = recalls(file, form, embedder=embedder, on_step=step, **setup)
        report = as_data(found, embedder=embedder.name if embedder else None, source=Path(file).name, seed=seed)
        _tell(report, out, as_json)

    return run


def written(report: dict[str, Any], out: str | None, as_json: bool) -> None:
    """Write a report as JSON to a file, and print it, where that is wanted."""
    text = json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False)
    if out is not None:
        from personae.files import write_atomic

        write_atomic(out, text + "\n")
    if as_json:
        click.echo(text)


def _tell(report: dict[str, Any], out: str | None, as_json: bool) -> None:
    written(report, out, as_json)
    if as_json:
        return
    level, k = report["level"], report["k"]
    among = f"{report['candidates']:.0f} {level}s to find among" if report["candidates"] is not None else "nothing"
    click.echo(
        f"{report['retriever']}: {report['questions']} questions, {among}, {report['embedder'] or 'no embedder'}"
    )
    click.echo(f"  {'k':>4}  {'recall_any':<22}{'recall_all':<22}{'ndcg_any':<22}")
    for cut in report["recall_any"]:
        row = "".join(f"{_shown(report[name][cut]):<22}" for name in ("recall_any", "recall_all", "ndcg_any"))
        click.echo(f"  {cut:>4}  {row}".rstrip())
    if len(report["by_type"]) > 1:
        for kind, figure in report["by_type"].items():
            click.echo(f"  {kind or 'no type':<28} recall_any@{k} {_shown(figure)}, n = {figure['n']}")
    told = [f"{count} questions left out: {why}" for why, count in report["left_out"].items()]
    told += [f"{len(report['dropped_evidence'])} evidence ids unknown"] if report["dropped_evidence"] else []
    if told:
        click.secho(", ".join(told), err=True, dim=True)
    if out is not None:
        click.secho(f"written to {out}", err=True, dim=True)


def _shown(figure: dict[str, Any]) -> str:
    value, low, high = figure["value"], figure["low"], figure["high"]
    if value is None:
        return "–"
    return f"{100 * value:.1f}" + (
        f" [{100 * low:.1f}, {100 * high:.1f}]" if low is not None and high is not None else ""
    )


@contextlib.contextmanager
def embedder_for(retriever: str, precision: str, cache: str | None, threads: int) -> Iterator[CachedEmbedder | None]:
    """The embedder a retriever needs, remembering; None for words alone."""
    if retriever == "bm25":
        yield None
        return
    from personae.models.vector_cache import CachedEmbedder

    cached = CachedEmbedder(_opened(retriever, precision, threads), cache)
    try:
        yield cached
    finally:
        cached.close()


def _opened(retriever: str, precision: str, threads: int) -> Embedder:
    from personae.models.embedder import MiniLM
    from personae.models.minilm_fp32 import INSTALL, MiniLM32, weights

    if precision == "fp32" or (precision == "auto" and retriever in EXACT and weights() is not None):
        return MiniLM32(threads=threads)
    if retriever in EXACT:
        click.secho(f"8-bit vectors: lists may differ from published ones; for equal ones: {INSTALL}", err=True)
    return MiniLM(threads)
