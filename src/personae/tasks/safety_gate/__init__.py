"""The safety gate as an Inspect task."""

from .safety_gate import safety_gate as safety_gate
