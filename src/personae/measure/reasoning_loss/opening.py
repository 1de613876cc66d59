"""The reasoning suite from what the user has: a folder of MMLU-type questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personae.measure.reasoning_loss.questions import read_questions
from personae.measure.reasoning_loss.suite import REPEATS, SETTINGS, ReasoningSuite
from personae.measure.sweep.wording import THREE

if TYPE_CHECKING:
    from personae.measure.audits import Sources


def open_suite(sources: Sources) -> ReasoningSuite:
    """Questions of `data/mmlu_test`, or of the folder itself."""
    questions = read_questions(sources.folder("mmlu_test", of="reasoning"), n=sources.n, seed=sources.seed)
    settings = sources.settings(SETTINGS)
    return ReasoningSuite(
        questions,
        sources.instructions or THREE,
        sources.mitigations,
        "published" if sources.published else "strict",
        sources.seeds(len(REPEATS)),
        settings,
    )
