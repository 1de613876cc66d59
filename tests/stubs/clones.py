"""A model that knows everybody it is told to be: the upper end of what a clone can do."""

from __future__ import annotations

import math

from personae.measure.cloning import clone
from personae.models import Scripted
from personae.persona.render import render


def oracle(people, split, answers_PI):
    """A model that knows everybody by their statements, and answers each wording as `answers_PI` says."""
    marks = {render(clone(people, row, split), "second_person"): row for row in range(len(people))}
    labels, columns = people.instrument.response.labels, {i.text: c for c, i in enumerate(people.instrument.items)}

    def scores(messages, letters):
        row = next(row for told, row in marks.items() if told in messages[0].content)
        label = labels[int(answers_PI[row, columns[messages[-1].content]]) - 1]
        shown = dict(line.split(". ", 1) for line in messages[-3].content.splitlines()[-len(labels) :])
        return [0.0 if shown[letter] == label else -math.inf for letter in letters]

    return Scripted(name="oracle", option_scores=scores)
