"""Private documents: does a model find and tell what somebody's chats, assistant talks and purchases say of them?

PersonaBench: "Evaluating AI Models on Understanding Personal Information through Accessing (Synthetic) Private User
Data", 2025 (https://arxiv.org/abs/2502.20616).

inspect eval personae/private_documents --model personae/embedded -T k=1
inspect eval personae/private_documents --model openai/gpt-4o-mini -T folder=synthetic_data
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def private_documents(
    persona: str = "lighthouse-keeper",
    folder: str | None = None,
    shown: str = "retrieved",
    noise: float = 0.5,
    k: int = 5,
    n: int | None = None,
    tokens: int = 64,
    seed: int = 0,
    cache: str | None = None,
) -> Task:
    """One sample per question.

    Args:
        persona: Path of a persona file or card, or the name of a starter; its documents are written unless there is a
            folder.
        folder: Folder of PersonaBench that holds community_0.
        shown: What the model sees; retrieved, gold (the evidence itself) or none.
        noise: Share of sessions that hold no fact.
        k: How many chunks are retrieved.
        n: Ask at most this many questions.
        tokens: The most tokens of an answer; a longer one is cut off, and counted as such.
        seed: Seed of the written documents.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.private_documents.measure import PrivateDocuments

    measure = PrivateDocuments(
        folder=folder,
        shown=shown,  # type: ignore[arg-type]
        noise=noise,
        k=k,
        n=n,
        tokens=tokens,
        seed=seed,
    )
    return task_of(measure, persona, seed=seed, temperature=0.0, cache=cache)
