"""What a soft prompt is tuned on: talk of the persona, talk that shows no persona, and what follows from what is said.

Talk of the persona: its statements as answers to the questions that ask for them, its examples, and the dialogues of
PersonaChat (CC BY 4.0) whose speaker has the same statements, if there are any. Talk without a persona: PersonaChat
turns that share no content word with a statement of their speaker's. Dialogues and wordings of a question are held out
whole.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.metrics.nidf import content_words
from personae.persona.macros import Macros
from personae.persona.own import own_statements
from personae.persona.persona import Persona
from personae.persona.questions import questions_for
from personae.train.pair_scorer.characters import character_pairs
from personae.train.pair_scorer.dialogue_pairs import DialogueMaker, Embed, Turn, reworded, tidy
from personae.train.pair_scorer.persona_pairs import Maker, Pair, talk
from personae.train.pair_scorer.rows import normal
from personae.types import ENTAILMENT, Message

Task = Literal["persona", "free", "entailment"]

#: Every so many-th dialogue of the persona is held out (at least one where there are two).
HELD_OUT = 3
#: What the person who is talked to is called where an example names them.
PARTNER = "friend"
#: Messages of an example that are read before the persona's turn.
CONTEXT = 3
#: Most rows without a persona; turns the pairs "a line that repeats a statement" are read from; slot pairs drawn.
FREE, TURNS, SLOT_PAIRS = 2_000, 1_000, 1_000
#: Largest file of turns that is read.
MAX_BYTES = 256 * MEGABYTE
#: Wordings of a question for each statement; the last one is held out.
WORDINGS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """What is read, what should be said, for which task, and where it comes from ("asked", "dialogue", a pair rule)."""

    messages: tuple[Message, ...]
    answer: str
    task: Task
    source: str


@dataclass(frozen=True)
class Rows:
    """Rows to tune on, and rows of the persona held out. `counts` by task and source."""

    train: tuple[Row, ...]
    held_out: tuple[Row, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each task and source are tuned on."""
        return dict(Counter(f"{row.task}: {row.source}" for row in self.train))

    def of(self, task: Task) -> list[Row]:
        """The rows of one task to tune on."""
        return [row for row in self.train if row.task == task]


def read_rows(persona: Persona, data: Path, embed: Embed | None, *, seed: int = 0) -> Rows:
    """The rows for a persona from the folder that holds `personachat`; without `embed` no entailed pairs.

    Raises UsageError without that folder, and for a persona that has nothing to say of itself.
    """
    folder = data / "personachat"
    if not (folder / "src-train.txt").is_file():
        raise UsageError(
            f"{str(data)!r} has no folder 'personachat'; name the data folder with --data or PERSONAE_DATA"
        )
    rng = random.Random(seed)
    turns = read_split(folder, "train")
    asked, kept_back = asked_rows(persona)
    talks = dialogues(persona, [*turns, *read_split(folder, "val")])
    held = talks[HELD_OUT - 1 :: HELD_OUT] or talks[1:2]
    said = [row for one in talks if one not in held for row in one] + example_rows(persona) + asked
    if not said:
        raise UsageError(f"the persona {persona.name!r} has no statement and no example to tune on; give it some")
    held_out = [row for one in held for row in one] + kept_back
    rows = [*said, *free_rows(turns, rng)]
    if embed is not None:
        rows += entailment_rows(persona, turns, embed, rng)
    return Rows(tuple(rows), tuple(held_out))


@cache
def read_split(folder: Path, split: Literal["train", "val"]) -> tuple[Turn, ...]:
    """The turns of one half of PersonaChat, as people would write them, in the order of the files.

    Raises FormatError for files that are missing or of unequal length.
    """
    files = [folder / f"{name}-{split}.txt" for name in ("src", "tgt", "per")]
    columns = [read_limited(file, MAX_BYTES).decode("utf-8", "replace").splitlines() for file in files]
    if len({len(column) for column in columns}) > 1:
        raise FormatError(
            f"{', '.join(file.name for file in files)} in {str(folder)!r} have {list(map(len, columns))} lines; they "
            "go line by line, fetch them again"
        )
    return tuple(
        Turn(tidy(query), tidy(reply), tuple(map(tidy, statements.split("</s>"))))
        for query, reply, statements in zip(*columns, strict=True)
    )


