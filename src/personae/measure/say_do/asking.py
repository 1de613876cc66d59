"""How the tasks put their questions: to the agent as its persona, or to the bare model, with nothing else different."""

from __future__ import annotations

import dataclasses
import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeVar, cast

from personae.agent import Agent
from personae.agent.prompting import RolePlayPrompt
from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.files import bundled
from personae.judges.asking import Answer, ask
from personae.judges.verdicts import Problem, read_object
from personae.models.choices import Way, rotations
from personae.models.choices.asking import in_orders
from personae.models.choices.ways import opened
from personae.persona.render import STYLES, Style
from personae.types import Conversation, Message, Outcome

T = TypeVar("T")

#: A list as the command line gives it: text with commas, a list, or one thing.
Listed = str | float | Sequence[str] | Sequence[float] | None

#: Seeds of runs with neighbouring seeds do not meet.
_STRIDE = 100_003


@dataclass(frozen=True, slots=True)
class Setting:
    """One cell of the design: how the persona is written, the temperature (None: the agent's own), which run."""

    style: Style = "second_person"
    temperature: float | None = None
    run: int = 0


def design(styles: Listed = "second_person", temperatures: Listed = None, runs: int = 1) -> tuple[Setting, ...]:
    """Every style with every temperature and run; lists may be text with commas. Raises `UsageError` for what is none.

    >>> len(design("prose,bullets", "0.3, 0.7, 1", runs=3)), design()
    (18, (Setting(style='second_person', temperature=None, run=0),))
    """
    if type(runs) is not int or runs < 1:
        raise UsageError(f"{runs!r} runs; give 1 or more")
    if unknown := [style for style in listed(styles) if style not in STYLES]:
        raise UsageError(f"no style is called {unknown[0]!r}; the styles are {', '.join(STYLES)}")
    try:
        heat: list[float | None] = [float(text) for text in listed(temperatures)]
    except ValueError as error:
        raise UsageError(f"{temperatures!r} are no temperatures; write 0.3,0.7,1") from error
    if wrong := [each for each in heat if each is not None and not 0 <= each <= 5]:
        raise UsageError(f"the temperature {wrong[0]!r} is not from 0 to 5")
    named = cast("list[Style]", listed(styles))
    return tuple(Setting(*each) for each in product(named, heat or [None], range(runs)))


def listed(given: Listed) -> list[str]:
    """The parts of a list, or of text with commas between them.

    >>> listed("a, b"), listed([0.3, 1]), listed(0.7), listed(None)
    (['a', 'b'], ['0.3', '1'], ['0.7'], [])
    """
    if given is None:
        return []
    parts = given.split(",") if isinstance(given, str) else given if isinstance(given, Sequence) else [given]
    return [text for part in parts if (text := str(part).strip())]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is asked: an agent as its persona, or with `persona` off the model alone, which reads the bare turns."""

    agent: Agent
    persona: bool = True

    def under(self, setting: Setting) -> Speaker:
        """The same under a setting of the design."""
        agent, own = self.agent, self.agent.settings
        settings = dataclasses.replace(
            own,
            temperature=own.temperature if setting.temperature is None else setting.temperature,
            seed=(own.seed or 0) + _STRIDE * setting.run,
        )
        prompt = agent.prompt
        if isinstance(prompt, RolePlayPrompt):
            prompt = dataclasses.replace(prompt, style=setting.style)
        return dataclasses.replace(self, agent=dataclasses.replace(agent, settings=settings, prompt=prompt))

    async def reads(self, turns: Sequence[Message]) -> tuple[Message, ...]:
        """What the model reads after these turns."""
        if not self.persona:
            return tuple(turns)
        return (await self.agent.prompted(Conversation(tuple(turns)))).messages

    async def says(
        self,
        turns: Sequence[Message],
        read: Callable[[str], T | Problem],
        *,
        tokens: int,
        schema: Mapping[str, Any] | None = None,
    ) -> Answer[T]:
        """An answer of at most `tokens`, read strictly; one that could not be read is asked for once more.

        Where the backend can, it is held to the JSON Schema; without one the answer is plain text.
        """
        form = None if schema is None else json.dumps(schema)
        settings = dataclasses.replace(self.agent.settings, max_tokens=tokens, json_schema=form)
        return await ask(self.agent.model, await self.reads(turns), settings, read)

    async def picks(self, turns: Sequence[Message], options: Sequence[str], way: Way) -> Picked:
        """Which option it takes, over orders in which each option stands once in each place."""
        try:
            put = await opened(self.agent.model, way)
            answers = await in_orders(put, await self.reads(turns), options, rotations(len(options)))
        except (BadResponse, ContextOverflow) as error:
            return Picked((), "failed", str(error))
        rows = [answer.by_option for answer in answers if answer.outcome == "answered"]
        if not rows:
            return Picked((), Counter(answer.outcome for answer in answers).most_common(1)[0][0], answers[-1].why)
        return Picked(tuple(math.fsum(column) / len(rows) for column in zip(*rows, strict=True)), "answered")


@dataclass(frozen=True, slots=True)
class Picked:
    """Probability of each option in the order given, summing to 1; empty where there is no answer."""

    shares: tuple[float, ...]
    outcome: Outcome
    why: str = ""

    @property
    def choice(self) -> int | None:
        """The likeliest option; None without an answer, and where two are equal: whoever follows a place decides
        nothing."""
        if not self.shares:
            return None
        top = max(self.shares)
        first = [at for at, share in enumerate(self.shares) if share > top - 1e-9]
        return first[0] if len(first) == 1 else None


def read_whole(text: str, key: str, low: int, high: int) -> int | Problem:
    """The whole number under `key` of a JSON object, or the number that is the whole answer; from `low` to `high`.

    >>> read_whole('{"cards": 4}', "cards", 0, 32), read_whole(" 4. ", "cards", 0, 32)
    (4, 4)
    >>> read_whole("4 or 5", "cards", 0, 32).text
    'it holds no whole number from 0 to 32 under "cards"'
    """
    bare = text.strip().removesuffix(".")
    said: Any = int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 7 else None
    if said is None:
        tree = read_object(text)
        said = None if isinstance(tree, Problem) else tree.get(key)
    if type(said) is not int or not low <= said <= high:
        return Problem(f'it holds no whole number from {low} to {high} under "{key}"')
    return said


def whole(low: int, high: int) -> dict[str, Any]:
    """The JSON Schema of a whole number from `low` to `high`."""
    return {"type": "integer", "minimum": low, "maximum": high}


def schema(**properties: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of an object with exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def texts(name: str) -> Any:
    """One of the files of texts/."""
    return bundled(__package__, f"texts/{name}.en.yaml")
