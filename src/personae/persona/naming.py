"""Who a sentence is about: the first pronoun that means the character becomes the name, nothing is left dangling.

Rules for English. A pronoun is taken to mean the character where it can, else the person or thing spoken of last; what
neither can be is not resolved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from personae.persona.cast import FIRST, QUOTE, SECOND, STARTERS, WORD, Cast, Subject, after, mentions
from personae.persona.kinds import kind_of
from personae.persona.perspective import PRONOUNS, has_verb, to_first_person, to_third_person

_WE = re.compile(r"(?<!\w)(?:we|us|our|ours|ourselves|we['’]\w+)(?!\w)", re.IGNORECASE)
#: What ties a sentence to the one before, and says nothing alone.
_CONNECTIVE = re.compile(
    r"(?:however|additionally|in addition|moreover|furthermore|also|besides|therefore|thus|consequently|nevertheless|"
    r"nonetheless|still|instead|likewise|meanwhile|then|as a result|on the other hand)\s*,\s+(?=\w)|"
    r"(?:and|but|so|yet)\s*,?\s+(?=\w)",
    re.IGNORECASE,
)
#: A sentence that begins so means something only after another one.
_POINTER = re.compile(r"\W*(?:it|its|this|that|these|those|they|them|their)(?!\w)", re.IGNORECASE)
_DEMONSTRATIVE = re.compile(r"\W*(?:this|that|these|those|both|neither|the (?:former|latter))\s+(?P<next>\w+)", re.I)
_TURNED = {"you": "I", "your": "my", "yours": "mine", "yourself": "myself", "are": "am", "were": "was"}
_SENSE = re.compile(
    r"\W*(?:an?|the|very|quite|not|\d{1,3}[- ]years?[- ]old|tall|short|slim|thin|broad|pale|bald|blonde?|old|young)\b",
    re.IGNORECASE,
)
_BODY = re.compile(r"\b(?:hair|eyes?|beard|scars?|freckles?|tattoos?|skin|moustache|voice|accent|hands?)\b", re.I)


@dataclass(frozen=True, slots=True)
class Named:
    """A sentence that can be read alone. `sure` is False where the pronoun could have meant somebody else,
    `own` tells whether it names the character."""

    text: str
    own: bool
    sure: bool = True


def named(text: str, cast: Cast, *, continues: bool = False, spoken: bool = False) -> tuple[Named | None, Cast]:
    """The sentence with its first mention of the character by name, and the cast as the next sentence finds it.

    `continues` says that the text is a further clause of the sentence before, `spoken` that it is in the character's
    own words whatever the passage is. None where it cannot be read alone and no rule says what it points at.

    >>> from personae.persona.cast import cast_for
    >>> cast = cast_for("", "Ana", "she")
    >>> named("Her brother is a baker.", cast)[0].text
    "Ana's brother is a baker."
    >>> named("It was stolen.", cast)[0] is None
    True
    """
    masked, quotes = _masked(_without_connective(text))
    found = _spoken(masked, cast) if spoken else _resolved(masked, cast, continues)
    if found is None or dangling(found.text, cast):
        return None, replace(cast, topic=None, thing=None)
    sure = found.sure and _DEMONSTRATIVE.match(masked) is None
    plain = replace(found, text=_opening(_unmasked(found.text, quotes), cast), sure=sure)
    return plain, after(found.text, cast)


def dangling(text: str, cast: Cast) -> bool:
    """Does the text point at somebody without saying who: a pronoun, and the character's name nowhere?

    >>> from personae.persona.cast import cast_for
    >>> dangling("She sings.", cast_for("", "Ana")), dangling("Ana loves her cat.", cast_for("", "Ana"))
    (True, False)
    """
    masked, _ = _masked(text)
    if mentions(masked, cast):
        return False
    forms = {form for forms in PRONOUNS.values() for form in forms} - set(PRONOUNS["it"])
    personal = any(_base(word) in forms for word in WORD.findall(masked))
    spoken = FIRST.search(masked) or _WE.search(masked)
    return personal or spoken is not None or _POINTER.match(masked) is not None


def _resolved(text: str, cast: Cast, continues: bool) -> Named | None:
    if FIRST.search(text) or (cast.told_by_self and SECOND.search(text)):
        return _spoken(text, cast) if cast.told_by_self else None
    shown = _DEMONSTRATIVE.match(text)
    if shown and has_verb(shown["next"]):
        return None
    if mentions(text, cast):
        return Named(text, own=True)
    if (pointer := _POINTER.match(text)) and (other := _pointed(pointer[0].strip().lower(), cast)):
        return _put(text, other, cast)
    return (
        _of_character(text, cast, continues) or _of_topic(text, cast) or _fragment(text, cast) or _of_others(text, cast)
    )


def _spoken(text: str, cast: Cast) -> Named:
    """What the character says of themselves, or is told: the first person becomes the third."""
    if not FIRST.search(text):
        words = re.split(r"(\W+)", re.sub(r"(?i)\byou['’]re\b", "you are", text))
        turned = [_TURNED.get(word.lower(), word) for word in words]
        text = "".join(turned)
        text = text[:1].upper() + text[1:]
    return Named(to_third_person(text, cast.name, cast.pronouns), own=True)


def _of_character(text: str, cast: Cast, continues: bool) -> Named | None:
    """The first pronoun of the character's own becomes the name.

    A passage about somebody goes on about them: where a sentence opens with a pronoun that could also mean the last
    one spoken of, it is taken for the character's, but for a further clause of the same sentence.
    """
    forms = PRONOUNS[cast.pronouns]
    first = next((word for word in WORD.finditer(text) if _base(word[0]) in forms), None)
    if first is None:
        return None
    opens = not WORD.search(text[: first.start()]) and _base(first[0]) == forms[0]
    sure = not (opens and cast.topic is not None and cast.pronouns in cast.topic.pronouns)
    if not sure and continues and cast.topic is not None:
        return _put(text, cast.topic, cast, sure=False)
    if cast.pronouns == "they" and _base(first[0]) == "they":
        return Named(to_third_person(to_first_person(text, cast.name, "they"), cast.name, "they"), own=True, sure=sure)
    return Named(_substituted(text, first, cast.name, cast.pronouns), own=True, sure=sure)


def _of_topic(text: str, cast: Cast) -> Named | None:
    """A pronoun that cannot be the character's: the person spoken of last, if it can be theirs."""
    if cast.topic is None:
        return None
    forms = {form: key for key in cast.topic.pronouns for form in PRONOUNS[key]}
    first = next((word for word in WORD.finditer(text) if _base(word[0]) in forms), None)
    if first is None:
        return None
    return Named(
        _substituted(text, first, cast.topic.words, forms[_base(first[0])]), own=mentions(cast.topic.words, cast)
    )


