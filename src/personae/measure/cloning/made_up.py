"""People who do not exist, for trials and examples: facets from a normal distribution, answers around them."""

from __future__ import annotations

import numpy as np

from personae.measure.cloning.people import People, turned
from personae.psychometrics.instrument import Instrument


def made_up_people(
    n: int, instrument: Instrument, *, noise: float = 0.9, missing: float = 0.0, seed: int = 0
) -> People:
    """`n` people whose answers come from a domain, a facet and chance, rounded to the scale; coding "raw".

    noise:   standard deviation of chance in units of the domain's, ≥ 0.
    missing: share of the cells left without an answer.
    """
    rng = np.random.default_rng(seed)
    response = instrument.response
    domain = {item.domain: rng.normal(size=n) for item in instrument.items}
    facet = {(item.domain, item.facet): 0.7 * rng.normal(size=n) for item in instrument.items}
    step = (response.high - response.low) / 6
    columns = [
        response.middle + step * (domain[i.domain] + facet[i.domain, i.facet] + rng.normal(0.3, noise, size=n))
        for i in instrument.items
    ]
    points = np.clip(np.rint(np.stack(columns, axis=1)), response.low, response.high)
    points[rng.random(points.shape) < missing] = np.nan
    ids = tuple(f"made-up-{number:04}" for number in range(1, n + 1))
    return People(instrument, ids, turned(instrument, points), "raw")
