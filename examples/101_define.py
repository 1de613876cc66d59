"""Define a persona in Python, look at it as text, and keep it as a file."""

from personae import Persona, dump, load, render

ana = Persona(
    name="Ana",
    summary="An archivist in a Lisbon reading room.",
    statements=[
        {
            "id": "work",
            "kind": "work",
            "text": "I keep the map room of an archive.",
            "probe": {"question": "What do you do for a living?", "answer": "I keep a map room."},
        },
        {
            "id": "pet",
            "kind": "pet",
            "text": "I have a tortoise called Relógio.",
            "probe": {"question": "Do you have any animals?", "answer": "I have a tortoise."},
        },
    ],
    speech={"tone": "quiet and dry"},
    greetings=["*looks up* Boa tarde."],
)

print(render(ana, "second_person"))
dump(ana, "ana.yaml")
assert load("ana.yaml") == ana
print("content hash", ana.content_hash[:12])
