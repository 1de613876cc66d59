"""What a behaviour chain is: somebody's behaviours in order, each with its context and three that others would show."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass

from personae.errors import UsageError
from personae.models.scoring import check_options
from personae.persona.anonymise import anonymiser

DISTRACTORS = 3
#: Nodes of a chain that scores may be compared with published ones on (BehaviorChain, 2025).
FEWEST_NODES, MOST_NODES = 10, 20
#: Words in a row that a context may share with the behaviour it leads to.
SHARED_WORDS = 6


@dataclass(frozen=True, slots=True)
class Node:
    """One step: what went before (free of outcomes), what the character did, and what three others might have done.

    Raises `UsageError` for an empty context or behaviour, other than three distractors, or behaviours that are equal.

    >>> Node("It rains.", "She runs.", ("She waits.", "She sings.", "She calls.")).options[0]
    'She runs.'
    """

    context: str
    behaviour: str
    distractors: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.context.strip():
            raise UsageError(f"the behaviour {self.behaviour[:60]!r} has no context; a node needs one")
        if len(self.distractors) != DISTRACTORS:
            raise UsageError(f"{len(self.distractors)} distractors of {self.behaviour[:60]!r}; give {DISTRACTORS}")
        check_options(self.options)

    @property
    def options(self) -> tuple[str, ...]:
        """The behaviour first, then the distractors."""
        return (self.behaviour, *self.distractors)


@dataclass(frozen=True, slots=True)
class Chain:
    """Somebody's behaviours in order. `history` is what went before the first node; `people` are names in the texts.

    Raises `UsageError` for a chain without a character or with fewer than two nodes.
    """

    id: str
    character: str
    nodes: tuple[Node, ...]
    profile: str = ""
    history: str = ""
    people: tuple[str, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        if not self.character.strip() or len(self.nodes) < 2:
            raise UsageError(f"the chain {self.id!r} has {len(self.nodes)} nodes; it needs a character and two or more")

    def node_id(self, index: int) -> str:
        """The stable name of a node: the chain's and its place, from 01."""
        return f"{self.id}/{index + 1:02}"

    def before(self, index: int) -> tuple[Node, ...]:
        """The nodes before this one, whose true behaviours its context goes on from."""
        return self.nodes[:index]

    def anonymised(self) -> Chain:
        """The same chain with neutral names for the character and its `people`, in every text."""
        texts = [self.profile, self.history, *(text for node in self.nodes for text in (node.context, *node.options))]
        hide = anonymiser(dict.fromkeys([self.character, *self.people], ()), book=texts)
        nodes = tuple(
            Node(hide(node.context), hide(node.behaviour), tuple(hide(text) for text in node.distractors))
            for node in self.nodes
        )
        return dataclasses.replace(
            self,
            character=hide(self.character),
            nodes=nodes,
            profile=hide(self.profile),
            history=hide(self.history),
            people=tuple(hide(name) for name in self.people),
        )


def problems(chain: Chain) -> tuple[str, ...]:
    """What keeps a chain from being a fair one; empty for a good chain.

    Looked for: a length scores cannot be compared at, behaviours that come twice, a context that already says the
    behaviour, and behaviours that can be told from their distractors by length alone.
    """
    return tuple(_problems(chain))


def _problems(chain: Chain) -> Iterator[str]:
    if not FEWEST_NODES <= len(chain.nodes) <= MOST_NODES:
        yield f"it has {len(chain.nodes)} nodes; published chains have {FEWEST_NODES} to {MOST_NODES}"
    seen: set[str] = set()
    longest = 0
    for index, node in enumerate(chain.nodes):
        id = chain.node_id(index)
        if (same := " ".join(node.behaviour.split()).casefold()) in seen:
            yield f"{id}: the behaviour came before"
        seen.add(same)
        if shared := says(node.context, node.behaviour):
            yield f"{id}: the context says {shared!r}, which is the behaviour"
        longest += len(node.behaviour) > max(len(text) for text in node.distractors)
    if longest > len(chain.nodes) / 2:
        yield f"in {longest} of {len(chain.nodes)} nodes the behaviour is the longest option; length gives it away"


def says(context: str, behaviour: str, words: int = SHARED_WORDS) -> str | None:
    """The first `words` words in a row that both texts hold, or None. Shorter behaviours count whole.

    >>> says("And then she takes the coat and goes away.", "She takes the coat and goes.")
    'she takes the coat and goes'
    """
    there, said = (re.findall(r"[^\W_]+", text.casefold()) for text in (context, behaviour))
    size = min(words, len(said))
    known = {tuple(there[start : start + size]) for start in range(len(there) - size + 1)}
    shared = (said[start : start + size] for start in range(len(said) - size + 1))
    return next((" ".join(run) for run in shared if size and tuple(run) in known), None)
