"""Is an agent pleasant to talk to? The user it talks with rates every turn; offline proxies stand beside.

[LikeBench 2025]
"""

from personae.measure.likability.measure import Likability
from personae.measure.likability.proxies import callback, formality, formality_gap, length_fit, reference
from personae.measure.likability.ratings import DIMENSIONS, Rated, rate, read_ratings
from personae.measure.likability.slopes import constant, likability, slope
from personae.measure.likability.users import Fact, User, own_users, read_users

__all__ = [
    "DIMENSIONS",
    "Fact",
    "Likability",
    "Rated",
    "User",
    "callback",
    "constant",
    "formality",
    "formality_gap",
    "length_fit",
    "likability",
    "own_users",
    "rate",
    "read_ratings",
    "read_users",
    "reference",
    "slope",
]
