"""Every kind of judge, each beside an item it can judge and an answer it can read, whatever the order of the calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from personae.judges.ensemble import Ensemble
from personae.judges.flaw_list import FlawListJudge, SceneItem
from personae.judges.pairwise import PairItem, PairwiseJudge
from personae.judges.relative import RelativeItem, RelativeJudge
from personae.judges.roles import Judge
from personae.judges.rubric import RubricItem, RubricJudge
from personae.judges.rubric_files import load_rubric
from personae.types import Conversation, Message, Model

PERSONA = "Ana is an archivist of 61 who lives in Porto."
QUESTION = "What would you do with the letters?"
EXAMPLES = tuple(f"An example reply of quality {score}." for score in range(1, 6))


@dataclass(frozen=True)
class Kind:
    """One kind of judge.

    make:   the judge over a model.
    item:   what it can judge; `variant(n)` gives others, `empty` one that holds nothing to judge.
    says:   what a well-behaved model answers, from the messages it read.
    calls:  how many calls one item costs when every answer can be read.
    """

    make: Callable[[Model], Judge[Any]]
    variant: Callable[[int], Any]
    empty: Any
    says: Callable[[Sequence[Message]], str]
    calls: int

    @property
    def item(self) -> Any:
        return self.variant(0)


def rubric_item(number: int) -> RubricItem:
    return RubricItem(PERSONA, QUESTION, f"I would read letter {number} twice.", EXAMPLES)


def relative_item(number: int) -> RelativeItem:
    return RelativeItem(PERSONA, QUESTION, f"I would read letter {number}.", "I would keep them all.")


def pair_item(number: int) -> PairItem:
    return PairItem(QUESTION, f"I would read letter {number}.", "As an assistant I own no letters.", PERSONA)


def scene_item(number: int) -> SceneItem:
    scene = Conversation(
        (
            Message("assistant", f"[I must hide it.] Here is letter {number}. (hands it over)", "Ana"),
            Message("user", "A door slams.", "Environment"),
            Message("user", "Who wrote it?", "Rui"),
        )
    )
    return SceneItem("The archive, after closing time.", scene, scene, {"Ana": PERSONA, "Rui": "A student."})


def score_by_length(messages: Sequence[Message]) -> str:
    """A score that hangs on what was read, so that mixed-up verdicts would show."""
    return f"Because of this and that. Therefore, the final score is {1 + len(messages[1].content) % 5}."


def flaw_by_length(messages: Sequence[Message]) -> str:
    severity = 1 + len(messages[1].content) % 5
    return f'{{"flaws": [{{"instance": "Rui asks.", "type": "voice", "severity": {severity}}}]}}'


def shown_as_a(messages: Sequence[Message]) -> bool:
    """Whether the reply under judgement (the one with a letter's number) stands as A."""
    text = messages[1].content
    return text.index("I would read letter") < text.index('<reply side="B">')


def pair_of_scores(messages: Sequence[Message]) -> str:
    return f"[Scores]: {'(8, 9)' if shown_as_a(messages) else '(9, 8)'}"


def better_side(messages: Sequence[Message]) -> str:
    return f"It sounds like Ana. [[{'A' if shown_as_a(messages) else 'B'}]]"


RUBRIC = Kind(
    lambda model: RubricJudge(model, load_rubric("expected_action")),
    rubric_item,
    replace(rubric_item(0), reply=" \n"),
    score_by_length,
    1,
)
FLAWS = Kind(
    lambda model: FlawListJudge(model, "Character Fidelity"),
    scene_item,
    replace(scene_item(0), simulation=Conversation((Message("user", "[only a thought]", "Ana"),))),
    flaw_by_length,
    1,
)
RELATIVE = Kind(
    lambda model: RelativeJudge(model, "tone_consistency"),
    relative_item,
    replace(relative_item(0), reference=""),
    pair_of_scores,
    2,
)
PAIRWISE = Kind(PairwiseJudge, pair_item, replace(pair_item(0), first="\t"), better_side, 2)
ENSEMBLE = Kind(
    lambda model: Ensemble(tuple(RubricJudge(model, load_rubric(name)) for name in ("toxicity", "expected_action"))),
    rubric_item,
    replace(rubric_item(0), reply=""),
    score_by_length,
    2,
)

JUDGES = [
    pytest.param(RUBRIC, id="rubric"),
    pytest.param(FLAWS, id="flaw-list"),
    pytest.param(RELATIVE, id="relative"),
    pytest.param(PAIRWISE, id="pairwise"),
    pytest.param(ENSEMBLE, id="ensemble"),
]
