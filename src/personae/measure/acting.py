"""Given-circumstance acting: scenes are played anew from their circumstances, and a critic lists what is wrong.

CoSER (2025). With a judge the number is the scene score, the mean of four dimensions priced by their flaws. Without
one there is no such number: what remains is the form of the turns, the director's obedience to the rules, and how
much of the wording is the book's, which is surface overlap and nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.agent import Agent
from personae.errors import UsageError
from personae.judges.flaws import DIMENSIONS
from personae.judges.qualification.card import judge_note
from personae.judges.roles import Verdict
from personae.judges.summary import too_few
from personae.measure.items import grouped_share, mean
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.persona.persona import Persona
from personae.simulate.scenes import Played, Scene, Staging, cast_for, joined, play, policy
from personae.simulate.scenes.form import ASKED, MANNERS, directed, form
from personae.simulate.scenes.judging import flaw_judges, judge_scene
from personae.simulate.scenes.surface import surface_overlap
from personae.types import Measurement, Model

UNIT = "points of 100"


@dataclass(frozen=True, slots=True)
class Acting:
    """The scene score of plays of `scenes`, 0 … 100; one case per scene.

    part:      the part the persona plays, or a guest's name; None leaves all parts to the profiles of the scene.
    judge:     the model that lists flaws; `about_judge` says on what ground (`judge_note`).
    director:  the model that names the next speaker and voices the surroundings; None: the one under test.
    The rest is that of `Staging`: CoSER plays 20 rounds, recalls nothing by default and gives no turns.
    """

    scenes: tuple[Scene, ...]
    part: str | None = None
    judge: Model | None = field(default=None, compare=False)
    about_judge: Mapping[str, Any] | None = field(default=None, compare=False)
    director: Model | None = field(default=None, compare=False)
    next_speaker: str = "asked"
    environment: bool = True
    rounds: int = 20
    continue_from: int = 0
    recall: int = 0
    seed: int = 0
    name: str = "coser"

    def plan(self, persona: Persona) -> Plan:
        """One case per scene. Raises UsageError for two scenes of one id."""
        ids = [scene.id for scene in self.scenes]
        if twice := next((id for id in ids if ids.count(id) > 1), None):
            raise UsageError(f"two scenes have the id {twice!r}; give each an id of its own")
        cases = []
        for scene in self.scenes:
            data = {"topic": scene.topic, "cast": list(scene.cast), "script": len(scene.script), "book": scene.book}
            cases.append(Case(scene.id, scene.scenario, data))
        return Plan(tuple(cases))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Play the scene and have it judged; the value is the scene score, or without a judge the share of turns in
        form. A play without a score says why by its outcome, and keeps its figures all the same."""
        scene = next(scene for scene in self.scenes if scene.id == case.id)
        personas = {} if self.part is None else {self.part: agent.persona}
        scene = joined(scene, personas)
        cast = cast_for(scene, agent.model, personas, settings=agent.settings, recall=self.recall)
        played = await play(scene, cast, self._staging(scene, agent))
        flags = form(played)
        data: dict[str, Any] = {
            "played": played.to_dict(),
            "form": flags,
            "directed": directed(played),
            "surface": {m.name: m.value for m in surface_overlap(played) if m.value is not None},
        }
        if self.judge is None:
            value = sum(flags["kept"]) / len(flags["kept"]) if flags["kept"] else None
            data["explanation"] = _told(played)
            return _observation(case.id, value, "empty", played, data)
        score, verdicts = await judge_scene(played, flaw_judges(self.judge), about_judge=self._note())
        data["judged"] = {name: verdict.to_dict() for name, verdict in verdicts.items()}
        data["explanation"] = f"{_told(played)}\n\n{_flaws(score, verdicts)}"
        return _observation(case.id, score.value, _why(verdicts), played, data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The scene score and its dimensions where a judge was given, then form, director and surface overlap.

        The score of a judge below its floors stands apart, as `coser.not_qualified`. Below nine scenes in ten with a
        score there is none.
        """
        return [*self._judged(plan, observations), *self._formal(observations)]

    def _judged(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        if self.judge is None:
            return [Measurement(self.name, reason="no judge was given; form and surface overlap stand below")]
        note, missing = self._note(), missing_by_outcome(plan, observations)
        scores = {o.case_id: o.value for o in observations if o.value is not None}
        columns = {"": scores} | {f".{_slug(name)}": _column(observations, name) for name in DIMENSIONS}
        unfit = note["standing"] == "unqualified"
        stem = f"{self.name}.not_qualified" if unfit else self.name
        found = []
        for suffix, values in columns.items():
            details = {"judge": note}
            if reason := too_few(len(values), len(plan.cases)):
                found.append(
                    Measurement(
                        stem + suffix, reason=reason, n=len(values), missing=missing, unit=UNIT, details=details
                    )
                )
            else:
                found.append(mean(stem + suffix, values, missing, unit=UNIT, details=details))
        apart = "the judge is not qualified; its scores stand apart as not_qualified"
        return [*([Measurement(self.name, reason=apart, details={"judge": note})] if unfit else []), *found]

    def _formal(self, observations: Sequence[Observation]) -> list[Measurement]:
        flags = {o.case_id: o.data["form"] for o in observations if "form" in o.data}
        found = [
            grouped_share(f"{self.name}.form{suffix}", {id: each[name] for id, each in flags.items()}, {})
            for name, suffix in [("kept", ""), *((name, f".{name}") for name in (*ASKED, *MANNERS))]
        ]
        proposals = {o.case_id: o.data["directed"] for o in observations if "directed" in o.data}
        found.append(grouped_share(f"{self.name}.proposals_taken", proposals, {}))
        for key in ("surface overlap (BLEU)", "surface overlap (ROUGE-L)"):
            values = {o.case_id: o.data["surface"][key] for o in observations if key in o.data.get("surface", {})}
            found.append(mean(f"{self.name}.{key}", values, {}, unit="share"))
        return found

    def _staging(self, scene: Scene, agent: Agent) -> Staging:
        guide = self.director or agent.model
        return Staging(
            policy(self.next_speaker, guide),
            guide if self.environment else None,
            self.rounds,
            min(self.continue_from, len(scene.script)),
            self.seed,
            agent.settings,
        )

    def _note(self) -> dict[str, Any]:
        return dict(self.about_judge or judge_note(self.judge.name if self.judge else "", None))


def _observation(id: str, value: float | None, why: Any, played: Played, data: dict[str, Any]) -> Observation:
    return Observation(id, "answered" if value is not None else why, value, text=played.shown(), data=data)


def _why(verdicts: Mapping[str, Verdict]) -> str:
    """The outcome of a play without a score: that of the first dimension without one; "empty" where none was asked."""
    return next((verdict.reason for verdict in verdicts.values() if verdict.reason), "empty")


def _column(observations: Sequence[Observation], dimension: str) -> dict[str, float]:
    judged = {o.case_id: o.data.get("judged", {}).get(dimension, {}) for o in observations}
    return {id: verdict["value"] for id, verdict in judged.items() if verdict.get("value") is not None}


def _told(played: Played) -> str:
    ended = "ended by the director" if played.ended == "chosen" else "all rounds played"
    calls = sum(total.calls for total in played.calls.values())
    counts = "".join(f"; {what}: {found}" for what, found in played.counts.items())
    return f"{len(played.turns)} turns, {ended}, {calls} calls{counts}"


def _flaws(score: Measurement, verdicts: Mapping[str, Verdict]) -> str:
    note = score.details["judge"]
    head = f"{score.value:.1f} of 100" if score.value is not None else f"no score: {score.reason}"
    lines = [f"{head} by {note['name']} ({note['standing']})"]
    for name, verdict in verdicts.items():
        lines.append(f"{name}: {verdict.reason if verdict.value is None else f'{verdict.value:.1f}'}")
        for flaw in verdict.details.get("flaws", ()):
            lines.append(f"  −{flaw['severity']} {flaw['type']}: {flaw['instance']}")
    return "\n".join(lines)


def _slug(dimension: str) -> str:
    return dimension.lower().replace(" ", "_")
