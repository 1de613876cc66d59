"""The parts a persona is made of. Plain data, frozen; every field optional but the one that names the part.

Two parts have files of their own: the lorebook (`lorebook/`) and the whole (`persona.py`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: Domains of the Big Five, in the order used wherever five numbers stand side by side.
BIG_FIVE = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")

#: What a statement is about. Distractors for a forced choice come from the same kind.
STATEMENT_KINDS = (
    "name",
    "age",
    "origin",
    "residence",
    "work",
    "education",
    "family",
    "relationship",
    "pet",
    "possession",
    "appearance",
    "health",
    "like",
    "dislike",
    "food",
    "hobby",
    "habit",
    "skill",
    "belief",
    "personality",
    "speech",
    "fear",
    "goal",
    "event",
    "secret",
    "limit",
    "other",
)

Unit = Annotated[float, Field(ge=0.0, le=1.0)]
Signed = Annotated[float, Field(ge=-1.0, le=1.0)]


class Part(BaseModel):
    """Base of all parts: frozen, and unknown keys are errors (user data goes to `extensions`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Span(Part):
    """Where in a source text something was read: characters `start` (included) to `end` (excluded) of `section`."""

    section: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Probe(Part):
    """A question that brings one statement to light, and the short answer the persona should give."""

    question: str = Field(min_length=1)
    answer: str = Field(min_length=1)


class Statement(Part):
    """One atomic fact. Changing the text of a fact keeps its `id`; a new fact gets a new one.

    `kind` is one of `STATEMENT_KINDS`. `person` is the grammatical person the text is written in, `speaker` whose
    fact it is, `slot` a finer key below the kind ("job", "pet.name"). `valid_from`/`valid_to` are ISO 8601 dates.
    """

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    kind: str = "other"
    person: Literal["first", "second", "third"] = "first"
    speaker: Literal["self", "user", "other"] = "self"
    slot: str | None = None
    probe: Probe | None = None
    source: Span | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    origin: Literal["given", "expanded", "invented", "extracted"] = "given"
    confidence: Unit = 1.0


class Identity(Part):
    """Who the persona is on paper. `demographics` takes what has no field: household, class, religion …"""

    nickname: str | None = None
    pronouns: str | None = None
    gender: str | None = None
    age: str | None = None
    birthday: str | None = None
    region: str | None = None
    origin: str | None = None
    occupation: str | None = None
    education: str | None = None
    family: str | None = None
    appearance: str | None = None
    languages: tuple[str, ...] = ()
    demographics: dict[str, str] = Field(default_factory=dict)


class Personality(Part):
    """What the persona is like. `big_five` holds domains of `BIG_FIVE` in −1 (low) … 1 (high)."""

    description: str | None = None
    traits: tuple[str, ...] = ()
    big_five: dict[str, Signed] = Field(default_factory=dict)
    type: str | None = Field(default=None, description="a type code such as INTJ, kept as given")
    strengths: tuple[str, ...] = ()
    weaknesses: tuple[str, ...] = ()
    emotions: str | None = None


class LifeContext(Part):
    """A person's days, and what they love and hate: people are told apart by these better than by traits."""

    weekday: str | None = None
    weekend: str | None = None
    loves: tuple[str, ...] = ()
    hates: tuple[str, ...] = ()
    living_conditions: str | None = None
    social_life: str | None = None
    worry: str | None = None


class Event(Part):
    """Something that happened. `when` is free text or an ISO date."""

    text: str = Field(min_length=1)
    when: str | None = None
    id: str | None = None


class Relation(Part):
    """Someone the persona knows. `affection` runs from −1 (enemy) over 0 to 1 (loved)."""

    name: str = Field(min_length=1)
    kind: str | None = None
    affection: Signed | None = None
    description: str | None = None


class Speech(Part):
    """How the persona talks. The four knobs are 0 … 1; `style` holds targets of the 8-dimension style vector."""

    tone: str | None = None
    register_: str | None = Field(default=None, alias="register")
    formality: Unit | None = None
    verbosity: Unit | None = None
    emoji: Unit | None = None
    humour: Unit | None = None
    quirks: tuple[str, ...] = ()
    catchphrases: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    style: dict[str, float] = Field(default_factory=dict)

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True, populate_by_name=True)


class Turn(Part):
    """One line of an example. `speaker` is "char", "user" or a name."""

    speaker: str = Field(min_length=1)
    text: str


class Example(Part):
    """A short talk that shows the persona's voice."""

    turns: tuple[Turn, ...]


class Knowledge(Part):
    """What the persona knows well, what it cannot know, and the moment its world ends."""

    knows: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    until: str | None = None


class State(Part):
    """The part that moves during a story. Levels are −1 … 1; `facts` holds anything else that may change."""

    mood: Signed | None = None
    trust: Signed | None = None
    intimacy: Signed | None = None
    energy: Signed | None = None
    facts: dict[str, str] = Field(default_factory=dict)


class Prompting(Part):
    """The author's own prompt texts. `{{original}}` in them stands for the text they replace."""

    system: str | None = None
    post_history: str | None = None
    depth: str | None = Field(default=None, description="text inserted `depth_at` messages before the end")
    depth_at: int = Field(default=4, ge=0)
    depth_role: Literal["system", "user", "assistant"] = "system"


class Asset(Part):
    """A file that belongs to the persona. `uri` is a path beside the file, `embeded://…`, `data:` or a web address."""

    type: str
    uri: str
    name: str = "main"
    ext: str = ""


class Provenance(Part):
    """Where the persona comes from. Times are unix seconds; 0 means unknown."""

    creator: str | None = None
    version: str | None = None
    notes: str | None = None
    notes_by_language: dict[str, str] = Field(default_factory=dict)
    sources: tuple[str, ...] = ()
    created: int | None = None
    modified: int | None = None


#: Free data of other programs, kept as it came.
JsonObject = dict[str, Any]
