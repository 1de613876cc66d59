"""PersonaGym: does the persona act, speak, stay itself, keep its temper and give its reasons?

"PersonaGym", 2024.

inspect eval personae/personagym --model openai/gpt-4o -T judges=anthropic/claude-sonnet-4-0 -T persona=my-persona.yaml
inspect eval personae/personagym --model openai/gpt-4o --model-role grader=openai/gpt-5 -T data=FOLDER -T personas=10
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def personagym(
    persona: str = "lighthouse-keeper",
    data: str | None = None,
    personas: int | None = None,
    judges: str | None = None,
    judge_cards: str | None = None,
    n: int = 10,
    batch: int = 5,
    as_agent: bool = False,
    max_tokens: int = 512,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """Five tasks of questions, answered as the persona and graded from 1 to 5.

    Args:
        persona: Path of a persona file or card, or the name of a starter.
        data: Folder with the released personas and questions; they are asked instead of the persona.
        personas: Ask at most this many of the released personas.
        judges: Models that grade, separated by commas; the role grader when not given.
        judge_cards: Cards of the judges, files of `personae judge qualify`, separated by commas.
        n: Questions per task.
        batch: Answers graded in one call, 1 to 5.
        as_agent: Answer with the agent's own prompt instead of the frame of the protocol.
        max_tokens: Room for one answer.
        seed: Seed of sampling.
        temperature: Not used; the protocol samples every model at 0.9.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.as_inspect import task_of
    from personae.measure.personagym.measure import PersonaGym, standings
    from personae.measure.personagym.protocol import Protocol
    from personae.measure.personagym.released import data_folder, load_subjects
    from personae.tasks._models import judges_named

    cards = [file.strip() for file in (judge_cards or "").split(",") if file.strip()]
    subjects = load_subjects(data_folder(data), limit=personas) if data else ()
    protocol = Protocol(n=n, batch=min(batch, n), seed=seed, max_tokens=max_tokens)
    graders = judges_named(judges, cache)
    measure = PersonaGym(graders, protocol, subjects, as_agent, standings([each.name for each in graders], cards))
    made = task_of(measure, persona, seed=seed, temperature=temperature, cache=cache)
    if subjects:
        made.metadata = (made.metadata or {}) | {"persona": {"name": f"{len(subjects)} released personas"}}
    return made
