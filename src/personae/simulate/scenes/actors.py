"""From agents to actors: the prompts that put a persona, or the environment, into a scene."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from personae.agent import Agent
from personae.agent.prompting import RolePlayPrompt
from personae.agent.prompting.draft import Draft, fitted
from personae.agent.prompting.wording import LANGUAGES
from personae.agent.roles import Prompt, Prompted
from personae.errors import ContextOverflow, UsageError
from personae.memory import Recalled, Window
from personae.persona.persona import Persona
from personae.simulate.scenes.recall import Recollections, own_notes
from personae.simulate.scenes.scene import END, ENVIRONMENT, Line, Part, Scene
from personae.simulate.scenes.texts import texts
from personae.simulate.scenes.view import alternating, listed, watched
from personae.types import Message, Model, Settings

#: Characters of each other character's profile a prompt may hold, tried in this order until the talk fits whole.
PROFILE_CHARACTERS = (100_000, 600, 0)


@dataclass(frozen=True)
class ScenePrompt:
    """Puts scene, company and motivation before the persona; the rest of the prompt is `inner`'s.

    The persona's own scenario and greetings, which belong to a talk with one user, are left out. Where the model's
    context is too small, the others' profiles are shortened before messages are forgotten.
    """

    scene: Scene
    name: str
    inner: Prompt = field(default_factory=RolePlayPrompt)

    def __call__(
        self,
        persona: Persona,
        recalled: Recalled,
        *,
        user: str,
        seed: int,
        count_tokens: Callable[[str], int],
        max_tokens: int | None,
    ) -> Prompted:
        """The prompt for the next turn. Raises ContextOverflow when the persona in its scene does not fit at all."""
        say = texts(self.scene.language)
        talk = alternating(recalled.conversation, self.name, opening=say["opening"], silence=say["silence"])
        recalled = dataclasses.replace(recalled, conversation=talk)
        found: Prompted | None = None
        overflow: ContextOverflow | None = None
        for limit in PROFILE_CHARACTERS:
            staged = self._staged(persona, limit)
            try:
                found = self.inner(
                    staged, recalled, user=user, seed=seed, count_tokens=count_tokens, max_tokens=max_tokens
                )
            except ContextOverflow as error:
                overflow = error
                continue
            if not any("message" in what for what in found.pruned):
                return found
        if found is None:
            raise overflow or ContextOverflow(f"{self.name!r} and its scene do not fit")
        return found

    def _staged(self, persona: Persona, profile_characters: int) -> Persona:
        ours = self.told(profile_characters)
        author = persona.prompting.system or ""
        system = author.replace("{{original}}", ours) if "{{original}}" in author else f"{author}\n\n{ours}".strip()
        prompting = persona.prompting.model_copy(update={"system": system})
        return persona.model_copy(update={"prompting": prompting, "scenario": "", "greetings": ()})

    def told(self, profile_characters: int = PROFILE_CHARACTERS[0]) -> str:
        """What the actor is told of the scene."""
        say, scene = texts(self.scene.language), self.scene
        others = [part for part in scene.parts if part.name != self.name]
        book = say["book"].format(book=scene.book) if scene.book else ""
        company = listed([part.name for part in others]) or say["alone"]
        told = [say["actor"].format(name=self.name, book=f", {book}" if book else "", others=company)]
        if language := LANGUAGES.get(scene.language.lower().partition("-")[0]):
            told.append(say["language"].format(language=language))
        told.append(say["scenario"].format(scenario=scene.scenario))
        if others:
            company = "\n".join(_introduced(part, profile_characters) for part in others)
            told.append(say["others"].format(others=company))
        if motivation := scene.part(self.name).motivation:
            told.append(say["motivation"].format(name=self.name, motivation=motivation))
        return "\n\n".join(told)


@dataclass(frozen=True)
class Surroundings:
    """The prompt of the environment: the scene and what can be seen of it, as one message."""

    scene: Scene

    def __call__(
        self,
        persona: Persona,
        recalled: Recalled,
        *,
        user: str,
        seed: int,
        count_tokens: Callable[[str], int],
        max_tokens: int | None,
    ) -> Prompted:
        """The prompt for what happens next."""
        say = texts(self.scene.language)
        told = [say["environment"].format(cast=listed(self.scene.cast) or say["alone"])]
        if language := LANGUAGES.get(self.scene.language.lower().partition("-")[0]):
            told.append(say["language"].format(language=language))
        told.append(say["scenario"].format(scenario=self.scene.scenario))
        return asked(
            "\n\n".join(told),
            watched(Line(message.name or "", message.content) for message in recalled.conversation),
            say["environment_asks"],
            who=ENVIRONMENT,
            count_tokens=count_tokens,
            max_tokens=max_tokens,
        )


def asked(
    told: str,
    talk: Sequence[str],
    question: str,
    *,
    who: str,
    count_tokens: Callable[[str], int],
    max_tokens: int | None,
) -> Prompted:
    """A prompt of one message to read and a question about it; the oldest of the talk leaves first."""
    history = tuple(Message("user", text) for text in talk)
    draft = Draft(who, told, "", (), "", "", (), (), history, question)
    draft, pruned = fitted(draft, count_tokens, max_tokens)
    shown = "\n\n".join([*(message.content for message in draft.history), question])
    messages = (Message("system", told), Message("user", shown))
    return Prompted(messages, pruned=pruned, tokens=draft.cost(count_tokens))


def cast_for(
    scene: Scene,
    model: Model,
    personas: Mapping[str, Persona] | None = None,
    *,
    settings: Settings | None = None,
    recall: int = 0,
) -> dict[str, Agent]:
    """An agent for every part of a scene, all with one model. `personas` play the parts they are named for.

    A part without a persona is played from its profile in the scene. With `recall` so many of the scene's notes come
    to an actor's mind before each turn. Raises UsageError for a scene without parts and
    for a persona whose part is not there (`Scene.with_parts`, or `joined`, brings guests).

    >>> from personae.models.scripted import Scripted
    >>> hut = Scene("hut", "A hut in a storm.", parts=(Part("Lear", "An old king."), Part("Fool")))
    >>> sorted(cast_for(hut, Scripted([])))
    ['Fool', 'Lear']
    """
    personas = personas or {}
    if unknown := [name for name in personas if name not in scene.cast]:
        raise UsageError(f"the scene {scene.id!r} has no part {unknown[0]!r}; its parts are {listed(scene.cast)}")
    if not scene.parts:
        raise UsageError(f"nobody is in the scene {scene.id!r}; give it characters or personas")
    return {
        part.name: Agent(
            personas[part.name] if part.name in personas else _from(part, scene),
            model,
            memory=Recollections(own_notes(scene, part.name), recall) if recall else Window(),
            prompt=RolePlayPrompt() if part.name in personas else RolePlayPrompt(style="prose"),
            settings=settings or Settings(),
        )
        for part in scene.parts
    }


def joined(scene: Scene, personas: Mapping[str, Persona]) -> Scene:
    """The scene with a part for every persona that has none; others know such a guest by the persona's summary."""
    guests = [Part(name, known_of(persona)) for name, persona in personas.items() if name not in scene.cast]
    return scene.with_parts(*guests)


