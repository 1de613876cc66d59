"""Continue as X: how near does a simulated speaker come to what the person really wrote next?

REALTALK: A 21-Day Real-World Dataset for Long-Term Conversation (2025). Bring your own chat.

inspect eval personae/continue_as --model openai/gpt-4o -T chat=chat.jsonl -T speaker=Ana
inspect eval personae/continue_as --model openai/gpt-4o -T chat=chat.jsonl -T persona=ana.yaml -T statistics=true
"""

from __future__ import annotations

from inspect_ai import Task, task


@task
def continue_as(
    chat: str,
    speaker: str | None = None,
    persona: str | None = None,
    form: str = "lines",
    n: int = 40,
    context: int = 20,
    options: int = 8,
    statistics: bool = False,
    seed: int = 0,
    temperature: float = 0.7,
    cache: str | None = None,
) -> Task:
    """At places spread over the chat the next message of the speaker is written, and compared with the real one.

    Args:
        chat: A chat: JSON lines with speaker and text, or a file of REALTALK.
        speaker: Whom to play; the persona's name without one.
        persona: A persona file, card or starter that is to play the speaker; without one the name alone.
        form: What the chat's file is: lines or realtalk.
        n: The most places.
        context: Messages seen before each.
        options: Real messages of the speaker to tell the next one from; chance is 1 / options.
        statistics: Compare feelings and reflection too, by labels of the embedded pair scorer (English).
        seed: Seed of the choices made and of sampling.
        temperature: Temperature of sampled replies.
        cache: File that keeps every answer, so that nothing is paid twice.
    """
    from personae.errors import UsageError
    from personae.measure.as_inspect import REPLY_TOKENS, task_on
    from personae.measure.chat_statistics import ContinueAs, PairLabels, of_turns, read_chat
    from personae.memory.formats import realtalk
    from personae.models import open_pair_scorer
    from personae.persona.find import find
    from personae.persona.persona import Persona
    from personae.types import Settings

    if form not in ("lines", "realtalk"):
        raise UsageError(f"unknown form {form!r} of a chat; known are lines, realtalk")
    if persona is None and speaker is None:
        raise UsageError("nobody is named to be played; give speaker=NAME, or persona=FILE of that name")
    messages = read_chat(chat) if form == "lines" else of_turns(realtalk.load(chat).turns)
    classifier = PairLabels(open_pair_scorer("embedded")) if statistics else None
    measure = ContinueAs(messages, speaker, n, context, options, seed, classifier)
    who = find(persona) if persona is not None else Persona(name=str(speaker))
    settings = Settings(temperature=temperature, max_tokens=REPLY_TOKENS, seed=seed)
    return task_on(measure, who, settings, cache=cache, speaker=measure.who(who))
