"""Questionnaires as Inspect tasks, one per instrument of ours and one for any other."""

from .questionnaire import big_five as big_five
from .questionnaire import honesty as honesty
from .questionnaire import questionnaire as questionnaire
from .questionnaire import value_survey as value_survey
