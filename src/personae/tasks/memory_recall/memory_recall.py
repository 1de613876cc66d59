"""Evidence recall: does the memory find the turns that answer a question about a long history?

Evaluating Very Long-Term Conversational Memory of LLM Agents (LoCoMo, 2024). No language model is asked.

inspect eval personae/memory_recall --model mockllm/model -T file=locomo10.json
inspect eval personae/memory_recall --model mockllm/model -T file=locomo10.json -T retriever=bm25 -T k=25
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset

if TYPE_CHECKING:
    from personae.measure.recall.evidence import Reading
    from personae.measure.recall.rankings import Level, RetrieverName


@task
def memory_recall(
    file: str,
    retriever: RetrieverName = "default",
    k: int = 10,
    level: Level | None = None,
    evidence: Reading = "repaired",
    cache: str | None = None,
    seed: int = 0,
) -> Task:
    """One sample a question; its score is the share of the evidence among the first k.

    Args:
        file: A file in the form of LoCoMo's `locomo10.json`, which you bring yourself.
        retriever: default, bm25, dense, raw or hybrid-session.
        k: How many of the ranked turns or sessions are looked at.
        level: What is ranked, turn or session; the retriever's own without.
        evidence: How evidence ids are read: repaired or strict_legacy.
        cache: File that keeps vectors, so that nothing is embedded twice.
        seed: Seed of the intervals.
    """
    from personae.measure.recall import Setup, load_locomo
    from personae.tasks.memory_recall.searching import evidence_found, record_to_sample, samples_of, search, summary

    setup = Setup(retriever, k, level, evidence)
    dialogues = load_locomo(file)
    asked = samples_of(dialogues, setup)
    return Task(
        name="memory_recall",
        dataset=MemoryDataset([record_to_sample(dialogue, question) for dialogue, question in asked]),
        solver=search(dialogues, setup, cache),
        scorer=evidence_found(k),
        metrics=[summary(k, seed)],
        metadata={
            "retriever": retriever,
            "k": k,
            "evidence": evidence,
            "left_out": sum(len(one.questions) for one in dialogues) - len(asked),
        },
    )
