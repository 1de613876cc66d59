"""Judges of known worth: one that knows every answer, one that looks at the first place only."""

from __future__ import annotations

import json
import re

from personae.judges.qualification import bundled
from personae.models import Scripted

_REPLY = re.compile(r"<reply(?: side=\"([AB])\")?>\n(.*?)\n</reply>", re.DOTALL)
_OPTION = re.compile(r"^([A-E])\. (.+)$", re.MULTILINE)


def _truths():
    speakers = {" ".join(item.reply.split()): item.candidates[item.gold].name for item in bundled.speakers()}
    better = {item["better"] for item in bundled.probe("order_swap")}
    better |= {item["right"] for item in bundled.probe("contrast")}
    better |= {item["short"] for item in bundled.probe("verbosity")}
    better |= {item["one"] for item in bundled.probe("self_preference")}
    right = {item["right"] for item in bundled.probe("vague")}
    chosen = {(item["question"], item["chosen"]): item["told"] for item in bundled.probe("certainty")}
    return speakers, better, right, chosen


def oracle(name="oracle"):
    """Knows the speakers, prefers the better of two replies, admits what a profile does not say."""
    speakers, better, right, chosen = _truths()

    def answer(messages):
        text = messages[-1].content
        replies = _REPLY.findall(text)
        if len(replies) == 2:
            sides = {side: re.sub(r"^\((?:written by)[^\n]*\)\n", "", reply) for side, reply in replies}
            if "Certainty: N" not in text:
                return f"One keeps to the persona. [[{next(s for s, reply in sides.items() if reply in better)}]]"
            question = re.search(r"<question>\n(.*?)\n</question>", text, re.DOTALL)[1]
            side, told = next((s, chosen[question, r]) for s, r in sides.items() if (question, r) in chosen)
            side = side if told == "outright" else "A"
            return f"Certainty: {95 if told == 'outright' else 15}\n[[{side}]]"
        options = dict(_OPTION.findall(text))
        (_, reply) = replies[0]
        if "<reference>" in text:
            wanted = "Yes" if reply in right else "No"
        else:
            wanted = speakers[" ".join(reply.split())] + ":"
        return json.dumps({letter: float(said.startswith(wanted)) for letter, said in options.items()})

    return Scripted(answer, name=name)


def always_a():
    """Says A, in whatever form is asked for."""

    def answer(messages):
        text = messages[-1].content
        if "[[A]]" in text:
            return "Certainty: 90\n[[A]]"
        letters = sorted({letter for letter, _ in _OPTION.findall(text)})
        return json.dumps({letter: float(letter == "A") for letter in letters})

    return Scripted(answer, name="always-a")
