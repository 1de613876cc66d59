"""Many questions, many groups: everybody asked in private, groups formed, all groups talking at once.

With a file to write to, every answer of the model is kept beside it until the file is written whole, so that a run
that was killed, or in which groups failed, goes on and pays for nothing twice.
"""

from __future__ import annotations

import asyncio
import dataclasses
import glob
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from personae.errors import AuthenticationFailed, FormatError, PersonaeError, RunError, UsageError
from personae.files import MEGABYTE, read_limited, write_atomic
from personae.models.cache import Cached
from personae.simulate.groups.forming import SIZE, form, speaks_for
from personae.simulate.groups.members import Member, check
from personae.simulate.groups.protocol import Staging, discuss, onboard
from personae.simulate.groups.question import Question
from personae.simulate.groups.talk import GroupTalk, Opinion, opinion_of
from personae.types import Model

FORMAT = 1
MAX_BYTES = 512 * MEGABYTE

_T = TypeVar("_T")
OnDone = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Session:
    """What came of it.

    onboarding: question → everybody's private answer, unusable ones too.
    unlike:     question → members whose answer is not their population's, and who took no part.
    idle:       question → members who would have, and filled no group.
    failed:     group → why it has no talk.
    """

    facts: dict[str, Any]
    onboarding: dict[str, tuple[Opinion, ...]]
    talks: tuple[GroupTalk, ...]
    unlike: dict[str, tuple[str, ...]] = field(default_factory=dict)
    idle: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {"personae_groups": FORMAT, **dataclasses.asdict(self)}


async def hold(
    questions: Sequence[Question],
    members: Sequence[Member],
    model: Model,
    staging: Staging | None = None,
    *,
    size: int = SIZE,
    limit: int = 8,
    on_done: OnDone | None = None,
) -> Session:
    """Every question to every member, and groups of `size` for each question, at most `limit` at a time.

    A group that fails is named with its reason and stops nobody else; after an `AuthenticationFailed` nothing more is
    asked. An error during the private answers is raised, for no group could be formed without them. Raises UsageError
    for too few members, two of one name, no question, equal ids, or a limit below 1.
    """
    staging = staging or Staging()
    check(members, size)
    if not questions or len({question.id for question in questions}) < len(questions) or limit < 1:
        raise UsageError(f"{len(questions)} questions at {limit} a time; give one or more, each with an id of its own")
    step = _Steps(on_done)
    wanted = [(question, member) for question in questions for member in members]
    step.plan("private answers", len(wanted))
    found = await _bounded(lambda pair: onboard(pair[1], pair[0], model, staging), wanted, limit, step)
    onboarding = {
        question.id: tuple(found[index * len(members) : (index + 1) * len(members)])
        for index, question in enumerate(questions)
    }
    facts = facts_of(questions, members, model, staging, size)
    groups, unlike, idle = _formed(questions, members, onboarding, size, staging.seed)
    step.plan("groups", len(groups))
    failed: dict[str, str] = {}
    barred: list[AuthenticationFailed] = []

    async def one(group: _Group) -> GroupTalk | None:
        try:
            if barred:
                raise barred[0]
            return await discuss(group.members, group.before, group.question, model, staging, id=group.id)
        except PersonaeError as error:
            if isinstance(error, AuthenticationFailed):
                barred.append(error)
            failed[group.id] = str(error)
            return None

    talks = [talk for talk in await _bounded(one, groups, limit, step) if talk is not None]
    return Session(facts, onboarding, tuple(talks), unlike, idle, dict(sorted(failed.items())))


async def hold_to(
    path: Path | str,
    questions: Sequence[Question],
    members: Sequence[Member],
    model: Model,
    staging: Staging | None = None,
    *,
    size: int = SIZE,
    limit: int = 8,
    on_done: OnDone | None = None,
) -> Session:
    """`hold`, written to one JSON file; a file that holds this very session is read, not held again.

    Raises RunError where it holds another. Until no group has failed, the answers stay in a file beside it.
    """
    target, staging = Path(path), staging or Staging()
    facts = facts_of(questions, members, model, staging, size)
    if target.exists():
        done = load_session(target)
        if differs := [key for key in facts if done.facts.get(key) != facts[key]]:
            raise RunError(f"{str(target)!r} holds another session (its {differs[0]} differs); name another file")
        if not done.failed:
            return done
    target.parent.mkdir(parents=True, exist_ok=True)
    cached = Cached(model, calls_of(target))
    try:
        session = await hold(questions, members, cached, staging, size=size, limit=limit, on_done=on_done)
    finally:
        cached.close()
    write_atomic(target, json.dumps(session.to_dict(), ensure_ascii=True, indent=1) + "\n")
    if not session.failed:
        for file in target.parent.glob(f"{glob.escape(calls_of(target).name)}*"):
            file.unlink(missing_ok=True)
    return session


