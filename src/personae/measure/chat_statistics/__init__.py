"""What a chat shows about its speakers, and how near a simulated speaker comes to a real one."""

from __future__ import annotations

from personae.measure.chat_statistics.chat import Chat, ChatMessage, of_conversation, of_turns, read_chat, speakers
from personae.measure.chat_statistics.labels import Classifier, Labels, PairLabels, taken_up
from personae.measure.chat_statistics.simulation import ContinueAs
from personae.measure.chat_statistics.statistics import FEWEST, NAMES, chat_statistics, of_speaker, stability

__all__ = [
    "FEWEST",
    "NAMES",
    "Chat",
    "ChatMessage",
    "Classifier",
    "ContinueAs",
    "Labels",
    "PairLabels",
    "chat_statistics",
    "of_conversation",
    "of_speaker",
    "of_turns",
    "read_chat",
    "speakers",
    "stability",
    "taken_up",
]
