"""What could lead to a living person is taken out of a text and counted, before anything else is done with it.

Found are mail and web addresses, telephone and card numbers (the latter by their check digit), bank accounts (IBAN, by
theirs), postal addresses, and the names that were given. Rather too much is taken than too little; a name nobody gave
stays, so whoever uses a journal has to name its people.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

from personae.simulate.journals.texts import texts

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_LINK = re.compile(r"\b(?:https?://|www\.)\S{1,2000}", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_CARD = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")
_PHONE = re.compile(r"(?<![\w@])(?:\+ ?|00)?\(?\d(?:[ ()./-]{0,3}\d){6,14}(?!\w)")
_DATE = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d{2})|(?:19|20)\d\d ?- ?(?:19|20)\d\d"
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
_BOX = re.compile(r"\bP\.? ?O\.? ?Box \d{1,6}\b", re.IGNORECASE)


class Scrubber:
    """Takes personal data out of texts and counts what it took. `names` are people's names, each with all its parts.

    >>> hide = Scrubber(["Ana Sousa"])
    >>> hide("Ana's number is +351 912 345 678, mail ana@example.org.")
    "[name 1]'s number is [phone], mail [mail]."
    >>> dict(hide.counts)
    {'mail': 1, 'phone': 1, 'name': 1}
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.counts: Counter[str] = Counter()
        self._marks: dict[str, str] = {}
        for number, name in enumerate(dict.fromkeys(" ".join(each.split()) for each in names if each.strip()), 1):
            for part in (name, *(part for part in name.split() if len(part) > 1)):
                self._marks.setdefault(part.casefold(), f"[name {number}]")

    def __call__(self, text: str) -> str:
        """The text without personal data; what was taken leaves a word in square brackets."""
        text = self._taken("mail", _MAIL, text)
        text = self._taken("link", _LINK, text)
        text = self._taken("account", _IBAN, text, _is_iban)
        text = self._taken("card", _CARD, text, _is_card)
        for pattern in (*_addresses(), _POSTCODE, _BOX):
            text = self._taken("address", pattern, text)
        text = self._taken("phone", _PHONE, text, lambda found: not _DATE.fullmatch(found.strip(" ().")))
        return self._named(text)

    def _taken(
        self, what: str, pattern: re.Pattern[str], text: str, sure: Callable[[str], bool] = lambda found: True
    ) -> str:
        def mark(found: re.Match[str]) -> str:
            if not sure(found[0]):
                return found[0]
            self.counts[what] += 1
            return f"[{what}]"

        return pattern.sub(mark, text)

    def _named(self, text: str) -> str:
        """Names as whole words, capitalised or in capitals; in lower case they may be ordinary words."""
        if not self._marks:
            return text

        def mark(found: re.Match[str]) -> str:
            if found[0].islower():
                return found[0]
            self.counts["name"] += 1
            return self._marks[" ".join(found[0].split()).casefold()]

        longest = sorted(self._marks, key=lambda name: (-len(name), name))
        forms = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest)
        return re.sub(rf"(?<![^\W_])(?:{forms})(?![^\W_])", mark, text, flags=re.IGNORECASE)


@cache
def _addresses() -> tuple[re.Pattern[str], ...]:
    words = texts("personal")
    ends, joined, begins = ("|".join(map(re.escape, words[part])) for part in ("ends", "joined", "begins"))
    flat = r"(?:,? (?:[Aa]pt|[Aa]partment|[Ff]lat|[Uu]nit|[Ss]uite)\.? ?#?\w{1,6})?"
    town = r"(?:, ?(?:[A-Z]{2} )?\d{4,5}(?:-\d{3,4})?(?: [A-Z][\w-]{1,30})?)?"
    name = r"[A-ZÀ-Þ][\w'’.-]{0,30}"
    return (
        re.compile(rf"\b\d{{1,5}}[A-Za-z]?,? (?:{name} ){{1,4}}(?:{ends})\b\.?{flat}{town}"),
        re.compile(rf"\b[A-ZÀ-Þ][\w-]{{0,30}}?(?:{joined}) ?\d{{1,4}} ?[a-z]?\b{town}"),
        re.compile(
            rf"\b(?:{begins}) (?:(?:d[aeo]s?|del?|las?|los|du|des|della) ){{0,2}}(?:{name},? ){{1,4}}"
            rf"(?:n[º°.] ?)?\d{{1,5}}\b{town}"
        ),
    )


def _is_card(found: str) -> bool:
    """Luhn's check."""
    digits = [int(char) for char in found if char.isdigit()]
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _is_iban(found: str) -> bool:
    """ISO 13616: the number modulo 97 is 1."""
    plain = found.replace(" ", "")
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1
