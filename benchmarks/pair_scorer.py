"""The pair scorer: pairs per second of our int8 weights, of the same network in fp32 torch and of its fp32 ONNX export.

    python benchmarks/pair_scorer.py [--checkpoint FOLDER] [--weights FOLDER] [--pairs 600] [--repeats 5]
                                     [--data ../shared/data] [--out benchmarks/results/pair_scorer.md]

Every system scores the same pairs on the same cores in a process of its own, first once to warm up, then `--repeats`
times, the systems taking turns; the median counts. The peers read padded batches of 32, in the order of the file and
sorted by length. `--checkpoint` holds the trained network; without it the peers run the same network with fresh heads,
which costs the same to compute. `--weights` are other int8 weights than those that ship.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from engine import machine

HERE = Path(__file__).parent
TARGET = 2.5
#: The bulk command is measured on so many times the pairs.
BULK_TIMES = 2


@dataclass(frozen=True)
class System:
    """One row: what runs, how many threads, whether pairs of like length share a batch."""

    kind: str
    threads: int
    buckets: bool = True

    @property
    def label(self) -> str:
        if self.kind == "ours":
            return "**Personae, int8 ONNX**"
        return f"{'torch' if self.kind == 'torch' else 'ONNX Runtime'} fp32, batches of 32, {self.order}"

    @property
    def order(self) -> str:
        return "by length" if self.buckets else "in file order"


@dataclass(frozen=True)
class Models:
    """Folders of the trained network and of our weights; "" for fresh heads and for the weights that ship."""

    checkpoint: str
    weights: str


def systems(threads: int) -> list[System]:
    kinds = (("ours", True), ("torch", False), ("torch", True), ("onnx", False), ("onnx", True))
    return [System(kind, threads, buckets) for kind, buckets in kinds]


def environment(threads: int) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(HERE.parent / "src"), "OMP_NUM_THREADS": str(threads)}


def read_pairs(data: Path, count: int) -> list[tuple[str, str]]:
    """Dialogue and caption pairs in turn, as the test files have them."""
    files = [data / "nli-compiled" / f"nli_test_{name}.jsonl" for name in ("dnli_valid", "snli_test")]
    rows = [[json.loads(line) for line in file.open()][: count // 2 + 1] for file in files]
    mixed = [row for two in zip(*rows, strict=True) for row in two]
    return [(row["p"], row["h"]) for row in mixed][:count]


class Worker:
    """A system in its own process: "go" makes it score all pairs, and it answers with the seconds that took."""

    def __init__(self, system: System, pairs: Path, models: Models) -> None:
        command = [sys.executable, str(HERE / "_pair_systems.py"), system.kind, str(system.threads)]
        command += [str(int(system.buckets)), str(pairs), models.checkpoint, models.weights]
        started = time.perf_counter()
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, text=True, env=environment(system.threads), **pipes)
        self._line()
        self.cold_s = time.perf_counter() - started

    def seconds(self) -> float:
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return float(self._line())

    def _line(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"a system ended early; see its message above ({self.process.args})")
        return line

    def close(self) -> None:
        self.process.communicate("")


def measured(
    threads: int, pairs: Path, count: int, models: Models, repeats: int
) -> dict[System, tuple[list[float], float]]:
    """Pairs per second of each repeat, and seconds from the start of the process to the first score."""
    workers = {system: Worker(system, pairs, models) for system in systems(threads)}
    rates: dict[System, list[float]] = {system: [] for system in workers}
    for worker in workers.values():
        worker.seconds()
    for _ in range(repeats):
        for system, worker in workers.items():
            rates[system].append(count / worker.seconds())
    for worker in workers.values():
        worker.close()
    return {system: (rates[system], worker.cold_s) for system, worker in workers.items()}


def bulk(pairs: Path, count: int, weights: str) -> float:
    """Pairs per second of `personae score pairs`, start and relevance included."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.jsonl"
        source.write_text(pairs.read_text(encoding="utf-8") * BULK_TIMES)
        command = [sys.executable, "-c", "from personae.cli.score import score; score()", "pairs", str(source)]
        command += [
            "--out",
            f"{folder}/out.jsonl",
            "--json",
            "--scorer",
            f"embedded/{weights}" if weights else "embedded",
        ]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment(2))
    return count * BULK_TIMES / json.loads(done.stdout)["seconds"]


def report(pairs: Path, count: int, models: Models, repeats: int) -> str:
    lines = ["# The pair scorer", "", f"{datetime.date.today().isoformat()}; {machine()}.", ""]
    lines += [
        f"{count} pairs (Dialogue NLI and SNLI in turn), median of {repeats} runs, systems taking turns; NLI only.",
        "",
    ]
    for threads in (2, 1):
        here = measured(threads, pairs, count, models, repeats)
        ours = next(figures for system, figures in here.items() if system.kind == "ours")
        lines += [
            f"| {threads} thread{'s' * (threads > 1)} | pairs/s | low–high | ours is faster by | first score after |"
        ]
        lines += ["|---|--:|--:|--:|--:|"]
        for system, (rates, cold) in here.items():
            # Runs beside each other in time are compared, so that what else the machine does cancels.
            ratio = statistics.median(our / their for our, their in zip(ours[0], rates, strict=True))
            times = "" if system.kind == "ours" else f"{ratio:.2f} ×"
            middle = statistics.median(rates)
            lines.append(
                f"| {system.label} | {middle:.0f} | {min(rates):.0f}–{max(rates):.0f} | {times} | {cold:.1f} s |"
            )
        lines.append("")
    lines += [f"Target: {TARGET} × the same network in fp32 torch, padded batches of 32.", ""]
    rate = bulk(pairs, count, models.weights)
    lines += [f"`personae score pairs`, NLI and relevance, {count * BULK_TIMES:,} pairs: {rate:.0f} pairs/s."]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("PERSONAE_DATA", HERE.parents[1] / "shared" / "data")
    parser.add_argument("--data", type=Path, default=Path(data))
    parser.add_argument("--checkpoint", default="", help="folder of the trained network")
    parser.add_argument("--weights", default="", help="folder of int8 weights [default: those that ship]")
    parser.add_argument("--pairs", type=int, default=600)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "pair_scorer.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pairs = Path(folder) / "pairs.jsonl"
        chosen = read_pairs(options.data, options.pairs)
        pairs.write_text("".join(json.dumps({"p": p, "h": h}) + "\n" for p, h in chosen))
        exporting = [
            sys.executable,
            str(HERE / "_pair_systems.py"),
            "export",
            f"{folder}/float.onnx",
            options.checkpoint,
        ]
        subprocess.run(exporting, check=True, env=environment(2), stdout=subprocess.DEVNULL)
        text = report(pairs, len(chosen), Models(options.checkpoint, options.weights), options.repeats)
    print(text)
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
