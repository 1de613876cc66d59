"""Evidence recall: does a memory find the turns that answer a question? LoCoMo's files, any other history."""

from personae.measure.recall.evaluate import Evaluation, Row, Setup, evaluate
from personae.measure.recall.histories import Recalls, recalls
from personae.measure.recall.locomo import Dialogue, Question, load_locomo
from personae.measure.recall.report import Difference, as_data, difference

__all__ = [
    "Dialogue",
    "Difference",
    "Evaluation",
    "Question",
    "Recalls",
    "Row",
    "Setup",
    "as_data",
    "difference",
    "evaluate",
    "load_locomo",
    "recalls",
]
