"""Given-circumstance acting: scenes played anew from their circumstances, and a critic who lists the flaws.

CoSER: "Coordinating LLM-Based Persona Simulation of Established Roles", 2025 (https://arxiv.org/abs/2502.09082).

inspect eval personae/coser --model personae/embedded
inspect eval personae/coser --model openai/gpt-4o -T judge=anthropic/claude-sonnet-4-0 -T scenes=my-scenes/
"""

from __future__ import annotations

from inspect_ai import Task, task

#: Tokens a turn may take: 60 words, a thought among them, with room to spare.
TURN_TOKENS = 200


@task
def coser(
    scenes: str = "own",
    judge: str | None = None,
    judge_card: str | None = None,
    director: str | None = None,
    persona: str | None = None,
    part: str | None = None,
    n: int | None = None,
    next_speaker: str = "asked",
    environment: bool = True,
    rounds: int = 20,
    continue_from: int = 0,
    recall: int = 0,
    turn_tokens: int = TURN_TOKENS,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """One sample per scene. Without a judge there is no score, only form and surface overlap.

    Args:
        scenes: "own" (three that come with the toolkit), "public_domain" (those of PERSONAE_DATA), a file or a folder.
        judge: Model that lists the flaws, ours or any of Inspect; the role grader when not given.
        judge_card: Card of the judge, as `personae judge qualify` writes it.
        director: Model that names the next speaker and voices the surroundings; the one under test when not given.
        persona: Path of a persona file or card, or the name of a starter, that takes a part in every scene.
        part: The part it plays; under its own name, as a guest where the scene has no such part, when not given.
        n: Play at most this many scenes.
        next_speaker: asked, likeliest, in-turn or as-written.
        environment: Do the surroundings have a voice?
        rounds: Most turns of a scene.
        continue_from: So many turns come from the script.
        recall: So many memories of the book before each turn.
        turn_tokens: Longest turn.
        seed: Seed of the models and of chance.
        temperature: Temperature of the turns.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.measure.acting import Acting
    from personae.tasks._models import judged_by, opened
    from personae.tasks.coser.staging import acting_task, scenes_of

    judging, note = judged_by(judge, judge_card, cache)
    measure = Acting(
        scenes_of(scenes)[:n],
        judge=judging,
        about_judge=note,
        director=opened(director, cache, "director"),
        next_speaker=next_speaker,
        environment=environment,
        rounds=rounds,
        continue_from=continue_from,
        recall=recall,
        seed=seed,
    )
    return acting_task(measure, persona, part, temperature=temperature, turn_tokens=turn_tokens, seed=seed, cache=cache)
