"""The lorebook: facts that enter the prompt only when the talk touches them.

book.py  the data · decorators.py  `@@` lines · matching.py  keys · rules.py  one entry, read whole ·
engine.py  the scan · selection.py  groups and budget · trace.py  what was decided and why
"""
