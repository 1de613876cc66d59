"""May this judge be trusted? Items with known answers, probes for known faults, and the card that keeps the figures.

`speakers` says what a role-identification item is, `scenes` makes items of scenes, `bundled` reads ours. `pairs` puts
two replies to a judge, `probes` looks for known faults, `qualify` runs everything, and `card` is what reports show.
"""
