"""Our chain format and the released BehaviorChain one, as pydantic models at the edge: bounded, cleaned, then `Chain`s.

Ours is an object a line, `{"chain": 1, "id", "character", "profile", "nodes": [{"context", "behaviour",
"distractors"}]}`. The released one is an object a file: `profile` with a `Name`, `examples` with `summary_refined`,
`options_out_of_order` and `right_option_index`; its first example has no options, for it only opens the chain.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from personae.measure.behaviour_chains.chain import DISTRACTORS, Chain, Node
from personae.persona.formats.json_text import printable

#: Nodes of one chain that are read.
MAX_NODES = 1_000
LETTERS = "abcd"


def _plain(value: Any) -> Any:
    return printable(value).strip() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_plain), Field(min_length=1, max_length=100_000)]
Loose = Annotated[
    str, BeforeValidator(lambda value: "" if value is None else _plain(value)), Field(max_length=2_000_000)
]


class OwnNode(BaseModel):
    """A node of our format."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    context: Text
    behaviour: Text
    distractors: tuple[Text, ...] = Field(min_length=DISTRACTORS, max_length=DISTRACTORS)


class OwnChain(BaseModel):
    """A chain of our format."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chain: Literal[1]
    id: Annotated[str, BeforeValidator(_plain), Field(min_length=1, max_length=200)]
    character: Text
    profile: Loose = ""
    history: Loose = ""
    people: tuple[Text, ...] = Field(default=(), max_length=500)
    source: Loose = ""
    nodes: tuple[OwnNode, ...] = Field(min_length=2, max_length=MAX_NODES)

    def to_chain(self) -> Chain:
        """The chain."""
        nodes = tuple(Node(node.context, node.behaviour, node.distractors) for node in self.nodes)
        return Chain(self.id, self.character, nodes, self.profile, self.history, self.people, self.source)


class Example(BaseModel):
    """A node of the released format."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    summary_refined: Text
    options_out_of_order: dict[str, Text] = Field(default_factory=dict, max_length=DISTRACTORS + 1)
    right_option_index: Loose = ""

    @property
    def letter(self) -> str:
        """The letter of the right option."""
        return self.right_option_index.strip("() ").lower()

    @model_validator(mode="after")
    def _options_are_whole(self) -> Example:
        if self.options_out_of_order and sorted(self.options_out_of_order) != list(LETTERS):
            raise ValueError(f"options are called {sorted(self.options_out_of_order)!r}; they should be a, b, c and d")
        if self.options_out_of_order and self.letter not in self.options_out_of_order:
            raise ValueError(f"the right option {self.right_option_index!r} is none of a, b, c and d")
        return self


class Released(BaseModel):
    """A chain of the released format."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    title: Loose = ""
    profile: dict[str, Any] = Field(max_length=200)
    examples: tuple[Example, ...] = Field(min_length=3, max_length=MAX_NODES)

    @model_validator(mode="after")
    def _every_node_has_options(self) -> Released:
        if not str(self.profile.get("Name") or "").strip():
            raise ValueError("the profile has no `Name`")
        bare = [place for place, each in enumerate(self.examples) if place and not each.options_out_of_order]
        if bare:
            raise ValueError(f"example {bare[0]} has no options; only the first may lack them")
        return self

    def to_chain(self, id: str) -> Chain:
        """The chain, from the second example on; the first is its history."""
        first, *rest = self.examples
        told = "\n".join(f"{key}: {_told(value)}" for key, value in self.profile.items() if value)
        relations = self.profile.get("Relationships")
        people = tuple(str(name) for name in relations) if isinstance(relations, dict) else ()
        return Chain(
            id,
            str(self.profile["Name"]).strip(),
            tuple(_node(example) for example in rest),
            printable(told),
            first.summary_refined,
            people,
            self.title,
        )


def _node(example: Example) -> Node:
    options = dict(example.options_out_of_order)
    behaviour = options.pop(example.letter)
    return Node(example.summary_refined, behaviour, tuple(options[key] for key in sorted(options)))


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_told(inner)}" for key, inner in value.items())
    return ", ".join(map(_told, value)) if isinstance(value, list) else str(value)
