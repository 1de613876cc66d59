"""What the user asks right now: the last turn, with what it leans on where it does not stand alone. English."""

from __future__ import annotations

import re

from personae.types import Conversation

_ABOUT_YOU = re.compile(r"\b(?:you|your|yours|you're|u|ur)\b", re.IGNORECASE)
_ASKING = re.compile(
    r"\?|\b(?:tell me|i wonder|what about you|how about you)\b|"
    r"^\W*(?:do|does|did|are|were|have|can|could|would|will|what|where|who|when|why|how|which)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:(?:hi|hello|hey|and|so|well)\W+)*how (?:are|r) (?:you|u)(?: \w+)?\W*$|^\W*what'?s up\W*$", re.IGNORECASE
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: A turn of only such words asks about what was said before it.
_LEANING = _words(
    """
    and but so oh ok okay well hm hmm really what how about why not when where who which one kind like that this it
    you u yourself your do does did are were was have has is come long since often many much else then too as
    the a an of for with any some also there
    """
)
MAX_LEANING_WORDS = 6
#: Whole questions that are made of such words.
_WHOLE = re.compile(r"(?:who|what|where|how) (?:are|were|do) you(?: do)?")


def last_of_user(conversation: Conversation) -> str | None:
    """What the user said last, if anything."""
    said = (message.content for message in reversed(conversation.messages) if message.role == "user")
    return next((text for text in said if text.strip()), None)


def query_of(conversation: Conversation) -> str | None:
    """The last turn of the user, after the message before it where the turn alone says nothing ("And you?").

    >>> from personae.types import Message
    >>> talk = Conversation((Message("user", "I have two dogs."), Message("user", "What about you?")))
    >>> query_of(talk)
    'I have two dogs. What about you?'
    """
    said = [message for message in conversation.messages if message.role != "system" and message.content.strip()]
    last = max((place for place, message in enumerate(said) if message.role == "user"), default=None)
    if last is None:
        return None
    text = said[last].content.strip()
    return f"{said[last - 1].content.strip()} {text}" if last and leans(text) else text


def leans(text: str) -> bool:
    """Does a turn only point back at what was said?

    >>> [leans(text) for text in ("And you?", "Why is that?", "Do you like tea?", "Hello!")]
    [True, True, False, False]
    """
    said = re.findall(r"[a-z']+", text.lower())
    return 0 < len(said) <= MAX_LEANING_WORDS and _LEANING.issuperset(said) and not _WHOLE.fullmatch(" ".join(said))


def asks_about_you(text: str) -> bool:
    """Does a turn ask for a fact about the one it is said to? A greeting does not.

    >>> [asks_about_you(t) for t in ("Do you have a car?", "Hi, how are you?", "I like cars.", "Is it raining?")]
    [True, False, False, False]
    """
    return bool(_ASKING.search(text) and _ABOUT_YOU.search(text)) and not _GREETING.match(text)
