"""What one model call costs in CPU: our HTTP client and our Inspect provider beside the usual ones, in one run.

    python benchmarks/engine.py [--quick] [--only NAME …] [--out benchmarks/results/engine.md]

Every system runs in its own process against one endpoint of fixed latency (endpoint.py), twice, with N and 3 N
calls. CPU per call is the slope between the two, so that imports and warming up do not count. The whole run
ends by itself before four minutes; what did not fit is marked.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LIMIT, LATENCY_MS, DEADLINE_S = 100, 200, 225
LABELS = {
    "bare_aiohttp": "bare aiohttp loop (floor)",
    "our_client": "**Personae HttpModel**",
    "our_fast_path": "**Personae generate_many**",
    "openai_sdk": "OpenAI SDK",
    "httpx": "httpx",
    "inspect_null": "Inspect, null model (floor)",
    "inspect_ours": "**Inspect, personae/http**, lean log",
    "inspect_openai_lean": "Inspect, openai-api, lean log",
    "inspect_openai": "Inspect, openai-api, defaults",
}
TARGET_CPU_MS = {"our_client": 1.0, "our_fast_path": 3.0, "inspect_ours": 20.0}
TARGET_SHARE = {"our_fast_path": 0.90}
PEER = {"our_client": "openai_sdk", "our_fast_path": "openai_sdk", "inspect_ours": "inspect_openai"}


@dataclass(frozen=True)
class Row:
    """The figures of one system; CPU in ms per call, the share of the connection limit in flight on average."""

    cpu_ms: float
    calls_per_s: float
    most: int
    share: float
    start_up_s: float
    rss_mb: float


def once(name: str, url: str, n: int, end: float, *flags: str) -> str:
    command = [sys.executable, str(HERE / "_systems.py"), name, url, str(n), str(LIMIT), *flags]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent / "src"), "PERSONAE_API_KEY": "", "OPENAI_API_KEY": ""}
    left = end - time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=max(1.0, left), env=environment)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def stats(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url.removesuffix("/v1") + "/stats", timeout=10) as answer:
        return dict(json.load(answer))


def measure(name: str, url: str, n: int, end: float) -> Row | None:
    """The row of one system; None when the time does not suffice."""
    try:
        stats(url)
        small = json.loads(once(name, url, n, end).splitlines()[-1])
        stats(url)
        large = json.loads(once(name, url, 3 * n, end).splitlines()[-1])
    except subprocess.TimeoutExpired:
        return None
    seen = stats(url)
    share = seen["busy_s"] / (seen["span_s"] * LIMIT) if seen["span_s"] else 0.0
    cpu_ms = 1000 * (large["cpu_s"] - small["cpu_s"]) / (2 * n)
    rate = 2 * n / max(1e-9, large["wall_s"] - small["wall_s"])
    return Row(cpu_ms, rate, seen["most"], share, large["start_up_s"], large["rss_mb"])


def table(rows: dict[str, Row | None]) -> list[str]:
    lines = [
        "| system | CPU ms/call | calls/s | most in flight | in-flight share | start-up CPU s | peak RSS MB | target |",
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for name, row in rows.items():
        if row is None:
            lines.append(f"| {LABELS[name]} | not run: out of time | | | | | | |")
            continue
        flight = f"{row.most} | {row.share:.0%}" if row.most else "– | –"
        figures = f"{row.cpu_ms:.2f} | {row.calls_per_s:.0f} | {flight} | {row.start_up_s:.1f} | {row.rss_mb:.0f}"
        lines.append(f"| {LABELS[name]} | {figures} | {verdict(name, row)} |")
    return lines


def verdict(name: str, row: Row) -> str:
    words = []
    if name in TARGET_CPU_MS:
        words.append(f"≤ {TARGET_CPU_MS[name]:g} ms: {'met' if row.cpu_ms <= TARGET_CPU_MS[name] else '**missed**'}")
    if name in TARGET_SHARE:
        words.append(f"≥ {TARGET_SHARE[name]:.0%}: {'met' if row.share >= TARGET_SHARE[name] else '**missed**'}")
    return ", ".join(words)


def ratios(rows: dict[str, Row | None]) -> list[str]:
    lines = []
    for name, peer in PEER.items():
        ours, theirs = rows.get(name), rows.get(peer)
        if ours and theirs and ours.cpu_ms > 0:
            lines.append(f"- {LABELS[name]} uses {theirs.cpu_ms / ours.cpu_ms:.1f} times less CPU than {LABELS[peer]}.")
    return lines


def machine() -> str:
    cpu = next(
        (line.split(":")[1].strip() for line in cpu_lines() if line.startswith("model name")), platform.machine()
    )
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, load averages at start {load}"


def cpu_lines() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def report(rows: dict[str, Row | None], n: int, about: str, profiles: list[str]) -> str:
    today = datetime.date.today().isoformat()
    lines = [
        "# CPU per model call",
        "",
        f"{today}; {about}. Endpoint latency {LATENCY_MS} ms, {LIMIT} connections, {n} and {3 * n} calls over HTTP,",
        "fewer inside Inspect; CPU is user + system time of the client process, the slope between the two sizes.",
        "",
        *table(rows),
        "",
        *ratios(rows),
        *profiles,
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a fifth of the calls")
    parser.add_argument("--only", nargs="+", choices=LABELS, default=list(LABELS))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "engine.md")
    options = parser.parse_args()
    end, about = time.monotonic() + DEADLINE_S, machine()
    n, n_inspect = (100, 40) if options.quick else (1000, 150)
    command = [sys.executable, str(HERE / "endpoint.py"), "--latency-ms", str(LATENCY_MS)]
    rows: dict[str, Row | None] = {}
    profiles: list[str] = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as endpoint:
        assert endpoint.stdout
        assert endpoint.stdin
        url = endpoint.stdout.readline().strip()
        for name in options.only:
            size = n_inspect if name.startswith("inspect") else n
            print(f"{name} …", file=sys.stderr, flush=True)
            row = rows[name] = measure(name, url, size, end)
            if row and "missed" in verdict(name, row) and end - time.monotonic() > 30:
                text = once(name, url, size, end, "--profile")
                profiles += ["", f"What is left in {LABELS[name]} (profiled, {size} calls):", "", "```", text, "```"]
        endpoint.stdin.close()
    text = report(rows, n, about, profiles)
    print(text)
    if not options.quick:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
