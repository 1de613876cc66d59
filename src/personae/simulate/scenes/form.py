"""How far actors keep to the form of a scene: what needs no judge, and says nothing about acting.

One flag per turn an actor made. Given turns and those of the surroundings do not count.
"""

from __future__ import annotations

from personae.simulate.scenes.grammar import balanced, pieces, visible
from personae.simulate.scenes.played import Played, Turn
from personae.simulate.scenes.scene import END, ENVIRONMENT
from personae.simulate.scenes.speakers import REGULAR

#: Words a turn may have (CoSER); the prompt says so too.
MOST_WORDS = 60

#: What is asked of a turn, and what only describes it.
ASKED = ("answered", "visible", "balanced", "brief")
MANNERS = ("thought", "action")


def form(played: Played) -> dict[str, list[bool]]:
    """A flag per actor's turn under each name of `ASKED` and `MANNERS`, and under "kept" whether all asked for is met.

    answered: neither refused nor empty nor cut off · visible: others see something of it · balanced: brackets come in
    pairs · brief: at most 60 words, thoughts included · thought, action: it holds one.

    >>> from personae.simulate.scenes import Scene
    >>> turns = (Turn("Ana", "[He lies.] Hm."), Turn("Rui", "[So"), Turn("Environment", "Rain."))
    >>> flags = form(Played(Scene("s", "A room."), turns, (), "rounds"))
    >>> flags["kept"], flags["balanced"], flags["thought"]
    ([True, False], [True, False], [True, True])
    """
    made = [turn for turn in played.turns if not turn.given and turn.speaker != ENVIRONMENT]
    found = [_flags(turn) for turn in made]
    return {name: [flags[name] for flags in found] for name in ("kept", *ASKED, *MANNERS)}


def directed(played: Played) -> list[bool]:
    """A flag per decision about the next speaker: was the proposal taken as it came?

    The first speaker and given turns are nobody's proposal.
    """
    decided = [choice for choice in played.choices if choice.why not in ("first", "given")]
    return [choice.why in REGULAR or choice.speaker == END for choice in decided]


def _flags(turn: Turn) -> dict[str, bool]:
    kinds = {piece.kind for piece in pieces(turn.text)}
    flags = {
        "answered": turn.outcome == "answered",
        "visible": bool(visible(turn.text)),
        "balanced": balanced(turn.text),
        "brief": len(turn.text.split()) <= MOST_WORDS,
        "thought": "thought" in kinds,
        "action": "action" in kinds,
    }
    return flags | {"kept": all(flags[name] for name in ASKED)}