def load_session(path: Path | str) -> Session:
    """A session from its file. Raises FormatError for anything else."""
    try:
        tree = json.loads(read_limited(path, MAX_BYTES))
        if tree.pop("personae_groups") != FORMAT:
            raise ValueError("another version of the format")
        onboarding = {key: tuple(opinion_of(one) for one in row) for key, row in tree.pop("onboarding").items()}
        talks = tuple(GroupTalk.from_dict(one) for one in tree.pop("talks"))
        unlike, idle = ({id: tuple(row) for id, row in tree[key].items()} for key in ("unlike", "idle"))
        return Session(dict(tree["facts"]), onboarding, talks, unlike, idle, dict(tree["failed"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} holds no group session ({error!s:.60})") from error


def calls_of(path: Path) -> Path:
    """Where the answers of a session stand while it is under way."""
    return path.with_name(f"{path.name}.calls.db")


def facts_of(
    questions: Sequence[Question], members: Sequence[Member], model: Model, staging: Staging, size: int
) -> dict[str, Any]:
    """What must be equal for two sessions to be the same, as plain JSON data."""
    facts = {
        "model": model.name,
        "questions": [dataclasses.asdict(question) for question in questions],
        "members": [[m.name, m.identity, m.population, m.persona.content_hash] for m in members],
        "size": size,
        "staging": dataclasses.asdict(staging),
    }
    plain: dict[str, Any] = json.loads(json.dumps(facts))
    return plain


@dataclass(frozen=True)
class _Group:
    """Who is to talk about what, under which name."""

    id: str
    question: Question
    members: tuple[Member, ...]
    before: dict[str, str]


Names = dict[str, tuple[str, ...]]


def _formed(
    questions: Sequence[Question],
    members: Sequence[Member],
    onboarding: Mapping[str, Sequence[Opinion]],
    size: int,
    seed: int,
) -> tuple[list[_Group], Names, Names]:
    """All groups; and for each question who is unlike its population, and who is left over."""
    by_name = {member.name: member for member in members}
    groups, unlike, idle = list[_Group](), Names(), Names()
    for question in questions:
        answers = {one.member: one.letter for one in onboarding[question.id] if one.letter is not None}
        kept = {n: a for n, a in answers.items() if speaks_for(question.share(by_name[n].population, a))}
        formed = form(kept, size=size, seed=seed)
        unlike[question.id] = tuple(sorted(set(answers) - set(kept)))
        idle[question.id] = tuple(sorted(set(kept) - {name for group in formed for name in group}))
        for number, group in enumerate(formed, 1):
            seats = tuple(by_name[name] for name in group)
            groups.append(_Group(f"{question.id}/{number}", question, seats, {name: kept[name] for name in group}))
    return groups, unlike, idle


class _Steps:
    """Counts what is done of what is planned, for a listener."""

    def __init__(self, on_done: OnDone | None) -> None:
        self.on_done = on_done
        self.what, self.done, self.planned = "", 0, 0

    def plan(self, what: str, count: int) -> None:
        self.what, self.done, self.planned = what, -1, count
        self()

    def __call__(self) -> None:
        self.done += 1
        if self.on_done:
            self.on_done(self.what, self.done, self.planned)


async def _bounded(call: Callable[[Any], Awaitable[_T]], items: Sequence[Any], limit: int, step: _Steps) -> list[_T]:
    gate = asyncio.Semaphore(limit)

    async def one(item: Any) -> _T:
        async with gate:
            result = await call(item)
        step()
        return result

    tasks = [asyncio.ensure_future(one(item)) for item in items]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
