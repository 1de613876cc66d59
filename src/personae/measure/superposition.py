"""Has the character an answer, or as many as it has draws?

A question that the persona leaves open is asked `k` times at one and the same place of a talk. The entropy of the
answers tells how many characters still stand beside each other. Then one answer is put into the talk and the question
asked again: what has been said must bind, so the entropy must fall. Twenty questions shows the same thing for a choice
that is claimed to have been made, and facts of the world tell a false part from a false model.
[Role-Play with Large Language Models, 2023; entropy by Miller–Madow, in nats]
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.agent import Agent
from personae.agent.agent import spoken
from personae.errors import UsageError
from personae.measure.answers_alike import BY_MEANING, BY_WORDS, groups
from personae.measure.drift import SPOKEN
from personae.measure.items import difference, mean, share
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.statement_labels import label, truth
from personae.measure.texts import texts
from personae.measure.twenty_questions import Things, asked_so_far, yes_or_no
from personae.metrics.text import unicode_words
from personae.persona.persona import Persona
from personae.stats.entropy import entropy
from personae.types import Conversation, Measurement, Message, Outcome, PairScorer

#: Draws of the same reply, in and out of character, to a fact of the world.
FACT_DRAWS = 3


@dataclass(frozen=True, slots=True)
class Draws:
    """What was said at one place of a talk, and how the draws that said nothing ended."""

    said: tuple[str, ...]
    unsaid: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Superposition:
    """`k` draws per place; `n` open questions, `games` of `asked` questions each, and `facts`, at most.

    `scorer` groups answers by meaning; without one they are grouped by their words.
    """

    k: int = 20
    n: int = 6
    games: int = 2
    asked: int = 5
    facts: int = 8
    seed: int = 0
    scorer: PairScorer | None = None
    name: str = "superposition"

    def __post_init__(self) -> None:
        if self.k < 2:
            raise UsageError(f"an entropy over {self.k!r} draws says nothing; draw 2 or more")

    def plan(self, persona: Persona) -> Plan:
        """A case per open question, game and fact. Questions the persona answers already are "determined"."""
        told = texts("superposition", persona.language)
        if persona.language != "en":
            return Plan((), {f"language_{persona.language}": self.n + self.games + self.facts})
        known = {word for statement in persona.statements for word in unicode_words(statement.text.casefold())}
        undetermined = [each for each in told["open"] if not known.intersection(each["unless"])]
        short = told["short"]
        cases = [
            Case(f"open-{each['id']}", short.format(question=each["question"]), {"kind": "open"})
            for each in undetermined[: self.n]
        ]
        questions = list(told["game"]["questions"])
        for number in range(1, self.games + 1):
            chosen = random.Random(f"{self.seed}/{number}").sample(questions, min(self.asked, len(questions)))
            things = ", ".join(told["game"]["things"])
            cases.append(Case(f"game-{number}", things, {"kind": "game", "questions": chosen}))
        for each in told["facts"][: self.facts]:
            cases.append(Case(f"fact-{each['id']}", each["question"], {"kind": "fact", **each}))
        determined = len(told["open"]) - len(undetermined)
        return Plan(tuple(cases), {"determined": determined} if determined else {})

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Draw. The value is the entropy of an open question or of the reveals, or the share of true replies."""
        if case.data["kind"] == "open":
            return await self._open(agent, case)
        return await (self._game(agent, case) if case.data["kind"] == "game" else self._fact(agent, case))

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Entropy before and after one answer is in the text, the reveals of the games, and labels of falsehoods.

        `details["saturated"]` names questions to which every single answer was another one: nothing can be seen there.
        """
        missing = missing_by_outcome(plan, observations)
        data = {o.case_id: {"id": o.case_id, "text": o.text, **o.data} for o in observations if o.outcome == "answered"}
        opened = {id: each for id, each in data.items() if "after" in each}
        games = {id: each for id, each in data.items() if "reveals" in each}
        labels = {f"{id}/{at}": label for id, each in data.items() for at, label in enumerate(each.get("labels", ()))}
        details = {
            "k": self.k,
            "grouped_by": BY_MEANING if self.scorer is not None else BY_WORDS,
            "scorer": dict(self.scorer.provenance) | {"name": self.scorer.name} if self.scorer is not None else None,
            "saturated": [id for id, each in opened.items() if each["saturated"]],
            "items": list(data.values()),
        }
        before, after = _column(opened, "before"), _column(opened, "after")
        numbers = [
            mean(self.name, before, missing, unit="nats", details=details),
            mean(f"{self.name}.committed", after, missing, unit="nats"),
            difference(f"{self.name}.change", after, before, missing, unit="nats"),
            share(f"{self.name}.kept", _column(opened, "kept"), missing),
            mean(f"{self.name}.reveals", _column(games, "entropy"), missing, unit="nats"),
            share(f"{self.name}.reveals_fit", _column(games, "fit"), missing),
            share(f"{self.name}.reveals_fit_by_chance", _column(games, "chance"), missing),
        ]
        for kind in ("in_character_false", "model_false"):
            decided = {id: float(found == kind) for id, found in labels.items() if found != "undecided"}
            lost = {"undecided": len(labels) - len(decided)} if len(decided) < len(labels) else {}
            numbers.append(share(f"{self.name}.{kind}", decided, lost))
        return numbers

    async def _open(self, agent: Agent, case: Case) -> Observation:
        """Draw, put the first answer into the talk, and draw again at the same question."""
        place = Conversation((Message("user", case.input),))
        first = await draws(agent, place, self.k, self.seed)
        if len(first.said) < 2:
            return Observation(case.id, _why(first), data={"answers": list(first.said)})
        again = Message("user", texts("superposition", agent.persona.language)["again"].format(question=case.input))
        committed = place + Message("assistant", first.said[0], name=agent.persona.name) + again
        second = await draws(agent, committed, self.k, self.seed)
        if len(second.said) < 2:
            return Observation(case.id, _why(second), data={"answers": list(first.said)})
        kinds = await groups([*first.said, *second.said], self.scorer)
        before, after = kinds[: len(first.said)], kinds[len(first.said) :]
        data = {
            "answers": list(first.said),
            "groups": list(before),
            "before": entropy(before),
            "answers_after": list(second.said),
            "groups_after": list(after),
            "after": entropy(after),
            "kept": after.count(before[0]) / len(after),
            "saturated": len(set(kinds)) == len(kinds),
            "unsaid": [*first.unsaid, *second.unsaid],
        }
        return Observation(case.id, "answered", entropy(before), text=first.said[0], data=data)

    async def _game(self, agent: Agent, case: Case) -> Observation:
        """Ask, then let reveal `k` times at one place; each reveal is held to the answers."""
        told = texts("superposition", agent.persona.language)["game"]
        things = Things({thing: frozenset(yes) for thing, yes in told["things"].items()})
        opening = told["opening"].format(things=case.input)
        exchanges, answers = list[tuple[str, str]](), dict[str, bool]()
        for question in case.data["questions"]:
            line = told["ask"].format(question=told["questions"][question])
            talk = Conversation((*asked_so_far(opening, told["ready"], exchanges), Message("user", line)))
            reply = await draws(agent, talk, 1, self.seed)
            if not reply.said:
                continue
            exchanges.append((line, reply.said[0]))
            if (said := yes_or_no(reply.said[0])) is not None:
                answers[question] = said
        talk = Conversation((*asked_so_far(opening, told["ready"], exchanges), Message("user", told["reveal"])))
        drawn = await draws(agent, talk, self.k, self.seed)
        reveals = [thing for reply in drawn.said if (thing := things.named(reply)) is not None]
        data: dict[str, Any] = {"exchanges": exchanges, "answers": answers, "replies": list(drawn.said)}
        if len(reveals) < 2:
            return Observation(case.id, _why(drawn), data=data)
        data |= {
            "reveals": reveals,
            "unread": len(drawn.said) - len(reveals),
            "entropy": entropy(reveals),
            "fit": sum(things.fits(thing, answers) for thing in reveals) / len(reveals),
            "chance": len(things.possible(answers)) / len(things.yes),
            "possible": things.possible(answers),
        }
        return Observation(case.id, "answered", data["entropy"], text=reveals[0], data=data)

    async def _fact(self, agent: Agent, case: Case) -> Observation:
        """Ask in character and as nobody, and label every reply in character."""
        place = Conversation((Message("user", case.input),))
        drawn = await draws(agent, place, FACT_DRAWS, self.seed)
        if not drawn.said:
            return Observation(case.id, _why(drawn))
        settings = [_drawing(agent, self.seed, draw) for draw in range(FACT_DRAWS)]
        plain = [await agent.model.generate(place.messages, each) for each in settings]
        right, wrong = case.data["right"], case.data["wrong"]
        plainly = [truth(each.text, right, wrong) if each.outcome in SPOKEN else None for each in plain]
        replies = [truth(each, right, wrong) for each in drawn.said]
        data = {
            "replies": list(drawn.said),
            "plain": [each.text for each in plain],
            "labels": [label(each, plainly) for each in replies],
        }
        return Observation(case.id, "answered", replies.count(True) / len(replies), text=drawn.said[0], data=data)


async def draws(agent: Agent, talk: Conversation, k: int, seed: int) -> Draws:
    """The next reply `k` times, each with a seed of its own; a reply that was cut off was said as far as it goes."""
    prompted = await agent.prompted(talk)
    said, unsaid = list[str](), list[Outcome]()
    for draw in range(k):
        settings = _drawing(agent, seed, draw)
        settings = dataclasses.replace(settings, stop=(*settings.stop, *prompted.stop))
        completion = await agent.model.generate(prompted.messages, settings)
        if completion.outcome in SPOKEN:
            said.append(spoken(completion.text, agent.persona.name))
        else:
            unsaid.append(completion.outcome)
    return Draws(tuple(said), tuple(unsaid))


def _drawing(agent: Agent, seed: int, draw: int) -> Any:
    return dataclasses.replace(agent.settings, seed=10_000 * (seed + 1) + draw)


def _why(drawn: Draws) -> Outcome:
    """How most of the draws ended that gave nothing; "unparsed" where something was said that could not be used."""
    return max(drawn.unsaid, key=drawn.unsaid.count) if drawn.unsaid and not drawn.said else "unparsed"


def _column(items: Mapping[str, Mapping[str, Any]], key: str) -> dict[str, float]:
    return {id: each[key] for id, each in items.items()}
