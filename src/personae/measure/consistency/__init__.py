"""Does what a persona says follow from, leave alone or contradict what it is?

asking.py              pairs put to the scorer, and its answers held to the contract
matrix.py              replies × statements: what the pair scorer says of each cell
apc.py                 APC and its relatives: how many statements a reply can be expected to satisfy
family.py              scores that count entailed and contradicted statements
cells.py               which statements were shown, missed and violated, and the worst pair, with their texts
self_contradiction.py  a reply against the speaker's own earlier ones
recoverability.py      can the persona be told from the talk, among others?
preferences.py         pairs of replies that differ in APC, for preference tuning
measure.py, numbers.py the measure `consistency`, and how its numbers come about
"""
