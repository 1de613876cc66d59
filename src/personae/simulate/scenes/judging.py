"""From a played scene to a judge's item, and from four dimensions to one score. CoSER's given-circumstance acting.

The critic reads what anybody on stage could see: the visible script beside the visible play. Turns that were given
are told as the beginning of both; they are neither judged nor counted among an actor's messages.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from personae.judges.flaw_list import FlawListJudge, SceneItem, scene_score
from personae.judges.flaws import DIMENSIONS, actor_messages
from personae.judges.qualification.card import judge_note
from personae.judges.roles import Judge, Verdict
from personae.judges.summary import judge_all
from personae.simulate.scenes.grammar import visible
from personae.simulate.scenes.played import Played
from personae.simulate.scenes.scene import ENVIRONMENT, Line
from personae.simulate.scenes.texts import texts
from personae.simulate.scenes.view import watched
from personae.types import Conversation, Measurement, Message, Model


def scene_item(played: Played) -> SceneItem | None:
    """What the flaw-list judge reads of a play; None where `why_not_judged` has a reason.

    >>> from personae.simulate.scenes import Line, Played, Scene, Turn
    >>> hut = Scene("hut", "A hut.", script=(Line("Lear", "[Cold.] Who is there?"), Line("Fool", "A cold fool.")))
    >>> turns = (Turn("Lear", "[Cold.] Who is there?", given=True), Turn("Fool", "Me."))
    >>> item = scene_item(Played(hut, turns, (), "rounds"))
    >>> [message.content for message in item.simulation], [message.content for message in item.reference]
    (['Me.'], ['A cold fool.'])
    """
    if why_not_judged(played) is not None:
        return None
    scene, given = played.scene, _given(played)
    scenario = scene.scenario
    if begun := watched(scene.script[:given]):
        scenario = texts(scene.language)["begun"].format(scenario=scenario, lines="\n\n".join(begun)).strip()
    return SceneItem(
        scenario=scenario,
        reference=_heard(scene.script[given:]),
        simulation=_made(played),
        cast={part.name: part.profile for part in scene.parts if part.profile},
        plot=scene.plot_text,
        narrator=ENVIRONMENT,
    )


def why_not_judged(played: Played) -> str | None:
    """Why a play cannot be put beside its script, or None: the two need something to be seen, the play by an actor."""
    if not played.scene.script:
        return "the scene has no script"
    if not watched(played.scene.script[_given(played) :]):
        return "the whole script was given"
    if not actor_messages(_made(played), ENVIRONMENT):
        return "no actor said or did anything"
    return None


def flaw_judges(model: Model, **options: Any) -> dict[str, FlawListJudge]:
    """A judge for each of the four dimensions: four calls a scene, repeated questions aside."""
    return {dimension: FlawListJudge(model, dimension, **options) for dimension in DIMENSIONS}


async def judge_scene(
    played: Played, judges: Mapping[str, Judge[SceneItem]], *, about_judge: Mapping[str, Any] | None = None
) -> tuple[Measurement, dict[str, Verdict]]:
    """The mean of the dimensions, 0 … 100, with each dimension's verdict; a reason where one of them has none.

    `about_judge` says who judged and on what ground ("name", "standing", "card"); it goes into `details["judge"]`, and
    a judge nobody vouches for is "untested". Raises a `ModelError` where a judge cannot be asked at all.

    >>> from personae.models import Scripted
    >>> from personae.simulate.scenes import Line, Played, Scene, Turn
    >>> hut = Scene("hut", "A hut.", script=(Line("Fool", "A cold fool."),))
    >>> play = Played(hut, (Turn("Fool", "Me."),), (), "rounds")
    >>> critic = Scripted(lambda _: '{"flaws": [{"instance": "Flat.", "type": "depth", "severity": 2}]}')
    >>> asyncio.run(judge_scene(play, flaw_judges(critic)))[0].value
    91.5
    """
    known = {"judge": dict(about_judge or judge_note(_name(judges), None))}
    item = scene_item(played)
    if item is None:
        return Measurement("scene", reason=why_not_judged(played), details=known), {}
    found = await asyncio.gather(*(judge(item) for judge in judges.values()))
    verdicts = dict(zip(judges, found, strict=True))
    return _scored(played, verdicts, tuple(judges), known), verdicts


async def judge_scenes(
    played: Sequence[Played],
    judges: Mapping[str, Judge[SceneItem]],
    *,
    about_judge: Mapping[str, Any] | None = None,
    limit: int = 8,
) -> list[Measurement]:
    """The score of each play, in order, at most `limit` questions at a time; a call that fails leaves a reason."""
    known = {"judge": dict(about_judge or judge_note(_name(judges), None))}
    items = [scene_item(one) for one in played]
    asked = [item for item in items if item is not None]
    columns = {dimension: iter(await judge_all(judge, asked, limit=limit)) for dimension, judge in judges.items()}
    return [
        Measurement("scene", reason=why_not_judged(one), details=known)
        if item is None
        else _scored(one, {dimension: next(column) for dimension, column in columns.items()}, tuple(judges), known)
        for one, item in zip(played, items, strict=True)
    ]


def _scored(
    played: Played, verdicts: Mapping[str, Verdict], dimensions: Sequence[str], known: Mapping[str, Any]
) -> Measurement:
    score = scene_score(verdicts, dimensions)
    counted = {"actor_messages": actor_messages(_made(played), ENVIRONMENT), "given_turns": _given(played)}
    return dataclasses.replace(score, details={**score.details, **counted, **known})


def _given(played: Played) -> int:
    return sum(turn.given for turn in played.turns)


def _made(played: Played) -> Conversation:
    return _heard([turn.line for turn in played.turns if not turn.given])


def _heard(lines: Sequence[Line]) -> Conversation:
    """What anybody could see, a message per turn that shows something."""
    seen = ((line.speaker, visible(line.text)) for line in lines)
    return Conversation(tuple(Message("user", text, name=speaker) for speaker, text in seen if text))


def _name(judges: Mapping[str, Judge[SceneItem]]) -> str:
    return next((getattr(judge, "model", judge).name for judge in judges.values()), "")
