"""Identity cards as an Inspect task."""

from .identity_cards import identity_cards as identity_cards
