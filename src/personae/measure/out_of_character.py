"""Does a reply leave the role? Three ways are known, found by rules that can be read, without any model.

    ai_disclosure   the speaker says it is an AI, a language model, trained, without a body or feelings
    role_flip       the speaker writes the other side, treats the user as the persona, or talks about the role
    persona_swap    the speaker claims another name, or a profession the persona does not have

Rules exist for English; German, Spanish and French have the basics of self-disclosure, names and professions.
Precision and recall on labelled lines: docs/reference/metrics.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from personae.measure._disclosure_rules import DISCLOSURES
from personae.measure._role_rules import (
    AI_PERSONA,
    ASKED,
    BRACKETED,
    COUNTERPARTS,
    CUSTOMER,
    DENIED,
    GREETING,
    KIN,
    NARRATED,
    NARRATES,
    OFFERS,
    PARTS,
    REASON,
    REPORTED,
    ROLE_TALK,
    SCRIPT_LABEL,
    SELLERS,
    SPEECH,
    USER_LABELS,
    WOULD_SAY,
)
from personae.measure._swap_rules import (
    ACTIVITIES,
    AGE_CLAIM,
    AGE_KNOWN,
    ASSISTANTS,
    DENIED_FAMILY,
    FILLERS,
    NAME_CLAIMS,
    NOT_NAMES,
    NUMBERS,
    OCCUPATION_CLAIMS,
    PLACE_CLAIM,
    PLACE_KNOWN,
    PROFESSIONS,
    STANDING_NAMES,
    STRANGER_TO,
    WRONG_PERSON,
)
from personae.persona.persona import Persona

Kind = Literal["ai_disclosure", "role_flip", "persona_swap"]

TITLES = frozenset(
    [
        "sir",
        "lady",
        "lord",
        "doctor",
        "captain",
        "professor",
        "queen",
        "king",
        "miss",
        "mister",
        "father",
        "sister",
        "the",
    ]
)
MAX_CHARS = 20_000  #: of a longer reply only the beginning is read


@dataclass(frozen=True, slots=True)
class Flag:
    """One place where a reply leaves the role: which way, the words, and where they stand (start, end)."""

    kind: Kind
    quote: str
    span: tuple[int, int]


def detect(
    text: str,
    *,
    persona: Persona | None = None,
    persona_name: str | None = None,
    persona_is_ai: bool | None = None,
    user_name: str | None = None,
    language: str | None = None,
) -> tuple[Flag, ...]:
    """Every place where `text`, said by the persona, leaves the role, in order; () if none was found.

    With `persona`, names and professions are compared with it, and whether it is an AI is read from it; without,
    only `persona_name` is known. Disclosures and names are looked for in all four languages, whatever the persona
    speaks; `language` (else the persona's) adds that language's professions to the English ones.

    >>> [flag.kind for flag in detect("Well, as an AI language model I have no home.", persona_name="Ana")]
    ['ai_disclosure']
    >>> detect("I'm not an AI, whatever you say.", persona_name="Ana")
    ()
    """
    text = text[:MAX_CHARS].replace("’", "'")
    names = _names(persona, persona_name)
    is_ai = _is_ai(persona) if persona_is_ai is None else persona_is_ai
    speech = language or (persona.language if persona else "en")
    flags: list[Flag] = []
    if not is_ai:
        flags += _disclosures(text, names)
    flags += _flips(text, names, _works(persona), user_name)
    flags += _swaps(text, names)
    if persona is not None:
        flags += _other_facts(text, persona, speech)
    return _without_overlap(flags)


def _disclosures(text: str, names: frozenset[str]) -> Iterator[Flag]:
    for patterns in DISCLOSURES.values():
        for pattern in patterns:
            for match in pattern.finditer(text):
                if not _reported(text, match):
                    yield _flag("ai_disclosure", match)
    for match in NAME_CLAIMS["en"].finditer(text):
        first = match["name"].split()[0].lower()
        if first in ASSISTANTS and first not in names and not _reported(text, match):
            yield _flag("ai_disclosure", match)


def _flips(text: str, names: frozenset[str], works: frozenset[str], user_name: str | None) -> Iterator[Flag]:
    users = USER_LABELS | ({user_name.lower()} if user_name else set())
    labels = [(match, match["label"].strip(" *").lower()) for match in SCRIPT_LABEL.finditer(text)]
    strangers = {label for _, label in labels if not set(label.split()) & names}
    for match, label in labels:
        if label in users or (
            len(labels) > 1 and len(strangers) < len({name for _, name in labels}) and label in strangers
        ):
            yield _flag("role_flip", match)
    for pattern in (*ROLE_TALK, *NARRATED, BRACKETED):
        for match in pattern.finditer(text):
            yield _flag("role_flip", match)
    for name in sorted(names - TITLES, key=len, reverse=True):
        for match in _about_oneself(re.escape(name)).finditer(text):
            if not _reported(text, match):
                yield _flag("role_flip", match)
    for word in works.union(*map(_kin, works)):
        for match in _about_the_work(re.escape(word)).finditer(text):
            yield _flag("role_flip", match)
    for served, says in COUNTERPARTS:
        if served & works:
            yield from (_flag("role_flip", match) for match in says.finditer(text))
    if SELLERS & works:
        yield from (_flag("role_flip", match) for match in CUSTOMER.finditer(text))


@cache
def _about_oneself(own: str) -> re.Pattern[str]:
    """The persona's name as one who is spoken to or told about; stage directions in asterisks are its own."""
    return re.compile(
        rf"\b(?:you are|you're|as|how|what)\s+{own}\b(?=,? (?:i would|i'd|would|might|could)\b|[.!,?]|$)"
        rf"|^[^\w\n]{{0,20}}{GREETING}[, ]{{1,3}}(?:\w+ )?{own}\b|\b{own}, {ASKED}\b|, {own}\?"
        rf"|\b{own} (?:\w+ )?{WOULD_SAY}\b|\b{own} is a (?:fictional )?character\b"
        rf"|(?:^[(\[]?|[.!?;,:] |\b(?:and|but|when|while|because|then|where|why|imagine|think|believe|so|"
        rf"for) )(?:\w+ )?"
        rf"{own} (?:\w+ )?{NARRATES}|\b{own}'s {PARTS}\b|[,.!?][\"”]\s{{1,2}}(?:{SPEECH}(?:s|ed|es|d)? )?{own}\b"
        rf"|(?:^|[.!?] ){own}, (?:i|please|thank|we|let|that's (?!me|my)|this|may|it's|don't)\b"
        rf"|\b(?:speak|respond|answer|reply|act|talk|write|pose)(?:ing|s|ed)? as {own}\b|\b(?:play|voice|"
        rf"portray)(?:ing)? {own}\b"
        rf"|\b(?:i'll be|i will be|be|pretend to be|pretending to be) {own}\b"
        rf"|(?:\w+ ){{2,5}}\w+(?<!name)(?<!call me)(?<!called)(?<!love)(?<!regards)(?<!wishes), {own}[.!](?= |$)",
        re.IGNORECASE | re.MULTILINE,
    )


@cache
def _about_the_work(work: str) -> re.Pattern[str]:
    """The persona's profession as that of the one spoken to: "thank you, captain", "as a sailor, do you …"."""
    return re.compile(
        rf"\b(?:how long have you been|since when are you|have you always been|what(?:'s| is) it like(?: to be|"
        rf" being)?|do you like "
        rf"being|you must be|what made you become|you(?:'re| are)|seit wann sind sie|seit wann bist du|"
        rf"desde cuándo eres|"
        rf"depuis quand (?:êtes-vous|es-tu)),? (?:an? |the |une? |eine? )?(?:\w+ ){{0,2}}?{work}\b"
        rf"|\b(?:ask|meet|met|to|for) an? (?:real )?{work}\b[:?]|\bas an? (?:\w+ )?{work}, (?:you|do you|what|how|"
        rf"have you|why|did)\b"
        rf"|^\W{{0,2}}{work}, (?!(?:yes|for|since|and|that|like|born|by|at|in|retired)\b)\w+"
        rf"|(?:^|[.!?] )(?:{GREETING}|yes|no|please|excuse me|sorry|of course)\b,? (?:mr\.? |mrs\.? |dear |"
        rf"good )?{work}[.!?,]"
        rf"|, {work}[.!?]$|\bthe {work} (?:remains?|says|replies|answers|should|smiles|nods|asks|looks|would)\b"
        rf"|(?:^|[.!?] )the (?:\w+ )?{work} [a-z]{{2,12}}s\b[^.!?]{{0,40}}\b(?:her|his|the visitor|the customer)\b",
        re.IGNORECASE | re.MULTILINE,
    )


def _swaps(text: str, names: frozenset[str]) -> Iterator[Flag]:
    if not names:
        return
    yield from (_flag("persona_swap", match) for match in WRONG_PERSON.finditer(text))
    for name in names - TITLES:
        own = re.escape(name)
        for pattern in (rf"\b(?:i'm|i am|my name(?: is|'s)) not {own}\b", STRANGER_TO.replace("{own}", own)):
            yield from (_flag("persona_swap", match) for match in re.finditer(pattern, text, re.IGNORECASE))
    for claims in (*NAME_CLAIMS.values(), *STANDING_NAMES):
        for match in claims.finditer(text):
            claimed = [word.lower() for word in match["name"].split()]
            foreign = not set(claimed) & (names | NOT_NAMES | ASSISTANTS) and not _short_for(claimed[0], names)
            if foreign and not claimed[0].endswith(("ish", "ese")) and not _reported(text, match):
                yield _flag("persona_swap", match)


def _short_for(claimed: str, names: frozenset[str]) -> bool:
    return any(claimed[:3] == name[:3] for name in names)


def _other_facts(text: str, persona: Persona, language: str) -> Iterator[Flag]:
    """Claims of another profession, occupation, family, age or place than the persona has, where it has one."""
    works = [persona.identity.occupation or ""] + [s.text for s in persona.statements if s.kind == "work"]
    said = " ".join([*works, persona.summary, persona.description, *(s.text for s in persona.statements)])
    said += f" {persona.identity.family or ''} {persona.identity.region or ''} {persona.identity.origin or ''}"
    known = said.lower()
    if any(works):
        yield from _other_profession(text, known, language)
        for claim, stems in ACTIVITIES:
            if not any(stem in known for stem in stems):
                yield from (_flag("persona_swap", m) for m in claim.finditer(text) if not _reported(text, m))
    for claim, has in DENIED_FAMILY:
        if has.search(said):
            yield from (_flag("persona_swap", match) for match in claim.finditer(text))
    ages = {int(next(number for number in found if number)) for found in AGE_KNOWN.findall(persona.summary)}
    age = persona.identity.age or ""
    ages |= {int(age)} if age.isdecimal() else set()
    for match in AGE_CLAIM.finditer(text) if ages else ():
        number = match["age"].lower()
        claimed = int(number) if number.isdecimal() else NUMBERS.get(number)
        if claimed and all(abs(claimed - age) > 1 for age in ages) and not _reported(text, match):
            yield _flag("persona_swap", match)
    if PLACE_KNOWN.search(persona.summary) or persona.identity.region:
        for match in PLACE_CLAIM.finditer(text):
            if match["place"].lower() not in known and not _reported(text, match):
                yield _flag("persona_swap", match)


def _other_profession(text: str, known: str, language: str) -> Iterator[Flag]:
    for code in dict.fromkeys(("en", language)):
        for match in OCCUPATION_CLAIMS[code].finditer(text) if code in OCCUPATION_CLAIMS else ():
            parts = {key: (value or "").lower() for key, value in match.groupdict().items()}
            told = [parts.get(key, "") for key in ("work", "trade", "living", "by")]
            listed = re.split(r"\b(?:and|the|who|that|for|when)\b", parts["job"] or parts.get("role", ""))[0].split()
            if any(word[:5] in known or any(other in known for other in _kin(word)) for word in listed):
                continue
            claimed = next(filter(None, [*told, *(word for word in listed if word in PROFESSIONS)]), "")
            if claimed and claimed not in FILLERS and claimed[:5] not in known and not _reported(text, match):
                yield _flag("persona_swap", match)


def _names(persona: Persona | None, name: str | None) -> frozenset[str]:
    given = [name or "", persona.name if persona else "", (persona.identity.nickname or "") if persona else ""]
    return frozenset(word for full in given for word in re.findall(r"[^\W\d_][\w'-]+", full.lower()))


def _kin(work: str) -> frozenset[str]:
    return frozenset().union(*(group for group in KIN if work in group))


def _works(persona: Persona | None) -> frozenset[str]:
    """The nouns of the persona's profession: "retired ship's doctor in Ulm" has ship, doctor."""
    work = (persona.identity.occupation or "") if persona else ""
    before_place = re.split(r"\b(?:in|from|at|of|with|for|who|on|near|aus|von|bei|de|à|en|con)\b", work, maxsplit=1)[0]
    return frozenset(re.findall(r"[^\W\d_]{4,}", before_place.lower())) - {"retired", "young", "year", "street"}


def _is_ai(persona: Persona | None) -> bool:
    if persona is None:
        return False
    said = (
        persona.summary,
        persona.description,
        persona.identity.occupation or "",
        *(s.text for s in persona.statements),
    )
    return any(AI_PERSONA.search(text) for text in said)


def _reported(text: str, match: re.Match[str]) -> bool:
    """Whether the claim is somebody else's, denied, or only asked: "you say I'm an AI", "I'm an AI?"."""
    before = re.split(r"[.;!?\n]|, (?:but|so|and|yes)\b|\bbut\b", text[max(0, match.start() - 90) : match.start()])[-1]
    asked = re.match(r"[\"'”]?\s*\?", text[match.end() : match.end() + 3]) and not OFFERS.match(match.group())
    return bool(REPORTED.search(before) or DENIED.search(REASON.split(before)[-1]) or asked)


def _without_overlap(flags: list[Flag]) -> tuple[Flag, ...]:
    kept: list[Flag] = []
    for flag in sorted(flags, key=lambda flag: (flag.kind, flag.span)):
        if not (kept and kept[-1].kind == flag.kind and flag.span[0] < kept[-1].span[1]):
            kept.append(flag)
    return tuple(sorted(kept, key=lambda flag: flag.span))


def _flag(kind: Kind, match: re.Match[str]) -> Flag:
    return Flag(kind, match.group().strip(), match.span())
