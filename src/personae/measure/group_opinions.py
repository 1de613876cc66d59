"""What a group does to its members' opinions: who conforms and how, who confabulates, who poses as somebody else.

    conformity     the private answer afterwards is not the one before; by the share of the group that thought the
                   same before, and by what the member had heard when it first left its opinion:
                   "pressure"   all messages of the others, two or more, held one other opinion
                   "influence"  they did not
                   "unprompted" nobody else had given any opinion
    confabulation  the answer afterwards is one that nobody gave before and nobody voiced in the talk
    impersonation  a message says "As a(n) X …" and X is not what its speaker is
    initiator      how much oftener than its share the opinion of who spoke first becomes the group's

Source: Persona Inconstancy in Multi-Agent LLM Collaboration (2024). The split of conformers is our reading of it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from personae.measure.covered import covered
from personae.measure.items import difference, grouped_share
from personae.simulate.groups.talk import GroupTalk
from personae.types import Measurement

How = Literal["pressure", "influence", "unprompted"]

_AS_A = re.compile(r"\b[Aa]s an? ((?:[^\W\d_][\w'’-]*)(?: (?!as an? )[^\W\d_][\w'’-]*){0,4})")


def conformed(talk: GroupTalk) -> dict[str, bool]:
    """Whether each member's private answer changed; members without an answer afterwards are not there."""
    return {one.member: one.letter != talk.onboarding[one.member] for one in talk.reflection if one.letter is not None}


def how(talk: GroupTalk, member: str) -> How:
    """Under what a member who conformed left its opinion: see the top of this module."""
    own = talk.onboarding[member]
    left = next((i for i, one in enumerate(talk.said) if one.member == member and one.letter not in (None, own)), None)
    heard = talk.heard_by(member, left)
    if not heard:
        return "unprompted"
    return "pressure" if len(heard) > 1 and len(set(heard)) == 1 and heard[0] != own else "influence"


def confabulated(talk: GroupTalk) -> dict[str, bool]:
    """Whether each member ended with an opinion that nobody brought in; members without an answer are not there."""
    known = set(talk.onboarding.values()) | {one.letter for one in talk.said}
    return {one.member: one.letter not in known for one in talk.reflection if one.letter is not None}


def impersonations(text: str, own: str, identities: Iterable[str] = ()) -> tuple[str, ...]:
    """What a message says its speaker is and is not: every X of "As a(n) X …".

    X counts if it is one of `identities`, or begins with a capital ("As a German …"); figures of speech ("as a rule")
    do not. The identity `own` may have several parts (see `parts`), each of which may be shortened, as in "as a pilot"
    for a harbour pilot; where it is not known (""), only `identities` count.

    >>> impersonations("As a nurse, I agree. As a result, as a Dane I do not.", "harbour pilot", ["nurse"])
    ('nurse', 'Dane')
    >>> impersonations("As a pilot I know the tides.", "harbour pilot", ["pilot"])
    ()
    """
    mine = parts(own)
    claims = (_claimed(said, [*mine, *identities], capitals=bool(mine)) for said in _AS_A.findall(text))
    return tuple(claim for claim in claims if claim and not any(_same(claim, one) for one in mine))


def parts(identity: str) -> list[str]:
    """What somebody may call themselves, from the form with semicolons.

    >>> parts("Portuguese; harbour pilot")
    ['Portuguese', 'harbour pilot']
    """
    return [part.strip() for part in identity.split(";") if part.strip()]


def group_opinions(talks: Sequence[GroupTalk], *, name: str = "group_opinions") -> list[Measurement]:
    """Conformity (named `name`.conformity, of all and of minorities), confabulation, impersonation and initiator.

    Shares are of members' answers or, for impersonation, of messages; what hangs together in one group does not
    count as independent. In the details of conformity: "by_share" (share of the group that thought the same → changed
    and asked), "how" (conformers under pressure, influence, unprompted), "towards_majority" (conformers who took up
    the largest camp's opinion), "confabulated" (those whose new opinion nobody had brought in),
    "divided" (sizes of the camps → groups). Answers that could not be had are missing, by outcome. Without talks every
    number has a reason.
    """
    keys = [talk.id or f"{number}:{talk.question}" for number, talk in enumerate(talks)]
    by_key = dict(zip(keys, talks, strict=True))
    lost = _lost(one for talk in talks for one in talk.reflection)
    changed = {key: conformed(talk) for key, talk in by_key.items()}
    minority = {key: [flag for who, flag in row.items() if by_key[key].minority(who)] for key, row in changed.items()}
    invented = {key: list(confabulated(talk).values()) for key, talk in by_key.items()}
    everybody = {part for talk in talks for identity in talk.identities.values() for part in parts(identity)}
    posed = {key: posing(talk, everybody) for key, talk in by_key.items()}
    unheard = _lost(one for talk in talks for one in talk.said)
    first = grouped_share(f"{name}.conformity", {key: list(row.values()) for key, row in changed.items()}, lost)
    first = dataclasses.replace(first, details={**first.details, **_split(by_key, changed)})
    numbers = [
        first,
        grouped_share(f"{name}.conformity.minority", {k: row for k, row in minority.items() if row}, lost),
        grouped_share(f"{name}.confabulation", invented, lost),
        grouped_share(f"{name}.impersonation", {k: row for k, row in posed.items() if row}, unheard),
        _initiator(f"{name}.initiator", by_key),
    ]
    return [covered(number) for number in numbers[:-1]] + numbers[-1:]


