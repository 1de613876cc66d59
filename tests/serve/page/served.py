"""A server with the page, of its own process: `python served.py [KEY …]` prints its address and serves until killed.

What its personas say is scripted: they repeat what they remember, count slowly when asked to, and answer otherwise.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from personae.agent import Agent, RolePlayPrompt
from personae.files import write_atomic
from personae.measure.run_folder import Manifest, RunFolder
from personae.memory.store import open_store
from personae.models.pairs.scripted import ScriptedPairs
from personae.models.scripted import Scripted
from personae.persona.find import find
from personae.persona.persona import Persona
from personae.serve.api import Door
from personae.serve.app import create_app
from personae.serve.hosting import Host
from personae.serve.keys import Keys
from personae.serve.page import attach
from personae.serve.running import listening, run, url
from personae.types import Message, Settings


def answer(messages: Sequence[Message]) -> str:
    """What every persona says."""
    said = messages[-1].content
    if "count" in said:
        return " ".join(map(str, range(1, 400)))
    if "boat" in said:
        known = "The red boat went to Marta." in messages[0].content
        return "The red boat? It went to Marta, you told me so." if known else "I know of no boat."
    if "hurt" in said:
        return said.partition(" $")[0]
    return "Third shelf, on the left. Mind the ladder, it is older than both of us."


class Slow(Scripted):
    """Streams at the pace of somebody who speaks."""

    async def stream(self, messages: Sequence[Message], settings: Settings) -> AsyncIterator[str]:
        """The answer, word by word."""
        async for piece in super().stream(messages, settings):
            await asyncio.sleep(0.02)
            yield piece


def measured(path: Path, persona: Persona) -> None:
    """A run with a report that would like to do more than a report may."""
    fixed = {"persona": "ana", "persona_file": "persona.yaml", "content_hash": persona.content_hash, "seed": 0, "n": 1}
    made = {"command": "personae measure ana", "created": "2026-03-01T09:30:00", "status": "done", "temperature": 0.0}
    manifest = Manifest(persona_name=persona.name, model="scripted", measures=("drift",), **fixed, **made)
    RunFolder(path).write_manifest(manifest)
    hostile = "<script>parent.hurt=5</script><img src='http://elsewhere.example/x.png'>"
    write_atomic(path / "report.html", f"<body style='font-family:sans-serif'><h1>How Ana was</h1>{hostile}")


def main() -> None:
    """Serve."""
    keys = Keys({f"holder{number}": key for number, key in enumerate(sys.argv[1:])})
    folder = Path(tempfile.mkdtemp())
    people = [
        Persona(
            name="Ana Quixabeira",
            summary="Keeps the maps of a harbour town that no longer has a harbour",
            greetings=["The reading room closes at six. What are you looking for?"],
            statements=[
                {"id": "s1", "text": "I keep the maps on the third shelf.", "kind": "work"},
                {"id": "s2", "text": "I never lend the ladder.", "kind": "habit"},
                {"id": "s3", "text": "I have two cats.", "kind": "pet"},
            ],
            lorebook={"entries": [{"keys": ["map"], "content": "The oldest map is of 1641.", "name": "Old map"}]},
        ),
        find("tavern-keeper"),
    ]
    model = Slow(answer)
    agents = [Agent(one, model, prompt=RolePlayPrompt(greeting=None)) for one in people]
    door = Door(Host.of(agents, open_store(folder / "memory.sqlite")))
    app = create_app(door, keys)
    measured(folder / "runs" / "one", people[0])
    scorer = ScriptedPairs({("I know of no boat.", "I have two cats."): (0.9, 0.1, 0.0)})
    others = {"other": Slow(lambda _: "Elsewhere. I never look.")}
    attach(app, door, keys, folder=folder / "made", runs=folder / "runs", models=others, scorer=scorer)
    with listening("127.0.0.1", 0) as listener:
        print(url(listener), folder, flush=True)
        run(app, listener)


if __name__ == "__main__":
    main()
