"""Dates in answers: the days a phrase may mean, and whether two phrases mean the same ones.

Words say little about dates: "7 May 2023" and "8 May 2023" share two of three. Here a phrase becomes the stretch of
days it may mean, "the week before 9 June 2023" those from 2 to 8 June, and stretches are compared.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Verdict = Literal[
    "same", "finer", "coarser", "overlapping", "different", "no date in the gold", "no date in the answer"
]

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
#: A longer text is no date.
MAX_CHARS = 2_000

_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
_YEAR = r"(?P<year>[12]\d{3})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(rf"\b{form}\b")
    for form in (
        rf"{_YEAR}-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})",
        rf"{_DAY} ?(?:of )?{_MONTH} ?{_YEAR}",
        rf"{_MONTH} ?{_DAY} {_YEAR}",
        rf"{_MONTH} ?(?:of )?{_YEAR}",
        rf"(?P<season>{'|'.join(SEASONS)}) (?:of )?{_YEAR}",
        _YEAR,
    )
)
_DAYS = "|".join(WEEKDAYS)
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_NUMBERS |= {"ten": 10, "eleven": 11, "twelve": 12}
_COUNT = rf"(?:(?P<count>{'|'.join(_NUMBERS)}|\d{{1,2}}) )?"
_BESIDE = re.compile(rf"\b{_COUNT}(?P<unit>{_DAYS}|day|week|weekend)(?P<several>s?) (?P<side>before|after|of)$")
_PLACE = re.compile(r"\b(?P<place>first|second|third|fourth|last) (?P<unit>week|weekend) (?:of|in)$")


@dataclass(frozen=True, slots=True)
class Days:
    """All days from `first` to `last`, both included."""

    first: date
    last: date


def days_in(text: str) -> Days | None:
    """The days that the first date of a text may mean; None where it holds no date with a year.

    Read are days, months, seasons and years in English, ISO dates, and a weekday, day, week or weekend before, after or
    of one; weeks of a month start on its first day. Numbers alone such as 5/7/2023 are read in no order, so not at all.

    >>> days_in("the week before 9 June 2023")
    Days(first=datetime.date(2023, 6, 2), last=datetime.date(2023, 6, 8))
    >>> days_in("The Sunday before 25 May, 2023").first
    datetime.date(2023, 5, 21)
    """
    plain = " ".join(re.sub(r"[^a-z0-9-]", " ", text[:MAX_CHARS].lower()).split())
    found = [(match.start(), place, match) for place, form in enumerate(_FORMS) if (match := form.search(plain))]
    if not found:
        return None
    start, _, match = min(found, key=lambda each: each[:2])
    base = _days_of(match)
    if base is None:
        return None
    lead = plain[:start].rstrip().removesuffix(" the").removesuffix(" of the")
    if nth := _PLACE.search(lead):
        return _nth(nth["place"], nth["unit"], base)
    beside = _BESIDE.search(lead)
    if beside and beside["several"] and not beside["count"]:  # "a few days before": how many, nobody knows
        return None
    return _moved(beside, base) if beside else base


def compare_dates(prediction: str, gold: str) -> Verdict:
    """How the days an answer means lie to those of the gold.

    "same"; "finer" within them, "coarser" around them; "overlapping", "different"; or on which side no date is.

    >>> compare_dates("on May 7, 2023", "7 May 2023"), compare_dates("8 May 2023", "7 May 2023")
    ('same', 'different')
    >>> compare_dates("in May 2023", "7 May 2023"), compare_dates("5 June 2023", "the week before 9 June 2023")
    ('coarser', 'finer')
    """
    true, said = days_in(gold), days_in(prediction)
    if true is None:
        return "no date in the gold"
    if said is None:
        return "no date in the answer"
    if said == true:
        return "same"
    if said.last < true.first or said.first > true.last:
        return "different"
    if true.first <= said.first and said.last <= true.last:
        return "finer"
    return "coarser" if said.first <= true.first and true.last <= said.last else "overlapping"


def _days_of(match: re.Match[str]) -> Days | None:
    told = match.groupdict()
    year = int(told["year"])
    if told.get("season"):
        first, last = SEASONS[told["season"]]
        return Days(date(year, first, 1), _end(year, last))
    if not told.get("month"):
        return Days(date(year, 1, 1), date(year, 12, 31))
    month = MONTHS.get(told["month"]) or (int(told["month"]) if told["month"].isdigit() else 0)
    if not 1 <= month <= 12:
        return None
    if not told.get("day"):
        return Days(date(year, month, 1), _end(year, month))
    day = int(told["day"])
    return Days(date(year, month, day), date(year, month, day)) if 1 <= day <= _end(year, month).day else None


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _nth(place: str, unit: str, base: Days) -> Days:
    """The first, … last week or weekend of a stretch."""
    if unit == "week":
        if place == "last":
            return Days(base.last - timedelta(6), base.last)
        start = base.first + timedelta(7 * ("first", "second", "third", "fourth").index(place))
        return Days(start, start + timedelta(6))
    if place == "last":
        sunday = base.last - timedelta((base.last.weekday() - 6) % 7)
        return Days(sunday - timedelta(1), sunday)
    saturday = base.first + timedelta((5 - base.first.weekday()) % 7)
    saturday += timedelta(7 * ("first", "second", "third", "fourth").index(place))
    return Days(saturday, saturday + timedelta(1))


def _moved(beside: re.Match[str], base: Days) -> Days:
    """The day, weekday, week or weekend before, after or of a stretch; two weeks before are the second one back."""
    side, unit = beside["side"], beside["unit"]
    told = beside["count"] or "one"
    count = int(told) if told.isdigit() else _NUMBERS[told]
    if unit == "day":
        day = {"before": base.first - timedelta(count), "after": base.last + timedelta(count)}.get(side)
        return Days(day, day) if day else base
    if unit == "week":
        if side == "of":
            monday = base.first - timedelta(base.first.weekday())
            return Days(monday, monday + timedelta(6))
        back = base.first - timedelta(7 * count)
        ahead = base.last + timedelta(7 * (count - 1) + 1)
        return Days(back, back + timedelta(6)) if side == "before" else Days(ahead, ahead + timedelta(6))
    weekday = 5 if unit == "weekend" else WEEKDAYS[unit]
    if side == "of":
        day = base.first - timedelta(base.first.weekday()) + timedelta(weekday)
    elif side == "before":
        day = base.first - timedelta((base.first.weekday() - weekday - 1) % 7 + 1 + 7 * (count - 1))
    else:
        day = base.last + timedelta((weekday - base.last.weekday() - 1) % 7 + 1 + 7 * (count - 1))
    return Days(day, day + timedelta(1) if unit == "weekend" else day)
