"""How well the detector finds labelled replies: precision and recall, with the figures of docs/reference/metrics.md."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest

from personae.measure.out_of_character import detect
from personae.persona.persona import Persona
from personae.stats.intervals import Interval, wilson

DATA = Path(__file__).parent / "data"
CLASSES = ("ai_disclosure", "role_flip", "persona_swap")


def persona_of(description: str) -> Persona:
    """What a user would have: "Ana, a sailor in Porto" gives the name, the job and the line itself as summary."""
    name, _, rest = description.partition(",")
    job = re.sub(r"^(?:an?|the|el|la|un|une|una|der|die|ein|eine)\s+", "", rest.strip())
    articles = {"de": r"\b(?:ein|eine|der|die)\b", "fr": r"\b(?:une|le|chez)\b", "es": r"\b(?:un|una|el)\b"}
    language = next((code for code, article in articles.items() if re.search(article, rest)), "en")
    return Persona(name=name.strip(), language=language, summary=description, identity={"occupation": job or None})


def is_ai(description: str) -> bool | None:
    """Only a description that says so in as many words makes the persona a machine."""
    return bool(re.search(r"\b(?:AI|robot|android|chatbot|artificial|computer)\b", description)) or None


def readings(name: str) -> tuple[dict[str, Interval], Counter[tuple[str, str]]]:
    """Precision and recall of any flag, recall and precision of each class, and (label, flagged as) counts."""
    lines = [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]
    counts: Counter[tuple[str, str]] = Counter()
    found: list[tuple[str, set[str]]] = []
    for line in lines:
        flags = detect(line["text"], persona=persona_of(line["persona"]), persona_is_ai=is_ai(line["persona"]))
        kinds = {flag.kind for flag in flags}
        found.append((line["label"], kinds))
        counts[line["label"], "+".join(sorted(kinds)) or "none"] += 1
    flagged = [label for label, kinds in found if kinds]
    broken = [kinds for label, kinds in found if label != "in_character"]
    figures = {
        "precision": wilson(sum(label != "in_character" for label in flagged), len(flagged)),
        "recall": wilson(sum(map(bool, broken)), len(broken)),
    }
    for kind in CLASSES:
        of_kind = [kinds for label, kinds in found if label == kind]
        as_kind = [label for label, kinds in found if kind in kinds]
        figures[f"{kind}.found"] = wilson(sum(map(bool, of_kind)), len(of_kind))
        figures[f"{kind}.recall"] = wilson(sum(kind in kinds for kinds in of_kind), len(of_kind))
        figures[f"{kind}.precision"] = wilson(sum(label == kind for label in as_kind), len(as_kind))
    return figures, counts


#: Read blind by the rules before the last revision (docs/reference/metrics.md), a little lower.
BLIND = {"precision": 0.95, "recall": 0.67}
#: Found after one revision on the set itself: no claim, only a floor against regressions.
TUNED = {"precision": 0.97, "recall": 0.91}


@pytest.mark.parametrize("floors", [BLIND, TUNED], ids=["blind", "tuned on the set"])
def test_on_the_labelled_replies_the_detector_is_as_good_as_documented(floors):
    figures, _ = readings("out_of_character.jsonl")
    assert {name: figures[name].value >= floor for name, floor in floors.items()} == dict.fromkeys(floors, True)


def test_on_its_development_lines_it_finds_nearly_all():
    figures, _ = readings("out_of_character_dev.jsonl")
    assert figures["precision"].value >= 0.97
    assert figures["recall"].value >= 0.95


def test_a_persona_that_is_an_ai_may_say_so():
    assert detect("I am an AI. How may I assist you?", persona_name="Aria", persona_is_ai=True) == ()


def test_the_span_of_a_flag_holds_its_quote():
    text = "Well. As an AI language model, I have no home."
    (flag,) = detect(text, persona_name="Ana")
    assert text[slice(*flag.span)].strip() == flag.quote


@pytest.mark.parametrize("piece", ["I am a ", "User:\n", '"', "Ana, ", "my name is Bo ", "not a ", "\n", " "])
def test_twice_the_text_takes_about_twice_the_time(piece):
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        times = []
        for _ in range(3):
            start = time.perf_counter()
            detect(text, persona=persona_of("Ana, a sailor"))
            times.append(time.perf_counter() - start)
        return min(times)

    assert seconds(16_000) < 8 * seconds(4_000) + 0.2
