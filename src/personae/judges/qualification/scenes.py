"""Role-identification items from scenes: every turn of a character in company becomes a question.

A scene is anything with a scenario, parts and a script, as `personae.simulate.scenes` reads them from files. Names in
the talk become neutral labels, for who spoke when gives a lot away; with `anonymise` names inside texts are replaced as
well, so that a judge has to read instead of remembering the book.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from personae.errors import FormatError, UsageError
from personae.judges.asking import filled
from personae.judges.qualification.speakers import FEWEST, MOST, Candidate, SpeakerItem
from personae.judges.qualification.wording import wording
from personae.persona.anonymise import Anonymiser, anonymiser

#: Turns before the reply that a judge gets to read.
TURNS = 8
#: The voice of surroundings and crowds, which is nobody's.
NOBODY = "Environment"


class Part(Protocol):
    """Somebody in a scene."""

    @property
    def name(self) -> str:
        """What they are called."""
        ...

    @property
    def profile(self) -> str:
        """What is known of them; may be empty."""
        ...


class Line(Protocol):
    """A turn of the script."""

    @property
    def speaker(self) -> str:
        """Whose turn it is."""
        ...

    @property
    def text(self) -> str:
        """What is said, done and thought."""
        ...


class SceneLike(Protocol):
    """What is needed of a scene."""

    @property
    def id(self) -> str:
        """Its name, different for each scene."""
        ...

    @property
    def scenario(self) -> str:
        """Where it is set."""
        ...

    @property
    def parts(self) -> Sequence[Part]:
        """Who is in it."""
        ...

    @property
    def script(self) -> Sequence[Line]:
        """Its turns, in order."""
        ...


def speaker_items(
    scenes: Iterable[SceneLike],
    *,
    visible: Callable[[str], str] = str.strip,
    anonymise: bool = False,
    turns: int = TURNS,
    fewest: int = FEWEST,
) -> tuple[SpeakerItem, ...]:
    """One item for each turn of a character, from the scenes in which `fewest` to five characters speak.

    visible: what others get of a turn (`personae.simulate.scenes.visible` takes thoughts out); a turn of which nothing
    is left is no item. A scene in which a speaker has no profile gives none: a candidate without one could be told by
    that alone. A scene that comes twice counts once.
    """
    different = {(scene.scenario, tuple((line.speaker, line.text) for line in scene.script)): scene for scene in scenes}
    hide = _hiding(different.values()) if anonymise else str
    found: list[SpeakerItem] = []
    for scene in different.values():
        known = {part.name: part.profile.strip() for part in scene.parts}
        speakers = list(dict.fromkeys(line.speaker for line in scene.script if line.speaker != NOBODY))
        if not fewest <= len(speakers) <= MOST or not all(known.get(name) for name in speakers):
            continue
        candidates = tuple(Candidate(hide(name), hide(known[name])) for name in speakers)
        for number, line in enumerate(scene.script):
            reply = hide(visible(line.text))
            if line.speaker == NOBODY or not reply.strip():
                continue
            before = scene.script[max(0, number - turns) : number]
            context = hide(told(scene.scenario, [(each.speaker, visible(each.text)) for each in before]))
            item = SpeakerItem(f"{scene.id}/{number}", context, reply, candidates, speakers.index(line.speaker))
            found.append(item)
    return tuple(found)


def items_in(
    folder: Path | str,
    load: Callable[[Path], Iterable[SceneLike]],
    *,
    visible: Callable[[str], str] = str.strip,
    anonymise: bool = False,
) -> tuple[tuple[SpeakerItem, ...], tuple[str, ...]]:
    """Items of all scene files of a folder, and a line for each JSON or YAML file that holds no scene.

    load: reads the scenes of a file (`personae.simulate.scenes.load_scenes`). Raises `UsageError` for a folder that is
    not there, or gives no item.
    """
    files = sorted(path for path in Path(folder).glob("*") if path.suffix.lower() in (".json", ".yaml", ".yml"))
    if not files:
        raise UsageError(f"{str(folder)!r} holds no JSON or YAML file; name a folder of scene files")
    scenes: list[SceneLike] = []
    passed_over: list[str] = []
    for file in files:
        try:
            scenes += load(file)
        except FormatError as error:
            passed_over.append(str(error))
    items = speaker_items(scenes, visible=visible, anonymise=anonymise)
    if not items:
        why = f"{len(scenes)} scenes, none with {FEWEST} to {MOST} speakers who all have profiles"
        raise UsageError(f"{str(folder)!r} gives no role-identification item: {why}")
    return items, tuple(passed_over)


def told(scenario: str, lines: Sequence[tuple[str, str]]) -> str:
    """The scene and its last turns, speakers as "Character 1" (who spoke last), "Character 2" …

    >>> print(told("A lift.", [("Ana", "It is stuck."), ("Rui", "Again?")]))
    A lift.
    <BLANKLINE>
    Character 2: It is stuck.
    Character 1: Again?
    <BLANKLINE>
    (“Character 1” spoke last.)
    """
    texts = wording()["speaker"]
    heard = [(speaker, text) for speaker, text in lines if text.strip()]
    order = list(dict.fromkeys(speaker for speaker, _ in reversed(heard) if speaker != NOBODY))
    labels = {name: filled(texts["label"], {"number": str(place)}) for place, name in enumerate(order, 1)}
    shown = [f"{labels.get(speaker, texts['nobody'])}: {' '.join(text.split())}" for speaker, text in heard]
    if not order:
        return "\n\n".join([scenario, *shown])
    return filled(texts["talk"], {"scenario": scenario, "lines": "\n".join(shown)}).strip()


def _hiding(scenes: Iterable[SceneLike]) -> Callable[[str], str]:
    """Neutral names for everybody in any of the scenes."""
    cast: dict[str, None] = {}
    pages: list[str] = []
    for scene in scenes:
        cast |= dict.fromkeys(part.name for part in scene.parts)
        pages += [scene.scenario, *(line.text for line in scene.script), *(part.profile for part in scene.parts)]
    names = [name for name in cast if any(letter.isalpha() for letter in name)]
    hide: Anonymiser | None = anonymiser(names, book=pages) if names else None
    return hide or str
