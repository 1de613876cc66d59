"""An agent that remembers its user in the next talk, says why, and forgets when told to."""

import personae
from personae.agent import Agent
from personae.memory.long_term import Believed, LongTerm, forget_belief
from personae.memory.store import open_store
from personae.memory.turns import Scope
from personae.models import Scripted
from personae.persona.find import find
from personae.types import Conversation, Message

keeper = find("lighthouse-keeper")
store = open_store("memory.db")


def told(conversation: str, line: str) -> personae.agent.Turn:
    memory = LongTerm(store, Scope(keeper.name, "Ines", conversation))
    agent = Agent(keeper, Scripted(["Aye."]), memory=memory, user="Ines")
    return personae.run(agent.reply(Conversation() + Message("user", line)))


told("monday", "I can't stand opera. The red boat went to my cousin Marta.")
turn = told("friday", "Who has the boat now?")
for memory in turn.prompt.recollections:
    print(memory.kind, "–", memory.text, "– from", ", ".join(memory.sources))

gone = forget_belief(store, Scope(keeper.name, "Ines"), "preferences.things", "opera")
print(f"{gone.turns} turn forgotten")
print(Believed(store, Scope(keeper.name, "Ines")).profile().show())
store.close()
