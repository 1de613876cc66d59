"""Behaviour chains from scenes, offline: what a character did turn by turn, and what others did in like contexts.

A behaviour is what others get of a turn; thoughts are taken out, and stage directions that name a feeling. A context is
the setting, without sentences that tell a feeling, an outcome or anything of the character, and the turns right before.
Distractors are behaviours of other characters in contexts that share most words, about as long – some longer, some
shorter, by chance –, and they name nobody who is not there, unless the behaviour does. A distractor so made is somebody
else's, not proven to be impossible for the character: read a sample before you believe a score.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from personae.errors import UsageError
from personae.measure.behaviour_chains.chain import DISTRACTORS, FEWEST_NODES, MOST_NODES, Chain, Node, says
from personae.measure.behaviour_chains.leaks import leaks, without_leaks
from personae.metrics.tfidf import TfIdf
from personae.simulate.scenes import ENVIRONMENT, Line, Scene, pieces

#: Words of a behaviour; shorter ones fit anybody, longer ones are speeches.
FEWEST_WORDS, MOST_WORDS = 5, 60
#: Turns before a behaviour that its context shows.
TURNS = 4
#: How much longer or shorter than the behaviour a distractor may be.
LENGTHS = 1.8
#: Distractors are drawn from so many of the nearest contexts.
NEAREST = 12
#: A description of so many words was written for its scene; a longer one knows the whole story.
PROFILE_WORDS = 25

_MANNER = re.compile(
    r"\b(?:\w+ly|pleading|compromising|smiling|sighing|crying|weeping|sobbing|laughing)\b", re.IGNORECASE
)
_QUOTED = re.compile(r"(['‘\"“])[^'‘’\"“”]*(?:\w['’]\w[^'‘’\"“”]*)*['’\"”]")


@dataclass(frozen=True)
class Built:
    """Chains, and how many things did not become part of one, by reason.

    left_out: "short", "long", "own_name" (it names who says it) and "no_context" count turns, "few_distractors" nodes,
    "few_nodes" characters.
    """

    chains: tuple[Chain, ...]
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """A turn that may be a behaviour: whose it is, in which scene, and what went before."""

    scene: Scene
    number: int
    who: str
    text: str

    @property
    def context(self) -> str:
        """The setting without leaks, then the turns right before, as others got them."""
        setting = without_leaks(self.scene.scenario, self.who)
        told = [_line(line, self.who) for line in self.scene.script[: self.number]]
        told = [text for text in told if text]
        return "\n".join(piece for piece in (setting, *told[-TURNS:]) if piece)


def build_chains(
    scenes: Sequence[Scene],
    *,
    characters: Sequence[str] = (),
    fewest: int = FEWEST_NODES,
    most: int = MOST_NODES,
    seed: int = 0,
) -> Built:
    """One chain for each character (of `characters`, if given) with `fewest` nodes or more, at most `most`.

    Scenes are taken in the order given, which should be that of the story; of more turns than `most` evenly spread ones
    are taken. The same scenes and seed give the same chains. Raises UsageError for a name that is in no scene.
    """
    cast = list(dict.fromkeys(line.speaker for scene in scenes for line in scene.script if line.speaker != ENVIRONMENT))
    unknown = [name for name in characters if name not in cast]
    if unknown:
        raise UsageError(f"{unknown[0]!r} says nothing in these scenes; there are {', '.join(cast[:20])}")
    left_out: Counter[str] = Counter()
    turns = list(_turns(scenes, left_out))
    near = _Near(turns)
    chains = []
    for name in characters or cast:
        own = [turn for turn in turns if turn.who == name]
        if len(own) < fewest:
            left_out["few_nodes"] += 1
            continue
        found = [node for turn in own if (node := _node(turn, near, cast, seed))]
        left_out["few_distractors"] += len(own) - len(found)
        nodes = _spread(_distinct(found), most)
        if len(nodes) < fewest:
            left_out["few_nodes"] += 1
            continue
        chains.append(_chain(name, nodes, scenes, cast))
    return Built(tuple(chains), {reason: count for reason, count in left_out.items() if count})


class _Near:
    """All turns, with how near their contexts are."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns = turns
        model = TfIdf.fit([turn.context for turn in turns] or [""])
        self._vectors = {id(turn): model.vector(turn.context) for turn in turns}

    def ordered(self, turn: Turn) -> list[Turn]:
        """All other people's turns, the one with the nearest context first."""
        mine = self._vectors[id(turn)]
        others = [other for other in self.turns if other.who != turn.who]

        def nearness(other: Turn) -> float:
            theirs = self._vectors[id(other)]
            return sum(weight * theirs[word] for word, weight in mine.items() if word in theirs)

        return sorted(others, key=nearness, reverse=True)


