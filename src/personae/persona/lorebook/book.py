"""The lorebook as data: facts that enter the prompt only when the talk touches them.

Fields and defaults follow the public character card specifications V2 and V3.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from personae.persona.parts import Part


class Entry(Part):
    """One piece of lore. It fires when a key is found in the scanned messages; `constant` always fires.

    `selective` asks for one of `keys` *and* one of `secondary_keys`. Lower `insertion_order` stands higher in
    the prompt; lower `priority` is dropped first when the budget is exceeded. `use_regex` reads keys as regular
    expressions. `content` may begin with decorator lines (`@@depth 2`).
    """

    keys: tuple[str, ...] = ()
    content: str = ""
    extensions: dict[str, Any] = Field(default_factory=dict)
    enabled: bool = True
    insertion_order: float = 100
    case_sensitive: bool | None = None
    use_regex: bool = False
    constant: bool | None = None
    name: str | None = None
    priority: float | None = None
    id: int | float | str | None = None
    comment: str | None = None
    selective: bool | None = None
    secondary_keys: tuple[str, ...] = ()
    position: Literal["before_char", "after_char"] | None = None


class Lorebook(Part):
    """Entries and how to scan for them: depth in messages, budget in tokens, whether entries wake entries."""

    name: str | None = None
    description: str | None = None
    scan_depth: int | None = Field(default=None, ge=0)
    token_budget: int | None = Field(default=None, ge=0)
    recursive_scanning: bool | None = None
    extensions: dict[str, Any] = Field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