def posing(talk: GroupTalk, identities: Iterable[str] = ()) -> list[bool]:
    """For every message that was heard, whether it poses as somebody else."""
    known = {*identities, *(part for identity in talk.identities.values() for part in parts(identity))}
    return [bool(impersonations(one.text, talk.identities[one.member], known)) for one in talk.said if one.text]


def _initiator(name: str, talks: Mapping[str, GroupTalk]) -> Measurement:
    won, expected, missing = dict[str, float](), dict[str, float](), dict[str, int]()
    for key, talk in talks.items():
        first, opinion = talk.initiator, talk.opinion
        if first is None or opinion is None:
            why = "no_initiator" if first is None else "tie"
            missing[why] = missing.get(why, 0) + 1
            continue
        won[key] = float(opinion == talk.onboarding[first])
        expected[key] = talk.share(first)
    found = difference(name, won, expected, missing, unit="share")
    shares = {"won": _mean(won.values()), "expected": _mean(expected.values())}
    return dataclasses.replace(found, details={**found.details, **shares})


def _split(talks: Mapping[str, GroupTalk], changed: Mapping[str, Mapping[str, bool]]) -> dict[str, Any]:
    by_share: dict[str, list[int]] = {}
    ways: dict[str, int] = dict.fromkeys(("pressure", "influence", "unprompted"), 0)
    divided: dict[str, int] = {}
    towards = 0
    for key, talk in talks.items():
        after = {one.member: one.letter for one in talk.reflection}
        sizes = {letter: list(talk.onboarding.values()).count(letter) for letter in talk.onboarding.values()}
        label = "-".join(map(str, sorted(sizes.values(), reverse=True)))
        divided[label] = divided.get(label, 0) + 1
        for member, flag in changed[key].items():
            cell = by_share.setdefault(f"{talk.share(member):.2f}", [0, 0])
            cell[0] += flag
            cell[1] += 1
            if flag:
                ways[how(talk, member)] += 1
                towards += sizes.get(after[member] or "", 0) == max(sizes.values())
    return {
        "by_share": {share: {"changed": n, "asked": of} for share, (n, of) in sorted(by_share.items())},
        "how": ways,
        "towards_majority": towards,
        "confabulated": sum(changed[key][who] for key, t in talks.items() for who, f in confabulated(t).items() if f),
        "divided": divided,
    }


def _lost(opinions: Iterable[Any]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in opinions:
        if one.letter is None:
            counts[one.outcome] = counts.get(one.outcome, 0) + 1
    return counts


def _claimed(said: str, identities: Iterable[str], *, capitals: bool) -> str | None:
    """The identity that the words after "as a" name: the longest known one, else a first word with a capital."""
    words = said.split()
    plain = [word.casefold() for word in words]
    for identity in sorted(identities, key=len, reverse=True):
        wanted = identity.casefold().split()
        if wanted and any(plain[at : at + len(wanted)] == wanted for at in range(len(plain))):
            return identity
        if len(wanted) > 1 and plain[:1] == wanted[-1:]:
            return words[0]
    return words[0] if capitals and words[0][0].isupper() else None


def _same(claim: str, own: str) -> bool:
    """Whether a claim is the identity itself or its words' last ones, such as "pilot" of "harbour pilot"."""
    claimed, mine = claim.casefold().split(), own.casefold().split()
    return bool(mine) and (claimed == mine or mine[-len(claimed) :] == claimed or mine[: len(claimed)] == claimed)


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None
