"""The flaw-list judge: a critic lists what is wrong with a played scene beside the original, and the list is priced.

CoSER (2025), given-circumstance acting; the wording is ours. One call per scene and dimension.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from personae.errors import UsageError
from personae.judges.asking import RETRIES, SETTINGS, ask, filled, needed, quoted, texts
from personae.judges.flaws import DIMENSIONS, SCHEMA, Dimension, actor_messages, heard, penalty_score, read_flaws
from personae.judges.roles import Verdict
from personae.types import Conversation, Measurement, Message, Model, Settings

#: A list of flaws needs more room than a score.
LISTING = dataclasses.replace(SETTINGS, max_tokens=4096)


@dataclass(frozen=True, slots=True)
class SceneItem:
    """A played scene beside the original one.

    Every message carries its speaker's name. `cast` maps each character to a profile; `plot` may sum up the story
    around the scene. Thoughts may be left in: the critic does not see them.
    """

    scenario: str
    reference: Conversation
    simulation: Conversation
    cast: Mapping[str, str] = field(default_factory=dict)
    plot: str = ""
    narrator: str = "Environment"


@dataclass(frozen=True, slots=True)
class FlawListJudge:
    """Scores scenes on one dimension, 0 … 100; no flaw is 100. The flaws are in the verdict's details.

    >>> import asyncio
    >>> from personae.models import Scripted
    >>> said = '{"flaws": [{"instance": "Lear jokes.", "type": "tone", "severity": 2}]}'
    >>> lines = Conversation((Message("assistant", "Blow, winds!", "Lear"), Message("user", "Thunder.", "Environment")))
    >>> judge = FlawListJudge(Scripted([said]), "Character Fidelity")
    >>> asyncio.run(judge(SceneItem("A heath, at night.", lines, lines))).value
    91.5
    """

    model: Model
    dimension: Dimension
    settings: Settings = LISTING
    retries: int = RETRIES

    def __post_init__(self) -> None:
        if self.dimension not in DIMENSIONS:
            raise UsageError(f"unknown dimension {self.dimension!r}; known are {', '.join(DIMENSIONS)}")

    @property
    def name(self) -> str:
        """ "flaws/", the dimension and the model's name."""
        return f"flaws/{self.dimension}/{self.model.name}"

    async def __call__(self, item: SceneItem, /) -> Verdict:
        """The verdict on one scene. Raises `UsageError` for a scene without scenario, original or actors."""
        messages = flaw_messages(self.dimension, item)
        count = actor_messages(item.simulation, item.narrator)
        read = partial(read_flaws, dimension=self.dimension)
        settings = dataclasses.replace(self.settings, json_schema=SCHEMA)
        answer = await ask(self.model, messages, settings, read, retries=self.retries)
        if answer.value is None:
            return answer.without_value(self.name, actor_messages=count)
        score = penalty_score([flaw.severity for flaw in answer.value], count)
        flaws = [dataclasses.asdict(flaw) for flaw in answer.value]
        return answer.verdict(self.name, score, actor_messages=count, flaws=flaws)


def flaw_messages(dimension: Dimension, item: SceneItem) -> tuple[Message, ...]:
    """What the critic reads: the circumstances, the original and the played scene without thoughts, one dimension."""
    needed(scenario=item.scenario)
    wording = texts("flaws")
    looked_for = "\n".join(f"- {kind}: {text}" for kind, text in wording["dimensions"][dimension].items())
    cast = "\n\n".join(f"{name}: {profile.strip()}" for name, profile in item.cast.items())
    fields = {
        "dimension": dimension,
        "looked_for": looked_for,
        "narrator": item.narrator,
        "plot": quoted("plot", item.plot) + "\n\n" if item.plot.strip() else "",
        "scene": quoted("scene", item.scenario),
        "cast": quoted("persona", cast) + "\n\n" if cast else "",
        "reference": quoted("reference", lines_of(item.reference, "original")),
        "simulation": quoted("conversation", lines_of(item.simulation, "played scene")),
    }
    if not actor_messages(item.simulation, item.narrator):
        raise UsageError("nobody but the narrator says or does anything in the played scene; count it as missing")
    return (
        Message("system", filled(wording["system"], fields).strip()),
        Message("user", filled(wording["ask"], fields).strip()),
    )


def lines_of(scene: Conversation, what: str) -> str:
    """The scene as others hear it, a paragraph per message, "Name: …"; what nobody can hear is left out.

    Raises `UsageError` for a message without a name, or where nothing can be heard.
    """
    lines = []
    for message in scene:
        if message.role == "system":
            continue
        if not message.name:
            raise UsageError(f"a message of the {what} has no speaker: {message.content[:60]!r}; give each a name")
        if said := heard(message.content):
            lines.append(f"{message.name}: {said}")
    if not lines:
        raise UsageError(f"the {what} holds nothing that can be heard; count it as missing")
    return "\n\n".join(lines)


def scene_score(verdicts: Mapping[str, Verdict], dimensions: Sequence[str] = DIMENSIONS) -> Measurement:
    """The mean over the dimensions, 0 … 100, or the reason: a scene with a missing dimension has no score.

    Verdicts are given by dimension; the details hold each dimension's value or reason.
    """
    parts = {name: verdicts[name].value if name in verdicts else None for name in dimensions}
    values = [value for value in parts.values() if value is not None]
    missing: dict[str, int] = {}
    for name, value in parts.items():
        if value is None:
            reason = (verdicts[name].reason if name in verdicts else None) or "not_run"
            missing[reason] = missing.get(reason, 0) + 1
    details = {"dimensions": parts}
    if missing:
        reason = f"{len(values)} of {len(parts)} dimensions have a value"
        return Measurement("scene", reason=reason, n=len(values), missing=missing, details=details)
    return Measurement("scene", sum(values) / len(values), n=len(values), unit="points of 100", details=details)
