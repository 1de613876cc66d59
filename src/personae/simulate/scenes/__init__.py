"""Scenes: several characters, their surroundings, and who speaks next. The protocol is CoSER's."""

from personae.simulate.scenes.actors import cast_for, joined
from personae.simulate.scenes.grammar import balanced, pieces, visible
from personae.simulate.scenes.journal import Journal
from personae.simulate.scenes.many import Result, play_all, play_to
from personae.simulate.scenes.play import Staging, play
from personae.simulate.scenes.played import Played, Turn, load_played
from personae.simulate.scenes.reading import load_notes, load_scene, load_scenes
from personae.simulate.scenes.recall import Recollections
from personae.simulate.scenes.scene import END, ENVIRONMENT, Line, Note, Part, Scene
from personae.simulate.scenes.speakers import Asked, AsWritten, InTurn, Likeliest, Proposal, Stage, policy

__all__ = [
    "END",
    "ENVIRONMENT",
    "AsWritten",
    "Asked",
    "InTurn",
    "Journal",
    "Likeliest",
    "Line",
    "Note",
    "Part",
    "Played",
    "Proposal",
    "Recollections",
    "Result",
    "Scene",
    "Stage",
    "Staging",
    "Turn",
    "balanced",
    "cast_for",
    "joined",
    "load_notes",
    "load_played",
    "load_scene",
    "load_scenes",
    "pieces",
    "play",
    "play_all",
    "play_to",
    "policy",
    "visible",
]
