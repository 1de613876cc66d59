"""Rewriting by a model: it words the spans, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.agent.refinement import ByModel, ReplySpan
from personae.agent.refinement.by_model import exchanged, replacements
from personae.errors import ModelUnreachable
from personae.models.scripted import Scripted
from personae.types import Completion

REPLY = "Hello! I am a cook in Rome, and you?"
SPANS = (ReplySpan(14, 18, 0.5), ReplySpan(22, 26, 0.4))
FACTS = ("I am a nurse in Faro.",)


async def test_the_model_sees_the_marked_reply_and_the_statements() -> None:
    model = Scripted(['["nurse", "Faro"]'])
    proposals = await ByModel(model)(REPLY, SPANS, FACTS)
    assert proposals.texts == ("Hello! I am a nurse in Faro, and you?",)
    assert proposals.usage.prompt_tokens > 0
    asked = model.history[0].messages[-1].content
    assert "- I am a nurse in Faro." in asked
    assert "I am a <1>cook</1> in <2>Rome</2>, and you?" in asked


async def test_with_clauses_there_is_more_room() -> None:
    model = Scripted(['["I nurse people in Faro"]'])
    proposals = await ByModel(model, clauses=True)(REPLY, SPANS, FACTS)
    assert proposals.texts == ("Hello! I nurse people in Faro, and you?",)
    assert "Hello! <1>I am a cook in Rome</1>, and you?" in model.history[0].messages[-1].content


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("nurse, Faro", "unparsed"),
        ('["nurse"]', "unparsed"),
        ('{"1": "nurse", "2": "Faro"}', "unparsed"),
        ('["nurse", 2]', "unparsed"),
        ('["nurse\\nBob: hi", "Faro"]', "unparsed"),
        (json.dumps(["x" * 301, "Faro"]), "unparsed"),
        ("[" * 100_000, "unparsed"),
        ("  ", "empty"),
        (Completion('["nurse", "Fa', stop="length"), "truncated"),
        (Completion("", stop="refusal"), "refused"),
        (ModelUnreachable("down"), "failed"),
    ],
)
async def test_every_other_answer_is_its_own_outcome(answer: str | Completion | Exception, outcome: str) -> None:
    proposals = await ByModel(Scripted([answer]))(REPLY, SPANS, FACTS)
    assert (proposals.texts, proposals.outcome) == ((), outcome)


@given(st.text(max_size=60), st.integers(0, 5))
def test_any_answer_is_read_or_turned_down(answer: str, count: int) -> None:
    parts = replacements(answer, count)
    assert parts is None or len(parts) == count


@given(st.lists(st.text(max_size=9), min_size=2, max_size=2))
def test_only_the_spans_change(parts: list[str]) -> None:
    assert exchanged(REPLY, SPANS, parts) == f"Hello! I am a {parts[0]} in {parts[1]}, and you?"
