"""Models that read and judge: by a rubric, by a list of flaws, beside a reference, in pairs, as an ensemble.

`roles` says what a judge is, `verdicts` what its words say, `summary` makes numbers of many verdicts.
"""
