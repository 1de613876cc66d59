"""Golds and answers from users' files: what a judge is tried on, and what other systems' answers come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from personae.errors import UsageError
from personae.measure.answer_scores.judging import two_key, words_agree
from personae.measure.answer_scores.lexical import ADVERSARIAL, CODES, answer_words, gold_word_recall, lexical_score
from personae.measure.answer_scores.stress import GoldAnswer
from personae.measure.items import mean, share
from personae.memory.formats.results import AnsweredProbe
from personae.types import Measurement

GoldForm = Literal["locomo", "own", "results"]
GOLD_FORMS: tuple[GoldForm, ...] = ("locomo", "own", "results")
#: The code of a question that has none of LoCoMo's: scored by its words, as single-hop ones are.
PLAIN = 4


def golds_of(path: Path | str, form: GoldForm = "locomo") -> tuple[list[GoldAnswer], dict[str, int]]:
    """The questions of a file with a gold answer, and how many were left out, by reason.

    form: "locomo" (locomo10.json), "own" (rows with `question`, `gold`, `code`), "results" (published answers).
    Raises UsageError for another form or a file without a single gold, and what the loaders raise.
    """
    if form not in GOLD_FORMS:
        raise UsageError(f"unknown form {form!r} of golds; known are {', '.join(GOLD_FORMS)}")
    left_out: Counter[str] = Counter()
    golds = []
    for id, history, question, gold, code in _rows(path, form):
        if code == ADVERSARIAL:
            left_out["adversarial"] += 1
        elif not answer_words(gold):
            left_out["no gold answer"] += 1
        else:
            golds.append(GoldAnswer(id, history, question, gold, code))
    if not golds:
        raise UsageError(f"{str(path)!r} holds no question with a gold answer; a judge is tried on those")
    return golds, dict(left_out)


def _rows(path: Path | str, form: GoldForm) -> list[tuple[str, str, str, str, int]]:
    if form == "locomo":
        from personae.measure.recall.locomo import load_locomo

        return [
            (one.id, talk.id, one.text, str(one.answer if one.answer is not None else ""), one.code)
            for talk in load_locomo(path)
            for one in talk.questions
        ]
    if form == "own":
        from personae.memory.formats import own

        return [
            (one.id, one.history, one.question, one.gold or "", ADVERSARIAL if one.adversarial else code_of(one.code))
            for one in own.load(path).probes
        ]
    from personae.memory.formats import results

    return [
        (str(at), one.history, one.question, one.gold, code_of(one.code)) for at, one in enumerate(results.load(path))
    ]


def code_of(code: str) -> int:
    """LoCoMo's code that a text is; `PLAIN` for anything else.

    >>> code_of("2"), code_of("temporal")
    (2, 4)
    """
    return int(code) if code in {str(each) for each in CODES} else PLAIN


def score_answers(answers: Sequence[AnsweredProbe]) -> list[Measurement]:
    """What published or own answers come to by words, and where their judge stands alone.

    In order: `answers.lexical` (LoCoMo's score by code), `answers.gold_words` (recall of the gold's words),
    `answers.accepted` (share the file's own judge accepted; with `two_key`, the share the words accept too, and
    `to_look_at`, the places that turn one key only). An empty answer, a gold without words and an answer that nobody
    judged are missing, by reason.

    >>> said = [AnsweredProbe("Where?", "Porto", "in Porto", "4", True), AnsweredProbe("Who?", "Ana", "she", "4", True)]
    >>> [round(one.value, 2) for one in score_answers(said)], score_answers(said)[2].details["two_key"]
    ([0.33, 0.5, 1.0], 0.5)
    """
    missing: Counter[str] = Counter()
    unjudged: Counter[str] = Counter()
    lexical: dict[str, float] = {}
    recall: dict[str, float] = {}
    accepted: dict[str, float] = {}
    flags: dict[str, str] = {}
    codes: dict[str, str] = {}
    for at, one in enumerate(answers):
        id, code = str(at), code_of(one.code)
        usable = code == ADVERSARIAL or bool(answer_words(one.gold))
        reason = "empty answer" if not one.answer.strip() else None if usable else "no gold answer"
        if reason:
            missing[reason] += 1
            continue
        codes[id] = one.code or "none"
        lexical[id] = lexical_score(one.answer, one.gold, code)
        if code == ADVERSARIAL:
            continue
        recall[id] = gold_word_recall(one.answer, one.gold)
        if one.accepted is None:
            unjudged["no label"] += 1
            continue
        accepted[id] = float(one.accepted)
        flags[id] = two_key(one.accepted, one.answer, one.gold)
    words = [float(words_agree(answers[int(id)].answer, answers[int(id)].gold)) for id in accepted]
    details = {
        "codes": _by_code(accepted, codes),
        "two_key": sum(flag == "both" for flag in flags.values()) / len(flags) if flags else None,
        "words": sum(words) / len(words) if words else None,
        "to_look_at": [id for id, flag in flags.items() if flag.startswith("only")],
    }
    by_words = [("answers.lexical", lexical), ("answers.gold_words", recall)]
    return [
        *(
            mean(name, row, dict(missing), unit="share", details={"codes": _by_code(row, codes)})
            for name, row in by_words
        ),
        share("answers.accepted", accepted, dict(missing + unjudged), details=details),
    ]


def _by_code(values: dict[str, float], codes: dict[str, str]) -> dict[str, float]:
    groups: dict[str, list[float]] = {}
    for id, value in values.items():
        groups.setdefault(codes[id], []).append(value)
    return {code: sum(each) / len(each) for code, each in sorted(groups.items())}
