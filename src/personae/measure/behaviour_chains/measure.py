"""Does the model go on behaving as the character did, and do its misses come in heaps?

Every node is asked by itself, with the true earlier behaviours in view, and once more without anything (the floor). A
node is hit where the true behaviour alone is likeliest over all orders of the options. [BehaviorChain, 2025]
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.agent import Agent
from personae.judges.relative import RelativeJudge
from personae.measure.behaviour_chains.chain import Chain
from personae.measure.behaviour_chains.open_ended import judged, open_measurements
from personae.measure.behaviour_chains.prompting import mcq_of
from personae.measure.decisions.kept import from_data, to_data
from personae.measure.decisions.measure import credit_of, picked, told
from personae.measure.items import difference, grouped_share, mean
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.models.choices import Administration, Asked, Way, ask, orders
from personae.models.choices.administration import MIN_COVERAGE
from personae.models.choices.ways import opened
from personae.persona.persona import Persona
from personae.stats.chains import PERMUTATIONS, cam, expected_cam, max_chain, snowball
from personae.stats.choices import SAME
from personae.types import Measurement

Marks = dict[str, list[bool]]


@dataclass(frozen=True)
class BehaviourChains:
    """Accuracy over nodes, CAM and longest streak over whole chains, and the snowball test.

    `way` says how a model answers, `context_words` how much of a history is given at most, `anonymise` gives everybody
    a neutral name. With a `judge` every node is also answered in the model's own words and judged against the true
    behaviour; `judge_note` is what stands for the judge, as `personae.judges.qualification.card.judge_note` gives it.
    """

    chains: tuple[Chain, ...]
    way: Way = "whole"
    anonymise: bool = False
    context_words: int | None = None
    judge: RelativeJudge | None = None
    judge_note: Mapping[str, Any] | None = None
    permutations: int = PERMUTATIONS
    seed: int = 0
    name: str = "behaviour_chain"

    def plan(self, persona: Persona) -> Plan:
        """One case per node, each of the character its chain names, whoever the persona is."""
        return Plan(
            tuple(
                Case(chain.node_id(index), node.context, {"chain": chain.id, "node": index})
                for chain in self.chains
                for index, node in enumerate(chain.nodes)
            )
        )

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Ask with all that went before, and without; the value is 1 where the true behaviour alone is likeliest."""
        chain = next(each for each in self.chains if each.id == case.data["chain"])
        chain, index = chain.anonymised() if self.anonymise else chain, int(case.data["node"])
        put = await opened(agent.model, self.way)
        mcq = mcq_of(chain, index)
        shown = orders(mcq, seed=self.seed)
        asked = await ask(put, mcq, shown, words=self.context_words)
        floor = await ask(put, mcq.bare(), shown)
        data: dict[str, Any] = {"chain": chain.id, "node": index, "asked": to_data(asked), "floor": to_data(floor)}
        if self.judge is not None:
            data["open"] = await judged(agent.model, self.judge, chain, index, agent.settings, self.context_words)
        data["explanation"] = explanation(chain, index, asked, floor, data.get("open"))
        hit = _hit(asked)
        return Observation(case.id, asked.outcome, None if hit is None else float(hit), picked(asked), data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Accuracy, chain scores of the chains answered whole, the snowball test, floor and gain (paired)."""
        missing = missing_by_outcome(plan, observations)
        asked, floor = self._administered(observations, "asked"), self._administered(observations, "floor")
        of_chain = {case.id: str(case.data["chain"]) for case in plan.cases}
        if len(asked.credits()) < MIN_COVERAGE * len(observations) or not observations:
            why = f"{len(asked.credits())} of {len(observations)} nodes were answered; {MIN_COVERAGE:.0%} are needed"
            numbers = [Measurement(self.name, reason=why, n=len(asked.credits()), missing=missing, unit="share")]
            return numbers + open_measurements(self.name, observations, self.judge, self.judge_note)
        accuracy = grouped_share(self.name, _by_chain(asked, of_chain), missing)
        about = asked.measurements(self.name)[0].details
        numbers = [dataclasses.replace(accuracy, details={**about, **accuracy.details, "credits": about["values"]})]
        numbers += self._of_chains(self._whole(asked, plan), accuracy.value or 0.0)
        numbers.append(
            grouped_share(f"{self.name}.floor", _by_chain(floor, of_chain), _unanswered(floor, observations))
        )
        after, before = _marks(asked), _marks(floor)
        numbers.append(difference(f"{self.name}.gain", after, before, missing, unit="share"))
        return numbers + open_measurements(self.name, observations, self.judge, self.judge_note)

    def _of_chains(self, marks: Marks, accuracy: float) -> list[Measurement]:
        """What only whole chains can tell; a chain with a node missing has no streaks."""
        torn = {"incomplete_chain": len(self.chains) - len(marks)} if len(marks) < len(self.chains) else {}
        names = [f"{self.name}.{key}" for key in ("cam", "max_chain", "expected_cam", "snowball")]
        if not marks:
            return [Measurement(name, reason="no chain was answered whole", missing=torn) for name in names]
        expected = {id: expected_cam(len(chain), accuracy) for id, chain in marks.items()}
        numbers = [
            _over_chains(names[0], {id: cam(chain) for id, chain in marks.items()}, torn, {"marks": marks}),
            _over_chains(names[1], {id: max_chain(chain) for id, chain in marks.items()}, torn, {}),
            Measurement(names[2], sum(expected.values()) / len(expected), n=len(expected), missing=torn, unit="share"),
        ]
        test = snowball(list(marks.values()), permutations=self.permutations, seed=self.seed)
        if not test.movable:
            why = "no chain has both hits and misses, so that there is nothing to shuffle"
            return [*numbers, Measurement(names[3], reason=why, n=test.chains, missing=torn)]
        details = dataclasses.asdict(test)
        return [*numbers, Measurement(names[3], test.excess, n=test.chains, missing=torn, details=details)]

    def _administered(self, observations: Sequence[Observation], key: str) -> Administration:
        rows = [(each.case_id, each.data.get(key)) for each in observations]
        return Administration(tuple(from_data(id, row) for id, row in rows if row is not None), self.way)

    def _whole(self, asked: Administration, plan: Plan) -> Marks:
        """The marks of the chains of which every node was answered, in order."""
        marks = _marks(asked)
        rows: dict[str, list[bool | None]] = {}
        for case in plan.cases:
            mark = marks.get(case.id)
            rows.setdefault(str(case.data["chain"]), []).append(None if mark is None else bool(mark))
        return {id: [bool(mark) for mark in row] for id, row in rows.items() if None not in row}


def explanation(chain: Chain, index: int, asked: Asked, floor: Asked, said: Mapping[str, Any] | None = None) -> str:
    """What a reader of the log wants to know: what was done, what was picked with and without the history."""
    node = chain.nodes[index]
    lines = [f"{chain.character} ({index + 1} of {len(chain.nodes)}): {node.behaviour}"]
    for label, one in (("picked", asked), ("without anything before it", floor)):
        cut = f"; {one.cut} words of what went before were cut" if one.cut else ""
        lines.append(f"{label}: {told(one)}{cut}")
    if said is not None:
        lines.append(f"in its own words: {said['text'] or said['outcome']}")
        lines.append(f"judged against what was done: {said['verdict'] and said['verdict']['value']}")
    return "\n".join(lines)


def _over_chains(
    name: str, values: Mapping[str, float], torn: Mapping[str, int], details: Mapping[str, Any]
) -> Measurement:
    """The mean over chains; its interval stays within 0 and 1, and is missing for one chain."""
    found = mean(name, values, torn, unit="share", details=details)
    if found.low is None or found.high is None:
        return found
    return dataclasses.replace(found, low=max(0.0, found.low), high=min(1.0, found.high))


def _hit(asked: Asked) -> bool | None:
    """Is the true behaviour alone the likeliest over all orders? None without an answer."""
    if not asked.answered or credit_of(asked) is None:
        return None
    shares, gold = asked.shares, asked.mcq.gold
    return gold is not None and all(shares[gold] > share + SAME for place, share in enumerate(shares) if place != gold)


def _marks(done: Administration) -> dict[str, float]:
    found = {one.mcq.id: _hit(one) for one in done.asked}
    return {id: float(hit) for id, hit in found.items() if hit is not None}


def _by_chain(done: Administration, of_chain: Mapping[str, str]) -> Marks:
    groups: Marks = {}
    for id, mark in _marks(done).items():
        groups.setdefault(of_chain[id], []).append(bool(mark))
    return groups


def _unanswered(done: Administration, observations: Sequence[Observation]) -> dict[str, int]:
    broken = len(observations) - len(done.asked)
    return {**done.missing, **({"failed": done.missing.get("failed", 0) + broken} if broken else {})}
