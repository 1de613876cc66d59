"""What `/why` shows: the prompt in sections, the lore and the memories in it, what had no room, what the reply cost."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from personae.agent import Turn
from personae.memory import Recollection
from personae.persona.lorebook.trace import Decision

#: Characters of a section that are shown; the middle of longer ones is left out.
SHOWN = 600


def why(turn: Turn, console: Console | None = None) -> None:
    """Print the explanation of a turn, on stderr by default."""
    console = console or Console(stderr=True, highlight=False)
    console.print(_sections(turn))
    if turn.prompt.lore.trace:
        console.print(_lore(turn.prompt.lore.trace))
    if turn.prompt.recollections:
        console.print(_memories(turn.prompt.recollections))
    for line in turn.prompt.pruned:
        console.print(Text(f"no room for: {line}"))
    for candidate in turn.candidates:
        score = "–" if candidate.score is None else f"{candidate.score:.3f}"
        console.print(Text(f"candidate {score} ({candidate.outcome}): {_plain(candidate.text)}"))
    usage = turn.completion.usage
    console.print(
        Text(
            f"prompt {usage.prompt_tokens or turn.prompt.tokens} tokens ({usage.cached_tokens} reused), "
            f"reply {usage.completion_tokens} tokens, {usage.seconds:.2f} s, {turn.completion.outcome}"
        )
    )


def _sections(turn: Turn) -> Table:
    table = Table("section", "tokens (estimated)", "text", show_lines=True)
    for section in turn.prompt.sections:
        table.add_row(section.name, str(section.tokens), Text(_shortened(_plain(section.text))))
    table.add_row("total", str(turn.prompt.tokens), Text("with the frames of the messages"))
    return table


def _lore(trace: tuple[Decision, ...]) -> Table:
    fired = [decision for decision in trace if decision.fired]
    table = Table("lore", "why", "tokens", "where", title=f"lorebook: {len(fired)} of {len(trace)} entries")
    for decision in fired:
        key = f" {decision.key!r}" if decision.key else ""
        source = f" in message {decision.message}" if decision.message is not None else ""
        source += f" in entry {decision.woken_by}" if decision.woken_by is not None else ""
        place = f"depth {decision.depth}, {decision.role}" if decision.where == "depth" else str(decision.where)
        reason = Text(_plain(f"{decision.reason}{key}{source}"))
        table.add_row(Text(_plain(decision.label)), reason, str(decision.tokens), place)
    return table


def _memories(recollections: tuple[Recollection, ...]) -> Table:
    table = Table("memory", "why", title=f"memory ({len(recollections)})")
    table.add_column("from", overflow="fold")  # to be copied into `memory forget`
    for one in recollections:
        shares = ", ".join(f"{signal} {share:.0%}" for signal, share in one.why.items() if share >= 0.005)
        sources = f"{one.at or ''} {', '.join(one.sources)}".strip()
        table.add_row(Text(_plain(one.text)), Text(shares or "always shown"), Text(_plain(sources)))
    return table


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN // 2]} […] {text[-SHOWN // 2 :]}"


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter in "\n\t" or letter.isprintable())
