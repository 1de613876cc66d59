"""What a decision in character is: somebody, what they are like, what they remember, and four ways to go on."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from personae.errors import UsageError
from personae.models.scoring import check_options
from personae.persona.anonymise import anonymiser

#: Options of a decision (LifeChoice, 2024).
OPTIONS = 4
#: Words of one memory when a long text is cut into memories.
PASSAGE_WORDS = 80

_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+[\"”’')\]]*|(?=\n)|$)\s*")


@dataclass(frozen=True, slots=True)
class Decision:
    """Somebody has to decide; `gold` is the index of the option they chose.

    `memories` are in the order in which they were lived. `people` are further names in the texts, for whoever hides
    names. Raises `UsageError` for a decision without scenario or question, a number of options other than four,
    options that are empty or equal, and a gold index that is none of them.

    >>> Decision("d", "Ana", "It rains.", "Does she go?", ("Yes", "No", "Later", "Never"), 2).gold
    2
    """

    id: str
    character: str
    scenario: str
    question: str
    options: tuple[str, ...]
    gold: int
    description: str = ""
    memories: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_options(self.options)
        if len(self.options) != OPTIONS or not 0 <= self.gold < OPTIONS:
            raise UsageError(
                f"the decision {self.id!r} has {len(self.options)} options, gold {self.gold!r}; it needs {OPTIONS}"
            )
        if not (self.character.strip() and self.scenario.strip() and self.question.strip()):
            raise UsageError(f"the decision {self.id!r} lacks a character, a scenario or a question")

    @property
    def parts(self) -> tuple[str, ...]:
        """The description in parts: its lines, and their sentences.

        >>> Decision("d", "Ana", "s", "q", ("a", "b", "c", "d"), 0, "She sings. She lies.\\nShe is old.").parts
        ('She sings.', 'She lies.', 'She is old.')
        """
        return sentences(self.description)

    def anonymised(self) -> Decision:
        """The same decision with neutral names for the character and its `people`, in every text."""
        written = (self.scenario, self.question, self.description, *self.options, *self.memories)
        hide = anonymiser([self.character, *self.people], book=written)
        return dataclasses.replace(
            self,
            character=hide(self.character),
            scenario=hide(self.scenario),
            question=hide(self.question),
            options=tuple(hide(option) for option in self.options),
            description=hide(self.description),
            memories=tuple(hide(memory) for memory in self.memories),
            people=tuple(hide(name) for name in self.people),
        )


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each on its own; marks of lists are taken off, what holds no letter is left out."""
    found = (piece.strip().lstrip("-*•# ").strip() for piece in _SENTENCE.findall(text))
    return tuple(piece for piece in found if any(letter.isalpha() for letter in piece))


def passages(text: str, words: int = PASSAGE_WORDS) -> tuple[str, ...]:
    """A long text as memories: whole sentences, up to `words` words together, never across paragraphs.

    >>> passages("One two. Three four.\\n\\nFive.", words=2)
    ('One two.', 'Three four.', 'Five.')
    """
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        held: list[str] = []
        for sentence in sentences(paragraph):
            if held and sum(len(piece.split()) for piece in (*held, sentence)) > words:
                found.append(" ".join(held))
                held = []
            held.append(" ".join(sentence.split()))
        if held:
            found.append(" ".join(held))
    return tuple(found)
