"""What a loader gives: turns, questions about them, and what could not be read. Kept in a file of ours unchanged."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from personae.memory.turns import Turn


@dataclass(frozen=True, slots=True)
class Probe:
    """A question about a history.

    history:     the conversation it is about (`Turn.scope.conversation`).
    gold:        the answer, None where none is given.
    evidence:    ids of turns that hold it; empty where nobody said.
    code:        the set's own code or type of the question, as text.
    adversarial: nothing in the history answers it.
    at:          when it is asked, ISO 8601.
    """

    id: str
    history: str
    question: str
    gold: str | None = None
    evidence: tuple[str, ...] = ()
    code: str = ""
    adversarial: bool = False
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Histories:
    """All of a file: turns in order, probes in order, and how many records lacked what, by reason.

    `facts` are what a set knows of the people in it, by history (profiles, session events), in its own words.
    """

    turns: tuple[Turn, ...]
    probes: tuple[Probe, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The histories, in order: those of turns, then those that only a probe names."""
        turns = [turn.scope.conversation or "" for turn in self.turns]
        return tuple(dict.fromkeys([*turns, *(probe.history for probe in self.probes)]))

    def of(self, history: str) -> Histories:
        """One of them alone."""
        return Histories(
            tuple(turn for turn in self.turns if turn.scope.conversation == history),
            tuple(probe for probe in self.probes if probe.history == history),
            facts={history: self.facts[history]} if history in self.facts else {},
        )

    def sessions(self, history: str) -> dict[str, list[Turn]]:
        """Turns of one history by session, both in order."""
        found: dict[str, list[Turn]] = {}
        for turn in self.turns:
            if turn.scope.conversation == history:
                found.setdefault(turn.session, []).append(turn)
        return found


def joined(parts: Iterable[Histories]) -> Histories:
    """Several as one."""
    turns: list[Turn] = []
    probes: list[Probe] = []
    missing: Counter[str] = Counter()
    facts: dict[str, tuple[str, ...]] = {}
    for part in parts:
        turns += part.turns
        probes += part.probes
        missing.update(part.missing)
        for history, told in part.facts.items():
            facts[history] = (*facts.get(history, ()), *told)
    return Histories(tuple(turns), tuple(probes), dict(missing), facts)


def as_plain(record: Turn | Probe) -> dict[str, object]:
    """A turn or probe as JSON data, without what is empty or as usual."""
    plain = dataclasses.asdict(record)
    usual = {each.name: each.default for each in dataclasses.fields(record)}
    kept = {key: value for key, value in plain.items() if value != usual.get(key, dataclasses.MISSING)}
    if isinstance(record, Turn):
        kept["scope"] = {key: value for key, value in plain["scope"].items() if value is not None}
    return kept