def asked_rows(persona: Persona) -> tuple[list[Row], list[Row]]:
    """Each statement as the answer to its questions: rows to tune on, and a wording of the question held out."""
    train, held_out = [], []
    for statement in own_statements(persona):
        probe = [statement.probe.question] if statement.probe else []
        templates = [probe.question for probe in questions_for(statement, n=WORDINGS)]
        wordings = list(dict.fromkeys([*probe, *templates]))
        rows = [Row((Message("user", wording),), statement.text, "persona", "asked") for wording in wordings]
        train += rows[:-1] or rows
        held_out += rows[len(rows) - 1 :] if len(rows) > 1 else []
    return train, held_out


def example_rows(persona: Persona) -> list[Row]:
    """The persona's turns in its own examples, each after what was said before it."""
    rows = []
    plain = Macros(persona.name, PARTNER, random.Random(0))
    for example in persona.examples:
        said = [Message("assistant" if turn.speaker in ("char", persona.name) else "user", plain(turn.text))
                for turn in example.turns]  # fmt: skip
        for at, message in enumerate(said):
            before = tuple(itertools.dropwhile(lambda one: one.role != "user", said[max(0, at - CONTEXT) : at]))
            if message.role == "assistant" and before:
                rows.append(Row(before, message.content, "persona", "example"))
    return rows


def dialogues(persona: Persona, turns: Sequence[Turn]) -> list[list[Row]]:
    """The dialogues of speakers who have this persona's statements, all of them and no others."""
    own = {normal(statement.text) for statement in own_statements(persona)}
    found = []
    for statements, group in itertools.groupby(turns, key=lambda turn: turn.persona):
        if own and {normal(statement) for statement in statements} == own:
            found.append([Row((Message("user", turn.query),), turn.reply, "persona", "dialogue") for turn in group])
    return found


def free_rows(turns: Sequence[Turn], rng: random.Random) -> list[Row]:
    """Turns that show nothing of who speaks."""
    free = [turn for turn in turns if not set(content_words(turn.reply)) & _words(turn.persona)]
    drawn = rng.sample(free, min(FREE, len(free)))
    return [Row((Message("user", turn.query),), turn.reply, "free", "personachat") for turn in drawn]


def entailment_rows(persona: Persona, turns: Sequence[Turn], embed: Embed, rng: random.Random) -> list[Row]:
    """Premise → entailed hypothesis: the persona's own statements, as often as all others together, then characters,
    slots, and lines of PersonaChat that repeat a statement of their speaker's."""
    lines = DialogueMaker(rng.sample(list(turns), min(TURNS, len(turns))), (), embed, rng.randrange(1 << 30)).pairs()
    others = [pair for pair in (*character_pairs(rng), *Maker(rng.randrange(1 << 30)).pairs(SLOT_PAIRS), *lines)
              if pair.label == ENTAILMENT]  # fmt: skip
    own = list(own_pairs(persona, rng))
    repeated = itertools.islice(itertools.cycle(own), len(others)) if own else ()
    ask = texts()["entailment"]
    return [
        Row((Message("user", ask.format(premise=pair.premise)),), pair.hypothesis, "entailment", _origin(pair))
        for pair in (*repeated, *others)
    ]


def own_pairs(persona: Persona, rng: random.Random) -> Iterable[Pair]:
    """What the persona may say, and the statement that follows from it: inside chat, and with a word exchanged."""
    for statement in own_statements(persona):
        said = [f"{rng.choice(talk()['before'])} {statement.text}", f"{statement.text} {rng.choice(talk()['after'])}"]
        for premise in (*said, *reworded(statement.text, rng)):
            yield Pair(premise, statement.text, ENTAILMENT, "own")


@cache
def texts() -> dict[str, str]:
    """Our own words to the model."""
    return dict(YAML(typ="safe").load((Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8")))


def _words(statements: Iterable[str]) -> set[str]:
    return {word for statement in statements for word in content_words(statement)}


def _origin(pair: Pair) -> Any:
    return pair.source.partition(":")[0] if pair.source.startswith(("own", "characters")) else "slots and personachat"