def _turns(scenes: Sequence[Scene], left_out: Counter[str]) -> Iterator[Turn]:
    for scene in scenes:
        for number, line in enumerate(scene.script):
            if line.speaker == ENVIRONMENT:
                continue
            turn = Turn(scene, number, line.speaker, behaviour(line.text))
            words = len(turn.text.split())
            reason = "short" if words < FEWEST_WORDS else "long" if words > MOST_WORDS else ""
            if not reason and _names(turn.who, turn.text):
                reason = "own_name"
            if not reason and (not turn.context or says(turn.context, turn.text)):
                reason = "no_context"
            if reason:
                left_out[reason] += 1
            else:
                yield turn


def _node(turn: Turn, near: _Near, cast: Sequence[str], seed: int) -> Node | None:
    rng = random.Random(f"{seed}/{turn.who}/{turn.scene.id}/{turn.number}")
    absent = [name for name in cast if name not in turn.scene.cast]
    if any(_names(name, turn.text) for name in absent):
        absent = []
    fitting: dict[str, str] = {}
    for other in near.ordered(turn):
        if _fits(other.text, turn, absent):
            fitting.setdefault(other.text.casefold(), other.text)
        if len(fitting) == NEAREST:
            break
    fitting.pop(turn.text.casefold(), None)
    if len(fitting) < DISTRACTORS:
        return None
    return Node(turn.context, turn.text, _mixed(list(fitting.values()), len(turn.text), rng))


def _mixed(pool: Sequence[str], length: int, rng: random.Random) -> tuple[str, ...]:
    """Three of the pool, of which none to three are longer than `length`, by chance, so that length tells nothing."""
    longer = [text for text in pool if len(text) > length]
    shorter = [text for text in pool if len(text) <= length]
    wanted = rng.randint(0, DISTRACTORS)
    most = min(wanted, len(longer))
    most = max(most, DISTRACTORS - len(shorter))
    chosen = [*rng.sample(longer, most), *rng.sample(shorter, DISTRACTORS - most)]
    return tuple(rng.sample(chosen, DISTRACTORS))


def _fits(text: str, turn: Turn, absent: Sequence[str]) -> bool:
    length = len(text.split()) / len(turn.text.split())
    if not 1 / LENGTHS <= length <= LENGTHS or text in turn.context:
        return False
    return not any(_names(name, text) for name in (turn.who, *absent))


def _names(name: str, text: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]+", name) if len(word) > 2 and word[0].isupper()]
    return any(re.search(rf"\b{re.escape(word)}\b", text) for word in words[-1:])


def _distinct(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The nodes with different behaviours, the first of each."""
    return tuple({node.behaviour.casefold(): node for node in reversed(nodes)}.values())[::-1]


def _spread(nodes: tuple[Node, ...], most: int) -> tuple[Node, ...]:
    """At most so many of them, evenly spread, the first and the last among them."""
    if len(nodes) <= most:
        return nodes
    return tuple(nodes[round(place * (len(nodes) - 1) / (most - 1))] for place in range(most))


def _chain(name: str, nodes: tuple[Node, ...], scenes: Sequence[Scene], cast: Sequence[str]) -> Chain:
    book = next((scene.book for scene in scenes if scene.book), "")
    slug = re.sub(r"\W+", "-", f"{book} {name}".strip().lower()).strip("-")
    people = tuple(other for other in cast if other != name)
    return Chain(slug, name, nodes, _profile(name, scenes), people=people, source=book)


def _profile(name: str, scenes: Sequence[Scene]) -> str:
    """What the earliest scene says of the character in a line; else of its longer profile what tells no outcome."""
    told = [part.split("\n\n") for scene in scenes if (part := scene.part(name).profile.strip())]
    in_short = (first for first, *_ in told if len(first.split()) <= PROFILE_WORDS and "**" not in first)
    at_length = (without_leaks(piece) for paragraphs in told for piece in paragraphs if "**" not in piece)
    return next(in_short, "") or next((piece for piece in at_length if piece), "")


def behaviour(message: str) -> str:
    """What others get of a turn, without directions that name a feeling and without quotation marks around it all.

    >>> behaviour("[Liar!] (sadly) 'Come in, nuncle.' (shuts the door)")
    "'Come in, nuncle.' (shuts the door)"
    >>> behaviour("'Come in, nuncle.'")
    'Come in, nuncle.'
    """
    shown = [piece for piece in pieces(message) if piece.kind != "thought"]
    kept = [piece.text for piece in shown if piece.kind == "speech" or not _felt(piece.inner)]
    said = " ".join("".join(kept).split())
    return said[1:-1].strip() if _QUOTED.fullmatch(said) else said


def _felt(direction: str) -> bool:
    """Does a stage direction say how something is said, and not what is done?"""
    return bool(leaks(direction)) or _MANNER.search(direction) is not None


def _line(line: Line, who: str) -> str:
    """A turn as the context shows it; narration only as far as it gives nothing away."""
    if line.speaker == ENVIRONMENT:
        return without_leaks(line.text, who)
    told = behaviour(line.text)
    return told and f"{line.speaker}: {told}"