def known_of(persona: Persona) -> str:
    """What others may know of a persona: its summary, or its occupation; never its statements or secrets."""
    return persona.summary or persona.identity.occupation or ""


def on_stage(agent: Agent, scene: Scene, name: str) -> Agent:
    """The agent as an actor: called by its part, prompted for the scene; everything else of it stays."""
    others = [other for other in scene.cast if other != name]
    persona = agent.persona if agent.persona.name == name else agent.persona.edited(name=name)
    settings = agent.settings
    stops = tuple(f"\n{other}:" for other in others[1:3])
    return dataclasses.replace(
        agent,
        persona=persona,
        prompt=ScenePrompt(scene, name, agent.prompt),
        user=others[0] if others else ENVIRONMENT,
        settings=dataclasses.replace(settings, stop=(*settings.stop, *stops)),
    )


def environment(model: Model, scene: Scene, settings: Settings | None = None) -> Agent:
    """The voice of the surroundings."""
    persona = Persona(name=ENVIRONMENT, language=scene.language)
    return Agent(persona, model, prompt=Surroundings(scene), settings=settings or Settings())


def check_cast(scene: Scene, names: Sequence[str]) -> None:
    """Raise UsageError unless the names are those of the scene's parts and can be told apart."""
    folded = [name.casefold() for name in names]
    for name in names:
        if folded.count(name.casefold()) > 1 or name.casefold() in (ENVIRONMENT.casefold(), END.casefold()):
            raise UsageError(f"{name!r} cannot be told from another name of the scene; call the part otherwise")
    if missing := set(scene.cast) ^ set(names):
        raise UsageError(f"cast and scene differ in {sorted(missing)!r}; each part needs one agent")


def _from(part: Part, scene: Scene) -> Persona:
    return Persona(name=part.name, description=part.profile, language=scene.language)


def _introduced(part: Part, characters: int) -> str:
    """One line on somebody; a profile that is too long ends where a sentence ends."""
    profile = part.profile
    if len(profile) > characters:
        cut = profile[:characters]
        profile = cut[: cut.rfind(". ") + 1]
    return f"- {part.name}: {profile}" if profile else f"- {part.name}"
