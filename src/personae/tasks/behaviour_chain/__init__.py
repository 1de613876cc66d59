"""Behaviour chains as an Inspect task."""

from .behaviour_chain import behaviour_chain as behaviour_chain
