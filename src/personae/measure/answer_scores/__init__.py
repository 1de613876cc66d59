"""How good an answer about a long history is: words it shares with the gold, dates, and judges put to a test.

`lexical` is the published score by question code, `dates` compares days, `prompts` asks, `judging` has a model read,
and `stress` shows what that model accepts before its number is printed.
"""

from personae.measure.answer_scores.dates import compare_dates, days_in
from personae.measure.answer_scores.judging import AnswerItem, AnswerJudge, two_key
from personae.measure.answer_scores.lexical import gold_word_recall, lexical_score, token_f1
from personae.measure.answer_scores.prompts import Session, qa_messages
from personae.measure.answer_scores.stress import GoldAnswer, accepted_by_words, rotated, stress, stress_cases

__all__ = [
    "AnswerItem",
    "AnswerJudge",
    "GoldAnswer",
    "Session",
    "accepted_by_words",
    "compare_dates",
    "days_in",
    "gold_word_recall",
    "lexical_score",
    "qa_messages",
    "rotated",
    "stress",
    "stress_cases",
    "token_f1",
    "two_key",
]
