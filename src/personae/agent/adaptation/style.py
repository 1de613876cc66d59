"""How much of the partner's style to take on: read from the talk at every turn, told to the model in words.

Nothing is remembered between turns. The whole course – where the partner stood, where the voice was to go, where the
reply really went – is worked out again from the conversation, so the same talk always gives the same instruction.
Policies, vector and numbers: the Synchrony–Stability Frontier (2025); the words are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from personae.errors import UsageError
from personae.files import bundled
from personae.metrics.text import words
from personae.persona.find import starter_paths
from personae.persona.formats import load
from personae.persona.persona import Persona
from personae.persona.voice import heard_lines, voice_lines
from personae.types import Conversation

if TYPE_CHECKING:
    from personae.metrics.style_policies import StylePolicy
    from personae.metrics.style_space import StyleSpace

#: A voice needs this many lines before it has a centre.
MIN_LINES = 3

Vector = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StyleStep:
    """One turn in z-units, live dimensions only: the partner, where the voice was told to go, and where it went.

    `said` is None while the reply is not there, or when it has no word that could be read.
    """

    heard: Vector
    target: Vector
    said: Vector | None = None


@dataclass(frozen=True, slots=True)
class StyleCourse:
    """A talk's synchrony and stability, of the targets and of the replies, and how often informality changed its sign.

    `told_…` are about the targets (what the policy wants), the others about what was really said. None: undefined.
    """

    told_synchrony: float | None
    told_stability: float | None
    told_flips: float | None
    synchrony: float | None
    stability: float | None
    flips: float | None
    turns: int


@dataclass(frozen=True)
class AdaptStyle:
    """An `Adapt`: the persona's own voice, and how far to leave it for this reply, as an instruction at its end.

    `space` is the scale with the persona's centre (`style_space`), `policy` a `StylePolicy` or the name of one of the
    eight in `personae.metrics.style_policies.POLICIES`. `on_turn` hears the last step. Raises UsageError for an
    unknown policy, and for a centre without length, towards which nothing could be kept.
    """

    space: StyleSpace
    policy: StylePolicy | str = "hybrid"
    on_turn: Callable[[StyleStep], None] | None = None

    def __post_init__(self) -> None:
        import numpy as np

        from personae.metrics.style import ZERO_NORM

        policy_called(self.policy)
        if float(np.linalg.norm(self.space.centre)) < ZERO_NORM:
            raise UsageError("the centre of this voice has no length; fit the scale on both sides of the talk")

    async def __call__(self, persona: Persona, conversation: Conversation) -> Persona:
        """The persona with the instruction for this turn among what it knows of now."""
        steps = style_steps(conversation, self.space, self.policy, language=persona.language)
        if steps and self.on_turn is not None:
            self.on_turn(steps[-1])
        told = instruction(self.space, steps[-1].target if steps else None)
        facts = persona.state.facts | {_texts()["title"]: told}
        return persona.edited(state=persona.state.model_copy(update={"facts": facts}))


def style_space(persona: Persona, log: Iterable[Conversation] = ()) -> StyleSpace:
    """The scale for a persona and its place on it.

    Without a log the scale is that of what all starters of its language and the persona itself say and hear in their
    examples, and the centre the mean of the persona's own lines. With a log of its talks both come from there.
    Raises UsageError when there are fewer than three lines of its own.
    """
    import numpy as np

    from personae.metrics.style import style_vector
    from personae.metrics.style_space import StyleSpace

    said = [(message.role, message.content) for talk in log for message in talk if words(message.content)]
    own = [text for role, text in said if role == "assistant"] if said else voice_lines(persona)
    if len(own) < MIN_LINES:
        where = "the log" if said else "examples, speech samples and greetings"
        raise UsageError(
            f"{persona.name!r} has {len(own)} lines of its own in {where}; a voice needs at least {MIN_LINES}"
        )
    if said:
        bots, users = own, [text for role, text in said if role == "user"]
    else:
        people = (persona, *(other for other in _starters(persona.language) if other.name != persona.name))
        bots = [line for each in people for line in voice_lines(each)]
        users = [line for each in people for line in heard_lines(each)]

    def vectors(lines: Sequence[str]) -> Any:
        return np.array([style_vector(line, language=persona.language) for line in lines]).reshape(-1, 8)

    return StyleSpace.fit(vectors(users), vectors(bots), own=vectors(own))


def style_steps(
    conversation: Conversation, space: StyleSpace, policy: StylePolicy | str, *, language: str = "en"
) -> tuple[StyleStep, ...]:
    """Every turn of the partner that has words, in order, with the target the policy sets and the reply, if any."""
    from personae.metrics.style import style_vector

    moves = policy_called(policy)
    voice, steps = space.centre, list[StyleStep]()
    for message in conversation:
        if message.role == "system" or not words(message.content):
            continue
        z = space.scaler.transform(style_vector(message.content, language=language))
        if message.role == "user":
            voice = moves.step(voice, z, space.centre)
            steps.append(StyleStep(_plain(z), _plain(voice)))
        elif steps and steps[-1].said is None:
            steps[-1] = replace(steps[-1], said=_plain(z))
    return tuple(steps)


def style_course(steps: Sequence[StyleStep], space: StyleSpace) -> StyleCourse:
    """What a talk came to; replies are compared with the turn they answer."""
    from personae.metrics.style import register_flips, stability, synchrony

    answered = [(step.heard, step.said) for step in steps if step.said is not None]
    heard, said = [one for one, _ in answered], [other for _, other in answered]
    targets = [step.target for step in steps]
    place = space.informality

    def flips(vectors: Sequence[Vector]) -> float | None:
        return None if place is None else register_flips([vector[place] for vector in vectors])

    return StyleCourse(
        synchrony(targets, [step.heard for step in steps]),
        stability(targets),
        flips(targets),
        synchrony(said, heard),
        stability(said),
        flips(said),
        len(steps),
    )


def instruction(space: StyleSpace, target: Sequence[float] | None) -> str:
    """Base and delta in words: what marks the persona's own voice, and what to raise or lower for this reply, the
    strongest first.

    `target` is where the voice should be, in z-units; None, or a target nearer than the least degree, means to stay.
    """
    text, base, moves = _texts(), list[str](), list[tuple[float, str]]()
    for place, name in enumerate(space.names):
        say, own = text["dimensions"][name], float(space.centre[place])
        if abs(own) >= text["marked"]:
            base.append(say["high" if own > 0 else "low"])
        change = 0.0 if target is None else target[place] - own
        if word := _degree(abs(change)):
            moves.append((abs(change), f"{word} {say['raise' if change > 0 else 'lower']}"))
    strongest = [wish for _, wish in sorted(moves, key=lambda move: -move[0])][: text["most"]]
    own_voice = text["base"].format(traits=", ".join(base) or text["plain"])
    now = text["delta"].format(moves=", ".join(strongest)) if moves else text["stay"]
    return f"{own_voice} {now}"


def policy_called(policy: StylePolicy | str) -> StylePolicy:
    """The policy itself, or the one with this name. Raises UsageError for an unknown name."""
    from personae.metrics.style_policies import POLICIES

    if not isinstance(policy, str):
        return policy
    if policy not in POLICIES:
        raise UsageError(f"no style policy is called {policy!r}; there are {', '.join(POLICIES)}")
    return POLICIES[policy]


def _degree(size: float) -> str:
    reached = [each["word"] for each in _texts()["degrees"] if size >= each["from"]]
    return reached[-1] if reached else ""


def _plain(vector: Any) -> Vector:
    return tuple(round(float(value), 9) for value in vector)


@cache
def _starters(language: str) -> tuple[Persona, ...]:
    return tuple(persona for path in starter_paths().values() if (persona := load(path)).language == language)


def _texts() -> Any:
    return bundled(__package__, "texts/style.en.yaml")
