"""The side panel: why the persona said that, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence

from personae.agent import Turn
from personae.persona.persona import Persona
from personae.serve.page.bits import Tag, bar, details
from personae.serve.page.used import Used, lore, memories, price, statements

#: Characters of a section that are shown; the middle of longer ones is left out.
SHOWN = 1_500
#: Statements that are shown at once.
MOST = 8


def draw_why(persona: Persona, turn: Turn | None, *, remembers: bool) -> None:
    """All of it, for one reply."""
    if turn is None:
        Tag(
            "p",
            "Say something; then this tells what the reply was made of: facts, lore, memories, and its price.",
            "fine",
        )
        return
    _price(turn)
    _memories(memories(turn), remembers=remembers)
    _statements(persona, statements(persona, turn))
    if persona.lorebook is not None:
        _used("Lorebook", lore(turn), "No entry was called for.")
    for line in (*turn.prompt.pruned, turn.note):
        if line:
            Tag("p", f"No room for: {line}" if line in turn.prompt.pruned else line, "fine")
    _candidates(turn)
    _sections(turn)


def _price(turn: Turn) -> None:
    with Tag("dl", classes="price"):
        for name, figure in price(turn):
            with Tag("div"):
                Tag("dt", name)
                Tag("dd", figure)


def _memories(found: Sequence[Used], *, remembers: bool) -> None:
    nothing = "Nothing of earlier talks came to mind." if remembers else "This server keeps no memory (--memory)."
    _used("Memories", found, nothing)


def _statements(persona: Persona, found: Sequence[Used]) -> None:
    count = len(persona.statements)
    if not count:
        return
    _used("Facts of the persona", found[:MOST], f"The reply touches none of the {count}; all were read.")
    if found:
        Tag("p", f"{len(found)} of {count} are touched; all were read.", "fine")


def _used(title: str, found: Sequence[Used], nothing: str) -> None:
    Tag("h3", title)
    if not found:
        Tag("p", nothing, "fine")
        return
    with Tag("ul", classes="used"):
        for each in found:
            with Tag("li"):
                Tag("p", each.text, "said")
                Tag("p", " · ".join(filter(None, (each.why, each.where))), "fine", title=each.sources)
                for signal, share in (each.shares or {}).items():
                    bar(share, signal)


def _candidates(turn: Turn) -> None:
    if turn.candidates:
        with details(f"{len(turn.candidates)} candidates"), Tag("ul", classes="used"):
            for each in turn.candidates:
                with Tag("li"):
                    Tag("p", each.text, "said")
                    Tag("p", "not scored" if each.score is None else f"score {each.score:.3f}", "fine")


def _sections(turn: Turn) -> None:
    Tag("h3", "The prompt")
    for section in turn.prompt.sections:
        with details(f"{section.name} · {section.tokens} tokens", "section"):
            Tag("pre", _shortened(section.text), tabindex="0")


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN // 2]} […] {text[-SHOWN // 2 :]}"
