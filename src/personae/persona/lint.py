"""What an author would want to know before a persona goes to work: a table of small checks, no model asked.

Contradictions between statements need a pair scorer and are not looked for here.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from personae.persona.lorebook.book import Entry
from personae.persona.lorebook.decorators import read as read_decorators
from personae.persona.lorebook.matching import compile_pattern, is_slashed
from personae.persona.persona import Persona
from personae.persona.statements import split
from personae.persona.tokens import estimate_tokens

Severity = Literal["error", "warning", "info"]
Count = Callable[[str], int]

#: A statement longer than this many words is more than one fact (the statement model of the toolkit).
MAX_WORDS = 40
#: Statements whose words are this alike (ratio of matching words, 0 … 1) are near-duplicates.
NEAR = 0.9
#: A persona that takes more than this many tokens leaves little room for talk on small models.
MAX_TOKENS = 2_000
_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class Finding:
    """One thing found. `rule` names the check, `path` where: a field path, `statements.<id>`, `lorebook.entries.3`."""

    severity: Severity
    rule: str
    path: str
    message: str

    def to_dict(self) -> dict[str, str]:
        """Plain JSON data."""
        return dataclasses.asdict(self)


def lint(persona: Persona, count_tokens: Count = estimate_tokens) -> tuple[Finding, ...]:
    """Everything the checks of `RULES` find, errors first.

    >>> ana = Persona(name="Ana", statements=[{"id": "a", "text": "I like tea."}, {"id": "b", "text": "i like tea"}])
    >>> [(f.rule, f.path) for f in lint(ana) if f.severity == "warning"]
    [('duplicate', 'statements.b')]
    """
    found = [finding for rule in RULES for finding in rule(persona)]
    costs = section_costs(persona, count_tokens)
    read = sum(tokens for section, tokens in costs.items() if section not in ("lorebook", "greetings"))
    if read > MAX_TOKENS:
        found.append(
            Finding("warning", "cost", "", f"about {read} tokens are read with every prompt; {MAX_TOKENS} is a lot")
        )
    return tuple(sorted(found, key=lambda finding: _ORDER[finding.severity]))


def section_costs(persona: Persona, count_tokens: Count = estimate_tokens) -> dict[str, int]:
    """Tokens of every section that holds text, in the order of the persona's fields."""
    costs: dict[str, int] = {}
    for path, text in texts(persona):
        section = path.split(".")[0]
        costs[section] = costs.get(section, 0) + count_tokens(text)
    return costs


def texts(persona: Persona) -> Iterator[tuple[str, str]]:
    """(path, text) of everything an author wrote; other programs' data and provenance are left out."""
    for section in type(persona).model_fields:
        if section not in ("extensions", "provenance", "assets", "portrait", "voice", "licence", "language"):
            yield from _leaves(getattr(persona, section), section)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value:
            yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            name = item.id if path == "statements" else index
            text = item.text if path == "statements" else item
            yield from _leaves(text, f"{path}.{name}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}")
    elif hasattr(type(value), "model_fields"):
        for key in type(value).model_fields:
            if key not in ("extensions", "position", "depth_role", "id"):
                yield from _leaves(getattr(value, key), f"{path}.{key}")


def duplicates(persona: Persona) -> Iterator[Finding]:
    """The same fact twice: to the letter, but for case and punctuation, or in almost the same words."""
    seen: dict[str, str] = {}
    for statement in persona.statements:
        path, words = f"statements.{statement.id}", " ".join(_words(statement.text)) or statement.text
        if words in seen:
            yield Finding("warning", "duplicate", path, f"says the same as {seen[words]!r}")
        elif twin := _near_twin(words.split(), seen):
            yield Finding("info", "near-duplicate", path, f"is almost the same as {twin!r}")
        seen.setdefault(words, statement.id)


def _near_twin(words: list[str], seen: dict[str, str]) -> str | None:
    """The id of an earlier statement (of the last 400) in almost the same words; short ones have no near twins."""
    if len(words) < 4:
        return None
    matcher: difflib.SequenceMatcher[str] = difflib.SequenceMatcher(b=words, autojunk=False)
    for other, identity in list(seen.items())[-400:]:
        matcher.set_seq1(other.split())
        if all(ratio() >= NEAR for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)):
            return identity
    return None


def gaps(persona: Persona) -> Iterator[Finding]:
    """What measures and prompts will miss."""
    if not persona.statements:
        yield Finding("error", "gap", "statements", "no statements: nothing to measure faithfulness on")
    elif len(persona.statements) < 5:
        count = len(persona.statements)
        yield Finding("info", "gap", "statements", f"only {count} statements; intervals will be wide")
    if not persona.greetings:
        yield Finding("info", "gap", "greetings", "no greeting: the user has to speak first")
    if not persona.examples and not persona.speech.samples:
        yield Finding("info", "gap", "examples", "no example talk: the style measure has nothing to compare with")
    kinds = {statement.kind for statement in persona.statements}
    missing = [kind for kind in ("work", "residence", "like", "personality") if kind not in kinds]
    if persona.statements and len(missing) >= 3:
        yield Finding("info", "gap", "statements", f"no statement of kind {', '.join(missing)}")


