"""PersonaGym: a persona is put into places and asked, and judges grade its answers for five tasks from 1 to 5.

`protocol` says what a run is and what it costs, `questions` and `released` where questions come from, `block` how a
few of them are answered and graded, `run` how many personas are, `scores` what comes out, `published` what others
reported. "PersonaGym", 2024. All wording is ours.
"""
