"""A scene with two starter personas and one character of the scene: who sees what, and why who speaks.

The model is scripted, so that the example needs no other; put `open_model("embedded")` in its place.
"""

import asyncio

from personae import find
from personae.models import Scripted
from personae.simulate.scenes import END, Asked, Part, Scene, Staging, cast_for, joined, play

SCENE = Scene(
    id="storm",
    scenario="The tap-room by the harbour, near midnight. A storm rattles the shutters; the lamp on the cliff is dark.",
    parts=(Part("Captain Vey", "Master of a ship that is still out.", "I must not show that I am afraid."),),
)


async def main() -> None:
    personas = {persona.name: persona for persona in (find("tavern-keeper"), find("lighthouse-keeper"))}
    scene = joined(SCENE, personas)
    captain, host, keeper = scene.cast
    actors = Scripted(
        [
            "[My crew is out there.] (grips the counter) Why is the lamp dark?",
            "[I told him to trim the wick.] (puts down a glass) Ask the one who should be up there.",
            "(shakes water from the coat) The oil froze. I came for yours.",
            "A gust throws the door open; far out, a rocket climbs and goes out.",
            "[Three of them. Three.] That is my ship.",
            "(already at the door) Then carry the other can.",
        ]
    )
    director = Scripted([host, keeper, END, captain, keeper, END])
    staging = Staging(Asked(director), environment=actors, rounds=12, seed=1)
    played = await play(scene, cast_for(scene, actors, personas), staging)
    print("What everybody could see:\n")
    print(played.shown())
    print(f"\nWhat {captain} knows:\n")
    for message in played.conversation(captain):
        print(f"  {message.name}: {message.content}")
    print("\nWhy who spoke:", [choice.why for choice in played.choices])
    print("Put right:", played.counts.get("overruled", {}))
    print("Calls:", {who: total.calls for who, total in played.calls.items()})


asyncio.run(main())