def length(persona: Persona) -> Iterator[Finding]:
    """Statements that are more than one fact, or that nobody can read alone."""
    for statement in persona.statements:
        path, words = f"statements.{statement.id}", _words(statement.text)
        if len(words) > MAX_WORDS:
            yield Finding(
                "warning", "too-long", path, f"{len(words)} words; split it into facts of at most {MAX_WORDS}"
            )
        elif len(split(statement.text)) > 1:
            yield Finding("info", "two-clauses", path, f"says two things: {_short(statement.text)}")
        if statement.person == "third" and _LONE_PRONOUN.match(statement.text):
            yield Finding("info", "pronoun", path, f"does not say who is meant: {_short(statement.text)}")


def placeholders(persona: Persona) -> Iterator[Finding]:
    """Text that was meant to be replaced."""
    for path, text in texts(persona):
        for found in _PLACEHOLDER.finditer(text):
            yield Finding("warning", "placeholder", path, f"{_short(found[0])} was left in")
        for found in _MACRO.finditer(text):
            if found["name"].strip().casefold() not in MACROS:
                yield Finding("info", "unknown-macro", path, f"{_short(found[0])} is no macro and will stand as it is")


def encoding(persona: Persona) -> Iterator[Finding]:
    """Characters that a wrong encoding, or a careless program, left behind."""
    for path, text in texts(persona):
        if mojibake := _MOJIBAKE.search(text):
            yield Finding("warning", "mojibake", path, f"{mojibake[0]!r} looks like UTF-8 read as Latin-1")
        if "\ufffd" in text:
            yield Finding("warning", "encoding", path, "a replacement character U+FFFD: something was lost here")
        bad = {character for character in text if unicodedata.category(character) in ("Cc", "Cs")} - set("\n\t\r")
        for character in sorted(bad):
            what = "lone surrogate" if unicodedata.category(character) == "Cs" else "control character"
            yield Finding(
                "error" if what == "lone surrogate" else "warning", "encoding", path, f"{what} U+{ord(character):04X}"
            )


def lorebook(persona: Persona) -> Iterator[Finding]:
    """Entries that can never enter a prompt, and keys that never match."""
    for index, entry in enumerate(persona.lorebook.entries if persona.lorebook else ()):
        path = f"lorebook.entries.{index}"
        faults = _key_faults(entry)
        for key, fault in faults:
            yield Finding("warning", "bad-key", path, f"key {key!r}: {fault}; it never matches")
        reason = _unreachable(entry, len(faults))
        if reason:
            severity: Severity = "warning" if entry.enabled else "info"
            yield Finding(severity, "unreachable", path, f"{_entry_name(entry)} can never enter a prompt: {reason}")
        for line in read_decorators(entry.content).ignored:
            yield Finding("info", "decorator", path, f"{line!r} is not understood and ignored")


#: The checks, in the order they run.
RULES: tuple[Callable[[Persona], Iterator[Finding]], ...] = (
    encoding,
    gaps,
    duplicates,
    length,
    placeholders,
    lorebook,
)

#: Macros that a prompt replaces (see `persona.macros`).
MACROS = frozenset(("char", "user", "original", "random", "pick", "roll", "//", "hidden_key", "comment", "reverse"))
_MACRO = re.compile(r"\{\{(?P<name>//|[^{}:\n]{1,40})[^{}\n]{0,400}\}\}")
_PLACEHOLDER = re.compile(
    r"\b(?:TODO|FIXME|TBD|XXX)\b|(?i:lorem ipsum)|(?i:\[(?:insert|your|fill in|name here)[^\]\n]{0,60}\])"
    r"|(?i:<(?:insert|your|character|name)[^>\n]{0,40}>)|_{5,}"
)
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf©¨ª§¡±³¶¼]|â€[™œ\u009d“”˜¦]|Â[\u00a0-\u00bf]|ðŸ")
_LONE_PRONOUN = re.compile(r"\W*(?:he|she|they|it|his|her|their|this|that|these|those)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _short(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else text[:59] + "…")


def _key_faults(entry: Entry) -> list[tuple[str, str]]:
    tried = [(key, compile_pattern(key).fault) for key in entry.keys if entry.use_regex or is_slashed(key)]
    return [(key, fault) for key, fault in tried if fault] + [(key, "empty") for key in entry.keys if not key.strip()]


def _unreachable(entry: Entry, faulty: int) -> str | None:
    decorated = read_decorators(entry.content)
    woken = decorated.values.get("activate") or decorated.values.get("additional_keys")
    if not entry.enabled:
        return "it is disabled"
    if not decorated.content.strip() and not decorated.values.get("disable_ui_prompt"):
        return "its content is empty"
    if decorated.values.get("dont_activate"):
        return "@@dont_activate"
    if _never(entry.extensions):
        return "its probability is 0"
    if entry.constant or woken:
        return None
    if not entry.keys:
        return "it has no keys and is not constant"
    return "none of its keys can match" if faulty >= len(entry.keys) else None


def _never(extensions: dict[str, Any]) -> bool:
    return extensions.get("probability") == 0 and extensions.get("useProbability", True) is not False


def _entry_name(entry: Entry) -> str:
    return _short(entry.name or entry.comment or (entry.keys[0] if entry.keys else "") or "entry")
