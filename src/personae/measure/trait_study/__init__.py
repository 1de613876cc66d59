"""Does a trait prompt do what it says? Subjects at known levels, scored by a questionnaire, by what they advise and by
what they write.

`design` says who is asked, `outcomes` by what they are scored, `results` what it shows.
"""

from __future__ import annotations

from personae.measure.trait_study.design import Subject, concurrent, single
from personae.measure.trait_study.outcomes import by_questionnaire, by_situations, by_text
from personae.measure.trait_study.results import SHAPED, Answered, Shaping, people, shaping

__all__ = [
    "SHAPED",
    "Answered",
    "Shaping",
    "Subject",
    "by_questionnaire",
    "by_situations",
    "by_text",
    "concurrent",
    "people",
    "shaping",
    "single",
]
