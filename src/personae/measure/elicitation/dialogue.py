"""One attempt at a need: answered at once, knowing everything, or after asking – by the model itself or by a policy."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from personae.errors import BadResponse, ContextOverflow
from personae.files import bundled
from personae.judges.asking import ask
from personae.measure.elicitation.actions import Action, read_action
from personae.measure.elicitation.need import Need
from personae.measure.elicitation.policy import PastUsers, QuestionPolicy
from personae.measure.elicitation.users import SimulatedUser
from personae.models.scoring import looks_refused
from personae.types import Message, Model, Outcome, Settings

Mode = Literal["no_prompt", "persona_known", "infer_persona"]

#: "no_prompt"     the question alone · "persona_known" with all wants, the oracle · "infer_persona" after asking
MODES = ("infer_persona", "no_prompt", "persona_known")


@dataclass(frozen=True, slots=True)
class Attempt:
    """The final answer and how it came about; without one, `outcome` says how the last turn ended.

    `asked` are the questions, `stated` the attributes the user stated, `notes` where a model's wording was not taken.
    """

    answer: str
    outcome: Outcome
    asked: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in dataclasses.asdict(self).items()}


async def at_once(model: Model, need: Need, settings: Settings, *, known: Sequence[str] = ()) -> Attempt:
    """The answer to the question alone, or with what is known of the wants."""
    system = str(_texts()["known"]).replace("{listed}", "\n".join(f"- {says}" for says in known))
    before = [Message("system", system)] if known else []
    try:
        reply = await model.generate([*before, Message("user", need.question)], settings)
    except (BadResponse, ContextOverflow):
        return Attempt("", "failed")
    return _final(reply.text.strip(), reply.outcome)


async def after_asking(model: Model, need: Need, user: SimulatedUser, settings: Settings, *, budget: int) -> Attempt:
    """The model asks what it likes, up to `budget` questions, and then answers; its turns follow the grammar.

    A turn that does not is asked for once more with what was wrong; a second one ends the attempt, "unparsed".
    """
    system = str(_texts()["infer"]).replace("{budget}", str(budget))
    talk = [Message("system", system), Message("user", need.question)]
    asked: list[str] = []
    stated: list[str] = []
    notes: list[str] = []
    done = False
    while True:
        turn = await ask(model, talk, settings, read_action)
        action = turn.value
        if action is None:
            return Attempt("", turn.reason or "failed", tuple(asked), tuple(stated), (*notes, turn.why))
        if action.name == "final_answer":
            return dataclasses.replace(
                _final(action.text), asked=tuple(asked), stated=tuple(stated), notes=tuple(notes)
            )
        if done or len(asked) == budget:
            why = "it asked on when there were no questions left"
            return Attempt("", "unparsed", tuple(asked), tuple(stated), (*notes, why))
        said = await user.reply(action.text, frozenset(stated))
        asked.append(action.text)
        stated += [attribute for attribute in said.stated if attribute not in stated]
        notes += [said.note] if said.note else []
        done = said.stop or len(asked) == budget
        heard = f"{said.text}\n\n{_texts()['last']}" if done else said.text
        talk += [Message("assistant", _turn(action)), Message("user", heard)]


async def after_policy(
    model: Model,
    need: Need,
    user: SimulatedUser,
    settings: Settings,
    *,
    budget: int,
    policy: QuestionPolicy,
    past: PastUsers,
    levels: Mapping[str, str],
    questions: Mapping[str, str],
) -> Attempt:
    """A policy chooses attributes, each is asked for by a question of ours, and the model answers with what it heard.

    levels: this user's answers by attribute, written as past users' are; questions: how each attribute is asked for.
    """
    answers: dict[str, str] = {}
    asked: list[str] = []
    heard: list[str] = []
    stated: list[str] = []
    notes: list[str] = []
    while len(answers) < budget and (attribute := policy(past, answers)) is not None:
        question = questions.get(attribute, f"What about {attribute}?")
        said = await user.reply(question, frozenset(stated))
        answers[attribute] = levels.get(attribute, "") if attribute in said.stated else ""
        asked.append(question)
        stated += [name for name in said.stated if name not in stated]
        heard += [want.says for want in need.wants if want.attribute in said.stated and want.says not in heard]
        notes += [said.note] if said.note else []
        if said.stop:
            break
    found = await at_once(model, need, settings, known=heard)
    return dataclasses.replace(found, asked=tuple(asked), stated=tuple(stated), notes=tuple(notes))


def _final(text: str, outcome: Outcome = "answered") -> Attempt:
    """A last answer; one that declines in words is a refusal, not a bad answer."""
    return Attempt(text, "refused" if outcome == "answered" and looks_refused(text) else outcome)


def _turn(action: Action) -> str:
    return f"###ACTION###\n{action.name}\n{action.text}"


def _texts() -> Any:
    return bundled(__package__, "texts/asking.en.yaml")
