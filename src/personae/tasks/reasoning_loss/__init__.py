"""The reasoning audit as an Inspect task."""

from .reasoning_loss import reasoning_loss as reasoning_loss
