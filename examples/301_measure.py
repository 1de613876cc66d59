"""Measure what a persona knows of itself, and print the number with its uncertainty."""

from personae import measure_persona

measurements = measure_persona("lighthouse-keeper", "runs/example", measures=("self_knowledge",), n=4, resume=True)
for m in measurements:
    value = m.reason if m.value is None else f"{m.value:.2f} [{m.low:.2f}, {m.high:.2f}]"
    print(f"{m.name:24} {value}  n={m.n}")