def _put(text: str, subject: Subject, cast: Cast, *, sure: bool = True) -> Named:
    first = WORD.search(text)
    assert first is not None
    key = next((key for key in sorted(subject.pronouns) if _base(first[0]) in PRONOUNS[key]), "it")
    return Named(_substituted(text, first, subject.words, key), own=mentions(subject.words, cast), sure=sure)


def _pointed(word: str, cast: Cast) -> Subject | None:
    """What "it", or a "they" that is not the character's, points at: the new thing or the people spoken of last."""
    for subject in (cast.thing, cast.topic):
        if subject and any(word in PRONOUNS[key] for key in subject.pronouns & {"it", "they"}):
            return subject
    return None


def _fragment(text: str, cast: Cast) -> Named | None:
    """A note without a subject: "Loves tea.", "A quiet woman.", "Red hair."."""
    words = WORD.findall(text)
    if not words or words[0].lower() in STARTERS or _DEMONSTRATIVE.match(text):
        return None
    low = text.lstrip("\"'*([ ")
    low = low[:1].lower() + low[1:] if not low[:2].isupper() else low
    if words[0][:1].lower() != words[0][:1].upper():
        if words[0].lower().endswith("s") and has_verb(words[0]) and len(words) > 1:
            return Named(f"{cast.name} {low}", own=True)
        if not has_verb(text) and len(words) <= 14:
            return Named(f"{cast.name}{_copula(text, words[0])}{low}", own=True)
    return None


def _copula(note: str, first: str) -> str:
    """What joins a name and a note without a verb: to be, to have, or a colon where neither is sure."""
    if _BODY.search(note) and not _SENSE.match(note):
        return " has "
    return " is " if _SENSE.match(note) or kind_of(first.lower()) == "personality" else ": "


def _of_others(text: str, cast: Cast) -> Named | None:
    """A sentence about somebody or something else, kept where it points at nothing outside of itself."""
    return None if dangling(text, cast) else Named(text, own=False)


def _substituted(text: str, pronoun: re.Match[str], words: str, key: str) -> str:
    """The text with one pronoun put into words: the possessive as such, a contraction written out."""
    subject, object_, possessive, alone, _ = PRONOUNS[key]
    low = pronoun[0].lower().replace("’", "'")
    after = text[pronoun.end() :]
    base, _, tail = low.partition("'")
    owning = base == alone or (base == possessive and (base != object_ or _possesses(after)))
    put = words + (("'" if key == "they" and words.endswith("s") else "'s") if owning else "")
    if tail == "s" and base == subject:
        tail_words = " has" if re.match(r"\s+(?:been|got|had|\w+ed)\b", after) else " is"
        put += tail_words
    elif tail:
        put += {"ll": " will", "d": " would", "re": " are", "ve": " have"}.get(tail, "")
    start = not WORD.search(text[: pronoun.start()])
    put = put[:1].upper() + put[1:] if start and put.startswith("the ") else put
    return text[: pronoun.start()] + put + after


def _possesses(after: str) -> bool:
    """Is "her" followed by what is hers? Decided as `perspective` does it."""
    return to_first_person(f"Ana sees her{after}", "Ana", "she").startswith("I see my")


def _opening(text: str, cast: Cast) -> str:
    """The text with a capital at its start; a name stays as it is spelled."""
    return text if text.startswith(cast.aliases) else text[:1].upper() + text[1:]


def _without_connective(text: str) -> str:
    found = _CONNECTIVE.match(text)
    return text[found.end()].upper() + text[found.end() + 1 :] if found else text


def _base(word: str) -> str:
    return word.lower().replace("’", "'").partition("'")[0]


def _masked(text: str) -> tuple[str, list[str]]:
    """The text with each quotation as one private character, so that no rule touches what somebody says."""
    quotes = QUOTE.findall(text)
    for index, quote in enumerate(quotes[:1000]):
        text = text.replace(quote, chr(0xE100 + index), 1)
    return text, quotes


def _unmasked(text: str, quotes: list[str]) -> str:
    return "".join(
        quotes[ord(letter) - 0xE100] if 0 <= ord(letter) - 0xE100 < len(quotes) else letter for letter in text
    )
