"""Memory: how long it takes to keep a turn, to search by words and by vector, and to forget, in stores of growing size;
and what is still found when many other turns lie around it.

    python benchmarks/memory.py [--sizes 1000 10000 100000] [--million] [--stores sqlite postgres] [--questions 50]
                                [--recall locomo_first5.json] [--out benchmarks/results/memory.md]

Turns are 12 words drawn from 30,000 by Zipf's law (the commonest stands in nine of ten turns), vectors are random, of
384 numbers. Nine tenths of a store are one user's, the searches are in that user's scope; the rest belongs to others.
Every store runs in a process of its own, Postgres is the one of `PERSONAE_TEST_POSTGRES` or one that `pgserver` starts.
The peer is SQLite's own FTS5 with its `bm25()`, over the same turns: it knows no scopes, so index and statistics are
everybody's. `--recall` asks LoCoMo's questions (`_memory_recall.py`).
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from _memory_recall import recalled
from engine import machine

from personae.memory.store import Only
from personae.memory.store.postgres import open_postgres
from personae.memory.store.sql import SqlStore
from personae.memory.store.sqlite import open_sqlite
from personae.memory.store.words import index_words
from personae.memory.turns import Scope, Turn

HERE = Path(__file__).parent
MINE, OTHERS = Scope("agent", "mine", "talk"), Scope("agent", "others", "talk")
DIMENSIONS, VOCABULARY, WORDS = 384, 30_000, 12
#: What is measured, in the order of the table.
STEPS = ("keep one", "words", "words, one speaker", "vector", "vector, one speaker", "newest 20")


def text_of(rng: np.random.Generator, words: int) -> str:
    ranks = np.minimum(rng.zipf(1.2, words), VOCABULARY)
    return " ".join(f"w{rank}" for rank in ranks)


def turns_of(size: int, rng: np.random.Generator) -> Iterator[Turn]:
    for at in range(size):
        scope = OTHERS if at % 10 == 9 else MINE
        yield Turn(f"D{at}", scope, str(at // 50), ("Ines", "Keeper")[at % 2], text_of(rng, WORDS))


def vectors_of(size: int, rng: np.random.Generator) -> Iterator[Any]:
    return (rng.standard_normal(DIMENSIONS, dtype=np.float32) for _ in range(size))


def milliseconds(call: Callable[[int], object], times: int) -> tuple[float, float]:
    """Median and 95th percentile of so many calls, after one to warm up."""
    call(times)
    spent = []
    for at in range(times):
        start = time.perf_counter()
        call(at)
        spent.append((time.perf_counter() - start) * 1e3)
    return statistics.median(spent), float(np.percentile(spent, 95))


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


@contextlib.contextmanager
def opened(kind: str, folder: Path) -> Iterator[SqlStore]:
    with contextlib.ExitStack() as after:
        if kind == "sqlite":
            store = open_sqlite(folder / "memory.db")
        else:
            address = os.environ.get("PERSONAE_TEST_POSTGRES")
            if not address:
                import pgserver

                server = pgserver.get_server(folder / "data")
                after.callback(server.cleanup)
                address = server.get_uri()
            store = open_postgres(address, schema="personae_benchmark")
        after.callback(store.close)
        yield store
        if kind == "postgres":
            with store.database.writing() as session:
                session.run("DROP SCHEMA personae_benchmark CASCADE")


def measured(kind: str, size: int, questions: int) -> dict[str, Any]:
    """One store of one size."""
    rng = np.random.default_rng(0)
    asked = [text_of(rng, 5) for _ in range(questions + 1)]
    directions = list(vectors_of(questions + 1, rng))
    one = Only(speaker="Ines")
    row: dict[str, Any] = {"store": kind, "size": size}
    folder = tempfile.TemporaryDirectory(prefix="personae-bench-", ignore_cleanup_errors=True)
    with folder as name, opened(kind, Path(name)) as store:
        row["bulk"] = size / seconds(lambda: store.keep(turns_of(size, rng), vectors_of(size, rng)))
        fresh = [Turn(f"N{at}", MINE, "new", "Ines", text_of(rng, WORDS)) for at in range(questions + 1)]
        calls: dict[str, Callable[[int], object]] = {
            "keep one": lambda at: store.keep([fresh[at]], [directions[at]]),
            "words": lambda at: store.search_words(asked[at], MINE),
            "words, one speaker": lambda at: store.search_words(asked[at], MINE, only=one),
            "vector": lambda at: store.search_vector(directions[at], MINE),
            "vector, one speaker": lambda at: store.search_vector(directions[at], MINE, only=one),
            "newest 20": lambda at: list(store.turns(MINE, newest=20)),
        }
        row |= {step: milliseconds(calls[step], questions) for step in STEPS}
        if kind == "sqlite":
            row["bytes"] = (Path(name) / "memory.db").stat().st_size
            row["extension"] = store.database.extension
        row["forget rows"] = seconds(lambda: store.forget(MINE, ["D0"], erase=False))
        row["forget"] = seconds(lambda: store.forget(MINE, ["D2"]))
        row["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return row


def peer(size: int, questions: int) -> dict[str, Any]:
    """FTS5 with bm25() over the same turns, without scopes."""
    rng = np.random.default_rng(0)
    asked = [" OR ".join(index_words(text_of(rng, 5))) for _ in range(questions + 1)]
    list(vectors_of(questions + 1, rng))
    with tempfile.TemporaryDirectory() as name:
        connection = sqlite3.connect(Path(name) / "fts.db")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'porter unicode61')")
        with connection:
            rows = ((turn.document(),) for turn in turns_of(size, rng))
            connection.executemany("INSERT INTO words VALUES (?)", rows)
        sql = "SELECT rowid, text, bm25(words) FROM words WHERE words MATCH ? ORDER BY rank LIMIT 10"
        return {
            "size": size,
            "words": milliseconds(lambda at: connection.execute(sql, [asked[at]]).fetchall(), questions),
        }


def told_recall(rows: Sequence[dict[str, Any]], every: int) -> list[str]:
    """The section on what is still found."""
    lines = [
        "## Recall after 10,000 turns",
        "",
        f"Turn recall@10 over {rows[0]['questions']:,} of LoCoMo's questions (every {every}. of five conversations),",
        "and median milliseconds a search. Alone: the memory holds the conversation and nothing else. In company:",
        "the same user also has more than 10,000 other turns, the other four conversations again and again under",
        "other names, half of them before, half after. The search's weights were chosen on these conversations, so",
        "read the difference.",
        "",
        "| search by | alone | in company | lost | ms alone | ms in company |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        alone, company = row["alone"] * 100, row["crowded"] * 100
        cells = f"{alone:.1f} | {company:.1f} | {alone - company:.1f} | {row['alone ms']:.0f} | {row['crowded ms']:.0f}"
        lines.append(f"| {row['search']} | {cells} |")
    return [*lines, ""]


def told(rows: Sequence[dict[str, Any]], peers: Sequence[dict[str, Any]], questions: int) -> str:
    """The page."""
    lines = [
        "# Memory",
        "",
        f"{datetime.date.today()}, {machine()}.",
        f"Milliseconds, median / 95th percentile of {questions} calls with k = 10; `python benchmarks/memory.py`,",
        "whose first lines say what the turns are.",
        "",
        "| store | turns | "
        + " | ".join(STEPS)
        + " | bulk, turns/s | forget a turn's rows, s | and its bytes, s | MB on disk | MB in memory |",
        "|---|---|" + "---|" * (len(STEPS) + 5),
    ]
    for row in rows:
        cells = [f"{row[step][0]:.1f} / {row[step][1]:.1f}" for step in STEPS]
        disk = f"{row['bytes'] / 1e6:.0f}" if "bytes" in row else "–"
        cells += [f"{row['bulk']:,.0f}", f"{row['forget rows']:.3f}", f"{row['forget']:.2f}"]
        cells += [disk, f"{row['memory']:.0f}"]
        lines.append(f"| {row['store']} | {row['size']:,} | " + " | ".join(cells) + " |")
    for row in peers:
        lines.append(
            f"| FTS5 `bm25()`, no scopes | {row['size']:,} | – | {row['words'][0]:.1f} / {row['words'][1]:.1f} |"
        )
    used = any(row.get("extension") for row in rows)
    lines += [
        "",
        "Forgetting in SQLite writes the file anew, so that nothing is left in it; in Postgres it is a plain VACUUM.",
        f"SQLite compared vectors with {'sqlite-vec' if used else 'numpy, for this Python cannot load sqlite-vec'}.",
        "Memory is the client process, Postgres' own is not in it. Vector search compares every vector of the scope.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument(
        "--million",
        action="store_true",
        help="also 1,000,000 turns: 2 GB, and three times that while it is written anew",
    )
    parser.add_argument("--stores", nargs="+", default=["sqlite", "postgres"], choices=["sqlite", "postgres"])
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--recall", type=Path, metavar="FILE", help="also LoCoMo's questions, of such a file")
    parser.add_argument("--every", type=int, default=1, help="ask every so manieth of them")
    parser.add_argument("--out", type=Path, help="write the table there as Markdown")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        kind, size = given.one[0], int(given.one[1])
        row = peer(size, given.questions) if kind == "fts5" else measured(kind, size, given.questions)
        print(json.dumps(row))
        return
    found: dict[str, list[dict[str, Any]]] = {"fts5": []}
    for kind in [*given.stores, "fts5"]:
        for size in given.sizes + [1_000_000] * given.million:
            print(f"{kind}, {size:,} turns …", file=sys.stderr, flush=True)
            child = [sys.executable, __file__, "--one", kind, str(size), "--questions", str(given.questions)]
            said = subprocess.run(child, check=True, stdout=subprocess.PIPE, text=True).stdout
            found.setdefault(kind, []).append(json.loads(said.splitlines()[-1]))
    peers = found.pop("fts5")
    page = told([row for rows in found.values() for row in rows], peers, given.questions)
    if given.recall:
        page += "\n" + "\n".join(told_recall(recalled(given.recall, given.every), given.every))
    print(page)
    if given.out:
        given.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
