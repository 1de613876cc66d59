"""What an actor remembers from other parts of the story: by the words of the last turns, never from its own scene."""

from __future__ import annotations

from dataclasses import dataclass, field

from personae.memory import Memory, Recalled, Window
from personae.metrics.tfidf import TfIdf
from personae.simulate.scenes.scene import Note, Scene
from personae.types import Conversation, Message

#: How many of the last messages are the query, and how many notes come to mind.
QUERY_MESSAGES = 3
NOTES = 3


@dataclass(frozen=True)
class Recollections:
    """A memory of notes: the `k` that share most with the last three messages, in the order of the story.

    Nearness is TF-IDF; a note that shares no word stays away. `inner` recalls the talk itself.
    """

    notes: tuple[Note, ...]
    k: int = NOTES
    inner: Memory = field(default_factory=Window)

    @property
    def name(self) -> str:
        """What a transcript calls it."""
        return f"{self.k} recollections"

    async def recall(self, conversation: Conversation) -> Recalled:
        """The talk and the notes that bear on its end."""
        recalled = await self.inner.recall(conversation)
        if not self.notes or not len(conversation):
            return recalled
        texts = [note.text for note in self.notes]
        query = "\n".join(message.content for message in conversation.messages[-QUERY_MESSAGES:])
        nearness = TfIdf.fit(texts).similarities(query, texts)
        best = sorted(range(len(texts)), key=lambda place: (-nearness[place], place))[: self.k]
        facts = tuple(texts[place] for place in sorted(best) if nearness[place] > 0)
        return Recalled(recalled.conversation, (*recalled.facts, *facts), recalled.forgotten)

    async def keep(self, message: Message) -> None:
        """The notes are written; the talk is kept by `inner`."""
        await self.inner.keep(message)


def own_notes(scene: Scene, name: str) -> tuple[Note, ...]:
    """What `name` may remember in this scene: summaries and own experiences of all plots but the scene's.

    >>> notes = (Note("Lear rages.", 3), Note("I fled.", 2, "Edgar"), Note("I lied.", 2, "Edmund"))
    >>> [note.text for note in own_notes(Scene("s", "A heath.", plot=3, notes=notes), "Edgar")]
    ['I fled.']
    """
    return tuple(
        note
        for note in scene.notes
        if note.who in (None, name) and note.plot != scene.plot and note.text != scene.plot_text
    )
