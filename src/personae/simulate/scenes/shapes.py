"""The shapes a scene may have in a file, as pydantic models at the edge: bounded, cleaned, and then a `Scene`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from personae.persona.formats.json_text import printable
from personae.simulate.scenes.grammar import from_marked
from personae.simulate.scenes.scene import END, ENVIRONMENT, Line, Part, Scene


def _plain(value: Any) -> Any:
    return printable(value).strip() if isinstance(value, str) else value


def _name(text: str) -> str:
    text = " ".join(text.split())
    if not text or any(not letter.isprintable() for letter in text):
        raise ValueError(f"{text!r} is no name")
    if text.casefold() in (END.casefold(), "end"):
        raise ValueError(f"{text!r} ends a scene and cannot be anybody's name")
    return text


def _in_one(between: str, value: Any) -> Any:
    """A list of texts as one text; whatever else as it is."""
    listed = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return between.join(value) if listed else value


def _or_empty(value: Any) -> Any:
    return "" if value is None else value


Clean = Annotated[str, BeforeValidator(_plain)]
Text = Annotated[Clean, Field(max_length=100_000)]
Loose = Annotated[Text, BeforeValidator(_or_empty)]
Name = Annotated[Clean, Field(max_length=120), AfterValidator(_name)]


class Shape(BaseModel):
    """Base: what a released file has besides is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class OwnCharacter(Shape):
    """Somebody in our own scene file."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    profile: Text = ""
    motivation: Text = ""

    @field_validator("name")
    @classmethod
    def _not_the_environment(cls, name: str) -> str:
        if name.casefold() == ENVIRONMENT.casefold():
            raise ValueError(f"{ENVIRONMENT} is always there and needs no part")
        return name


class OwnLine(Shape):
    """A line of the script in our own scene file."""

    model_config = ConfigDict(extra="forbid")

    speaker: Name
    text: Text = Field(min_length=1)


class OwnScene(Shape):
    """Our own scene file. Only the scenario is needed; personas may bring the characters."""

    model_config = ConfigDict(extra="forbid")

    scene: Literal[1]
    id: Clean = Field(default="", max_length=200)
    scenario: Text = Field(min_length=1)
    topic: Text = ""
    language: str = Field(default="en", max_length=20)
    first: Name | None = None
    characters: tuple[OwnCharacter, ...] = Field(default=(), max_length=50)
    dialogue: tuple[OwnLine, ...] = Field(default=(), max_length=2000)

    @model_validator(mode="after")
    def _names_are_known(self) -> OwnScene:
        names = [character.name.casefold() for character in self.characters]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two characters are called {twice!r}; give each a name of their own")
        return self

    def to_scene(self, title: str) -> Scene:
        """The scene; without an id it is called as its file."""
        parts = [Part(who.name, who.profile, who.motivation) for who in self.characters]
        return Scene(
            id=self.id or title,
            scenario=self.scenario,
            topic=self.topic,
            parts=tuple(_with_speakers(parts, [line.speaker for line in self.dialogue], {})),
            script=tuple(Line(line.speaker, line.text) for line in self.dialogue),
            first=self.first,
            language=self.language,
        )


class PlotCharacter(Shape):
    """Somebody in a plot; what they lived through is called `experience` or `summary`."""

    name: Name
    description: Loose = ""
    experience: Loose = ""
    summary: Loose = ""

    @property
    def lived(self) -> str:
        """What the character lived through in the plot."""
        return self.experience or self.summary


class CoserCharacter(Shape):
    """Somebody in a scene; what moves them is called `thought` or `motivation`."""

    name: Name
    thought: Loose = ""
    motivation: Loose = ""
    description: Loose = ""


class CoserLine(Shape):
    """A turn of the book."""

    character: Name
    message: Text


class ScenePlot(Shape):
    """The part of the story a scene belongs to."""

    summary: Loose = ""
    i_p: int | None = None
    key_characters: tuple[PlotCharacter, ...] = Field(default=(), max_length=500)


class CoserScene(Shape):
    """A scene of the CoSER collection."""

    scenario: Text = Field(min_length=1)
    topic: Loose = ""
    key_characters: tuple[CoserCharacter, ...] = Field(default=(), max_length=50)
    dialogues: tuple[CoserLine, ...] = Field(default=(), max_length=2000)
    major_characters: tuple[Name, ...] = Field(default=(), max_length=50)
    character_profiles: dict[Clean, Loose] = Field(default_factory=dict, max_length=500)
    plot: ScenePlot | None = None
    book: Loose = ""
    i_p: int | None = None
    i_c: int | None = None

    def to_scene(
        self,
        book: str = "",
        plot: ScenePlot | None = None,
        index: tuple[int, int] | None = None,
        profiles: Mapping[str, str] | None = None,
    ) -> Scene:
        """The scene, with what a book file says beside it: title, plot, places in it, and profiles."""
        plot, book = plot or self.plot or ScenePlot(), book or self.book or "scene"
        i_p, i_c = index or (plot.i_p if plot.i_p is not None else self.i_p, self.i_c or 0)
        about = {who.name: who.description for who in plot.key_characters}
        about |= {who.name: who.description for who in self.key_characters if who.description}
        known = {**(profiles or {}), **self.character_profiles}
        told = {name: "\n\n".join(filter(None, (about.get(name), known.get(name)))) for name in {**about, **known}}
        parts = [
            Part(who.name, told.get(who.name, ""), who.motivation or who.thought)
            for who in {who.name: who for who in self.key_characters}.values()
            if who.name != ENVIRONMENT
        ]
        script = tuple(Line(line.character, line.message) for line in self.dialogues)
        return Scene(
            id="-".join(str(step) for step in (book, i_p, i_c) if step is not None),
            scenario=self.scenario,
            topic=self.topic,
            parts=tuple(_with_speakers(parts, [line.speaker for line in script], told)),
            script=script,
            major=tuple(name for name in self.major_characters if name != ENVIRONMENT),
            book="" if book == "scene" else book,
            plot=i_p,
            plot_text=plot.summary,
        )


class Plot(ScenePlot):
    """A part of a book with the scenes in it."""

    conversation: tuple[CoserScene, ...] = Field(default=(), max_length=1000)


class MarkedLine(Shape):
    """A turn whose kind stands beside it."""

    role: Name
    action: Loose = ""
    content: Loose = ""


class MarkedScene(Shape):
    """A dialogue of turns marked (thinking) and (speaking)."""

    setting: Annotated[Text, BeforeValidator(partial(_in_one, " "))]
    topic: Annotated[Text, BeforeValidator(partial(_in_one, ", "))] = ""
    dialogue: tuple[MarkedLine, ...] = Field(max_length=2000)

    def to_scene(self, title: str) -> Scene:
        """The scene in our grammar."""
        turns = from_marked((line.role, line.action, line.content) for line in self.dialogue)
        script = tuple(Line(speaker, text) for speaker, text in turns)
        parts = tuple(_with_speakers([], [line.speaker for line in script], {}))
        return Scene(title, self.setting, self.topic, parts, script)


def _with_speakers(parts: Iterable[Part], speakers: Iterable[str], profiles: Mapping[str, str]) -> list[Part]:
    """The parts, and one for each further speaker of the script."""
    found = {part.name: part for part in parts}
    for name in speakers:
        if name != ENVIRONMENT:
            found.setdefault(name, Part(name, profiles.get(name, "")))
    return list(found.values())
