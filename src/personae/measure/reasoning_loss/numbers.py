"""From replies that were read to what a persona costs: overall, by dataset, against its pair, and with a mitigation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from personae.measure.reasoning_loss.statuses import STATUSES, Tally
from personae.measure.sweep import CONTROL, HUMAN, Design
from personae.measure.sweep.contrasts import LOW_POWER, Contrast, Values, by_item, contrasts, families, together
from personae.measure.sweep.role_loss import role_loss
from personae.measure.sweep.suite import Judged
from personae.stats.intervals import mean_interval, wilson
from personae.types import Measurement

#: Mitigations are added to this instruction.
MITIGATED = "role"

#: Components of a loss: what a mitigation may move, each by its own mark of a reply.
COMPONENTS: dict[str, Callable[[Judged], float | None]] = {
    "accuracy": lambda each: float(each.marks["right"]),
    "accuracy_if_answered": lambda e: float(e.marks["right"]) if e.marks["status"] in ("answered", "hedged") else None,
    "abstained": lambda each: float(each.marks["status"] == "abstained"),
    "hedged": lambda each: float(each.marks["status"] == "hedged"),
    "refused": lambda each: float(each.marks["status"] == "refused"),
    "unparsed": lambda each: float(each.marks["status"] == "unparsed"),
}


@dataclass(frozen=True)
class Losses:
    """What was read, for one extractor."""

    design: Design
    judged: Sequence[Judged]
    extractor: str
    mitigations: Sequence[str]

    def measurements(self) -> list[Measurement]:
        """All numbers; the difference to a human first."""
        numbers = [self._loss(), self._affected()]
        for name in ("accuracy", "accuracy_if_answered", *(s for s in STATUSES if s not in ("answered", "invalid"))):
            numbers.append(self._component(name))
        numbers += [self._mitigated(name) for name in self.mitigations]
        return [*numbers, role_loss("reasoning_loss.role_lost", self._plain)]

    @cached_property
    def _valid(self) -> list[Judged]:
        return [each for each in self.judged if each.marks.get("status", "invalid") != "invalid"]

    @cached_property
    def _plain(self) -> list[Judged]:
        """Valid replies to instructions without a mitigation."""
        return [each for each in self._valid if "+" not in each.instruction]

    @cached_property
    def _people(self) -> dict[str, str]:
        return {subject.id: subject.category for subject in self.design.subjects if subject.category != CONTROL}

    @cached_property
    def _datasets(self) -> dict[str, str]:
        return {item.id: item.data["dataset"] for item in self.design.items}

    @cached_property
    def _right(self) -> dict[str, dict[str, float]]:
        return by_item((each.persona, each.item, float(each.marks["right"])) for each in self._plain)

    @cached_property
    def _against_human(self) -> dict[str, tuple[Contrast, ...]]:
        """Component → contrasts to a human, all components counted together."""
        tables: dict[str, Values] = {name: self._values(name, self._plain) for name in COMPONENTS}
        return families(tables, HUMAN, self._people)

    @cached_property
    def _by_dataset(self) -> dict[str, Contrast]:
        """ "persona/dataset" → contrast to a human, all of them counted together."""
        found: list[Contrast] = []
        for dataset in dict.fromkeys(self._datasets.values()):
            some = {
                who: {item: value for item, value in items.items() if self._datasets[item] == dataset}
                for who, items in self._right.items()
            }
            each = contrasts(some, HUMAN, self._people)
            found += [replace(one, subject=f"{one.subject}/{dataset}") for one in each]
        return {each.subject: each for each in together(found)}

    def _loss(self) -> Measurement:
        moved = by_item(
            ("all", item, value - self._right[HUMAN][item])
            for who in self._people
            for item, value in self._right.get(who, {}).items()
            if item in self._right.get(HUMAN, {})
        ).get("all", {})
        datasets = {key: each.to_dict() for key, each in self._by_dataset.items()}
        details = {
            "extractor": self.extractor,
            "against_human": [each.to_dict() for each in self._against_human["accuracy"]],
            "datasets": datasets,
            "drops": sum(each.found and (each.difference or 0) < 0 for each in self._by_dataset.values()),
            "tests": len(datasets),
            "tallies": self._tallies(),
            "pairs": self._pairs(),
        }
        name, missing = "reasoning_loss", self._missing()
        if len(moved) < LOW_POWER:
            reason = f"{len(moved)} questions answered by both; fewer than {LOW_POWER} have little power"
            return Measurement(name, reason=reason, missing=missing, unit="share", details=details)
        found = mean_interval(list(moved.values()))
        return Measurement(name, found.value, None, found.low, found.high, found.n, missing, "share", details)

    def _affected(self) -> Measurement:
        """The share of personas that lose significantly, all datasets together."""
        tested = [each for each in self._against_human["accuracy"] if each.q is not None]
        if not tested:
            return Measurement("reasoning_loss.affected", reason="nobody could be compared with a human", unit="share")
        lost = [each.subject for each in tested if each.found and (each.difference or 0) < 0]
        share = wilson(len(lost), len(tested))
        return Measurement("reasoning_loss.affected", share.value, None, share.low, share.high, share.n, unit="share",
                           details={"personas": lost})  # fmt: skip

    def _tallies(self) -> dict[str, Any]:
        held: dict[str, list[tuple[str, bool]]] = {}
        for each in self.judged:
            if "+" not in each.instruction:
                told = (each.marks.get("status", "invalid"), bool(each.marks.get("right")))
                held.setdefault(each.persona, []).append(told)
                held.setdefault(f"{each.persona}/{self._datasets[each.item]}", []).append(told)
        return {key: Tally.of(told).to_dict() for key, told in held.items()}

    def _pairs(self) -> list[dict[str, Any]]:
        """Personas against the one that differs from them in one thing."""
        found, seen = list[Contrast](), set[frozenset[str]]()
        for subject in self.design.subjects:
            both = frozenset((subject.id, subject.pair or ""))
            if subject.pair in self._right and subject.id in self._right and both not in seen:
                seen.add(both)
                found += contrasts(self._right, subject.pair, [subject.id])
        return [each.to_dict() for each in together(found)]

    def _component(self, name: str) -> Measurement:
        values = self._values(name, self._plain)
        own = by_item(("all", i, v) for who in self._people for i, v in values.get(who, {}).items()).get("all", {})
        if not own:
            return Measurement(f"reasoning_loss.{name}", reason="no valid reply", missing=self._missing(), unit="share")
        found = mean_interval(list(own.values()))
        low, high = (None if edge is None else min(1.0, max(0.0, edge)) for edge in (found.low, found.high))
        details = {
            "personas": {who: sum(items.values()) / len(items) for who, items in values.items()},
            "against_human": [each.to_dict() for each in self._against_human[name]],
        }
        return Measurement(
            f"reasoning_loss.{name}", found.value, None, low, high, found.n, self._missing(), "share", details
        )  # fmt: skip

    def _mitigated(self, name: str) -> Measurement:
        """How each component differs from the plain instruction on the same items, personas together; which moved."""
        moved = {component: self._moves[name, component] for component in COMPONENTS}
        found = [component for component, each in moved.items() if each.found]
        details = {"components": {key: each.to_dict() for key, each in moved.items()}, "moved": found}
        accuracy = moved["accuracy"]
        title = f"reasoning_loss.mitigation.{name}"
        if accuracy.difference is None:
            return Measurement(title, reason="no question was answered both ways", unit="share", details=details)
        return Measurement(title, accuracy.difference, None, accuracy.low, accuracy.high, accuracy.n, unit="share",
                           details=details)  # fmt: skip

    @cached_property
    def _moves(self) -> dict[tuple[str, str], Contrast]:
        """(mitigation, component) → its contrast to the plain instruction, all of them counted together."""
        arms = {name: f"{MITIGATED}+{name}" for name in self.mitigations}
        pooled = {component: self._pooled(component) for component in COMPONENTS}
        told = [(name, component) for name in arms for component in COMPONENTS]
        found = [contrasts(pooled[component], MITIGATED, [arms[name]])[0] for name, component in told]
        return dict(zip(told, together(found), strict=True))

    def _pooled(self, component: str) -> dict[str, dict[str, float]]:
        """Instruction → persona and item → value."""
        read = COMPONENTS[component]
        return by_item(
            (each.instruction, f"{each.persona}/{each.item}", value)
            for each in self._valid
            if each.persona in self._people
            if (value := read(each)) is not None
        )

    def _values(self, component: str, cells: Sequence[Judged]) -> dict[str, dict[str, float]]:
        read = COMPONENTS[component]
        return by_item((c.persona, c.item, value) for c in cells if (value := read(c)) is not None)

    def _missing(self) -> dict[str, int]:
        told = [each.marks.get("reason") or "failed" for each in self.judged
                if each.persona in self._people and each.marks.get("status", "invalid") == "invalid"]  # fmt: skip
        return dict(Counter(told))
