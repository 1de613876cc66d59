"""No value where too much is missing: a number over the answers that happened to come is no number."""

from __future__ import annotations

import dataclasses

from personae.judges.summary import too_few
from personae.types import Measurement


def covered(measurement: Measurement, planned: int | None = None) -> Measurement:
    """The measurement, or a reason in place of its value where fewer than 90 % of what was `planned` carry it.

    Without `planned`, what is missing counts beside `n`. The value that is held back stays in the details as
    "uncovered".

    >>> covered(Measurement("style", 0.5, n=8, missing={"refused": 2})).reason
    '8 of 10 items have a value; 90 % are needed'
    """
    if measurement.value is None:
        return measurement
    reason = too_few(measurement.n, measurement.n + sum(measurement.missing.values()) if planned is None else planned)
    if reason is None:
        return measurement
    details = {**measurement.details, "uncovered": measurement.value}
    return dataclasses.replace(measurement, value=None, low=None, high=None, reason=reason, details=details)
