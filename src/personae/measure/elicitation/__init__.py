"""What should be asked of somebody new, and what does asking gain?

need.py         a question, and the weighted wants that decide how good an answer is for its user
actions.py      what an eliciting assistant may do in a turn: ask one question, or answer
users.py        simulated users: passive, who volunteers nothing, and collaborative
dialogue.py     one attempt: at once, knowing everything, or after asking
rating.py       how far an answer keeps to each want: by a judge, or by marks in the text
scores.py       PrefAlign and NormAlign
policy.py       what to ask next, from past users, without training
populations.py  populations of which everything is known, to try a policy on
reading.py      needs from set files, and our own set
measure.py      the measure `elicitation`
"""

from personae.measure.elicitation.actions import Action, read_action
from personae.measure.elicitation.measure import Elicitation
from personae.measure.elicitation.need import Marks, Need, Want
from personae.measure.elicitation.policy import (
    AtRandom,
    InformationGain,
    PastUsers,
    expected_drops,
    past_users,
    predicted,
    split_users,
)
from personae.measure.elicitation.populations import blocks, question_trial
from personae.measure.elicitation.rating import ByMarks, ByModel, Rated
from personae.measure.elicitation.reading import NeedSet, load_needs, own_needs
from personae.measure.elicitation.scores import norm_align, pref_align
from personae.measure.elicitation.users import SimulatedUser, UserTurn

__all__ = [
    "Action",
    "AtRandom",
    "ByMarks",
    "ByModel",
    "Elicitation",
    "InformationGain",
    "Marks",
    "Need",
    "NeedSet",
    "PastUsers",
    "Rated",
    "SimulatedUser",
    "UserTurn",
    "Want",
    "blocks",
    "expected_drops",
    "load_needs",
    "norm_align",
    "own_needs",
    "past_users",
    "predicted",
    "pref_align",
    "question_trial",
    "read_action",
    "split_users",
]
