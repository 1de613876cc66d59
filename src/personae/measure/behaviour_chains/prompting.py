"""A node as a multiple-choice question, or as an open one: the character, what it did so far, and what happens now.

What happened first stands first, so that it is what goes where a model cannot read it all.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from personae.files import bundled
from personae.measure.behaviour_chains.chain import Chain
from personae.models.choices import Mcq
from personae.types import Message


def mcq_of(chain: Chain, index: int) -> Mcq:
    """The node with the true behaviours before it; the gold option is the first.

    >>> from personae.measure.behaviour_chains.chain import Node
    >>> rain = Node("It rains.", "She runs.", ("She waits.", "She sings.", "She calls."))
    >>> mcq_of(Chain("rain", "Ana", (rain, rain)), 1).context.splitlines()
    ['What Ana did so far:', '1. She runs.', '', 'Now:', 'It rains.']
    """
    said = _said(chain)
    node = chain.nodes[index]
    behaviours = [f"{place}. {each.behaviour}" for place, each in enumerate(chain.before(index), 1)]
    blocks = [
        f"{said['history']}\n{chain.history}" if chain.history else "",
        "\n".join([said["so_far"], *behaviours]) if behaviours else "",
        f"{said['now']}\n{node.context}",
    ]
    profile = f"\n\n{said['profile']}\n{chain.profile}" if chain.profile else ""
    before = (Message("system", said["system"].strip() + profile),)
    context = "\n\n".join(block for block in blocks if block)
    return Mcq(chain.node_id(index), said["question"], node.options, 0, before, context)


def open_messages(chain: Chain, index: int, words: int | None = None) -> tuple[Message, ...]:
    """The node as an open question, with at most so many words of what went before."""
    return dataclasses.replace(mcq_of(chain, index), question=_said(chain)["open"]).messages(words)


def _said(chain: Chain) -> dict[str, str]:
    return {key: str(text).replace("{name}", chain.character) for key, text in _texts().items()}


def _texts() -> Any:
    return bundled(__package__, "texts/asking.en.yaml")
