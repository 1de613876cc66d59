"""Cloning people from their answers: what a clone predicts, beside what costs nothing."""

from __future__ import annotations

from personae.measure.cloning.baselines import baselines
from personae.measure.cloning.clones import Clones, clone, observe_all, portrait
from personae.measure.cloning.evaluation import BETTER, NOTHING_ADDED, Evaluation, Judged, Prediction, evaluate
from personae.measure.cloning.instruments import instrument_named
from personae.measure.cloning.made_up import made_up_people
from personae.measure.cloning.metric import Errors, errors_of, summed
from personae.measure.cloning.people import People, read_people, turned
from personae.measure.cloning.split import Split, drawn_split, read_split

__all__ = [
    "BETTER",
    "NOTHING_ADDED",
    "Clones",
    "Errors",
    "Evaluation",
    "Judged",
    "People",
    "Prediction",
    "Split",
    "baselines",
    "clone",
    "drawn_split",
    "errors_of",
    "evaluate",
    "instrument_named",
    "made_up_people",
    "observe_all",
    "portrait",
    "read_people",
    "read_split",
    "summed",
    "turned",
]
