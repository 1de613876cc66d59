"""The question about two contradicting facts, and the answers that count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.memory.facts import Fact
from personae.memory.verdicts import MAX_CHARS, Verdict, read_verdict, verdict_messages


def test_the_model_sees_both_facts_their_talk_and_their_sources_the_older_first() -> None:
    new = Fact("1", "I live in Faro.", "extracted", fragments=("The boxes\nare unpacked.",), at="2026-02-01")
    old = Fact("2", "I live in Porto.", "given", at="2025-02-01")
    messages = verdict_messages(new, old)
    assert [m.role for m in messages] == ["system", *["user", "assistant"] * 5, "user"]
    assert messages[-1].content.splitlines() == [
        "Note A (stated in the profile): I live in Porto.",
        "No talk is known.",
        "Note B (said in talk): I live in Faro.",
        "Talk around it: The boxes are unpacked.",
    ]


def test_our_own_examples_can_be_read_and_show_all_three_answers() -> None:
    messages = verdict_messages(Fact("1", "A"), Fact("2", "B"))
    verdicts = [read_verdict(m.content) for m in messages if m.role == "assistant"]
    assert {verdict.kind for verdict in verdicts if verdict} == {"resolution", "disambiguation", "no_conflict"}
    assert None not in verdicts


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("[Resolution] I moved.", Verdict("resolution", ("I moved.",))),
        (" [RESOLUTION]\nI moved.\n", Verdict("resolution", ("I moved.",))),
        ("[Disambiguation]\n1. I am shy.\n2. I am loud.", Verdict("disambiguation", ("I am shy.", "I am loud."))),
        ("[Disambiguation] I am shy.\n- I am loud.", Verdict("disambiguation", ("I am shy.", "I am loud."))),
        ("[NO_CONFLICT]", Verdict("no_conflict")),
        ("[NO_CONFLICT] Both are fine.", None),
        ("[Resolution]", None),
        ("[Resolution] …", None),
        ("[Resolution] I moved.\nI like it here.", None),
        ("[Resolution] I moved. [NO_CONFLICT]", None),
        ("[Resolution] " + "x" * (MAX_CHARS + 1), None),
        ("[Disambiguation] I am shy.", None),
        ("[Disambiguation]\nI am shy.\nI am shy.", None),
        ("[Disambiguation]\nA\nB\nC", None),
        ("Answer: [NO_CONFLICT]", None),
        ("I think they fit.", None),
    ],
)
def test_answers_are_read_strictly(answer: str, verdict: Verdict | None) -> None:
    assert read_verdict(answer) == verdict


@given(st.text(max_size=80), st.sampled_from(["", "[Resolution]", "[Disambiguation]", "[NO_CONFLICT]"]))
def test_any_answer_is_read_or_turned_down(text: str, tag: str) -> None:
    verdict = read_verdict(tag + text)
    assert (
        verdict is None
        or len(verdict.sentences) == {"resolution": 1, "disambiguation": 2, "no_conflict": 0}[verdict.kind]
    )
