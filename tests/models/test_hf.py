"""Torch and llama.cpp read the same GGUF file and agree on how likely an answer is."""

from __future__ import annotations

import pytest
from stubs.smollm import smollm

from personae.models.embedded import Embedded
from personae.types import Message

QUESTIONS = {
    "What do you do for a living?": ("I keep a lighthouse.", "I repair violins.", "I drive a night bus.", "I teach."),
    "Where do you live?": (
        "On a small island.",
        "Above a bakery in Lyon.",
        "In a tower block.",
        "On a farm near Cork.",
    ),
    "How old are you?": ("Fifty-eight.", "I am nineteen.", "Thirty-one next May.", "Eighty-four and counting."),
    "Do you have a pet?": ("A one-eyed goat.", "Two goldfish.", "I have an old greyhound.", "No, I never had one."),
    "What do you like to eat?": ("Smoked eel on rye.", "Lentil soup.", "My aunt's plum dumplings.", "Anything fried."),
    "What are you afraid of?": ("The letter.", "Deep water.", "Of being forgotten.", "Dogs, since I was bitten."),
    "Who is in your family?": ("My brother Pieter.", "Three older sisters.", "Nobody any more.", "A twin called Rosa."),
    "What do you want?": ("To keep the lamp lit.", "To open a cinema.", "To run a marathon.", "To learn Greek."),
    "What annoys you?": ("Drones round the tower.", "Loud chewing.", "Late trains.", "Cold coffee in the morning."),
    "What can you do well?": ("Mend clocks.", "Whistle.", "Fold paper birds.", "Read the weather from the gulls."),
}


@pytest.mark.slow
async def test_forty_options_differ_by_less_than_a_twentieth_nat_per_token():
    persona = Message("system", "You are Ilse, a lighthouse keeper. You live on the island of Norderhall with a goat.")
    torch_model = smollm()
    differences: list[float] = []
    async with Embedded(context=1024) as embedded:
        for question, options in QUESTIONS.items():
            messages = (persona, Message("user", question))
            ours, theirs = await embedded.logprobs(messages, options), await torch_model.logprobs(messages, options)
            assert ours.tokens == theirs.tokens
            assert (ours.method, theirs.method) == ("exact", "exact")
            pairs = zip(ours.per_token, theirs.per_token, strict=True)
            differences += [abs(one - other) for one, other in pairs]
    assert len(differences) == 40
    assert sum(differences) / len(differences) < 0.05
