"""Pictures shared in a chat, as plans in text: made, timed and checked. No image model takes part."""

from __future__ import annotations

from personae.measure.photo_sharing.audit import Problem, audit_plans, forbids_photos, validity
from personae.measure.photo_sharing.plans import (
    SOURCES,
    PhotoPlan,
    Planned,
    Said,
    Session,
    check_sessions,
    choose,
    plan_photos,
    read_plans,
)

__all__ = [
    "SOURCES",
    "PhotoPlan",
    "Planned",
    "Problem",
    "Said",
    "Session",
    "audit_plans",
    "check_sessions",
    "choose",
    "forbids_photos",
    "plan_photos",
    "read_plans",
    "validity",
]
