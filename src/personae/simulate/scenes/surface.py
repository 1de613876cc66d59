"""How much a played scene repeats the wording of its script. A figure about surfaces, not about acting."""

from __future__ import annotations

from personae.metrics.surface import bleu, rouge_l
from personae.metrics.text import tokenise
from personae.simulate.scenes.played import Played
from personae.simulate.scenes.view import watched
from personae.types import Measurement


def surface_overlap(played: Played) -> tuple[Measurement, Measurement]:
    """BLEU (n ≤ 4, add-one) and ROUGE-L of the visible scene against its script, 0 … 1; given turns are left out.

    Good acting need not use the book's words: these say how near the wording came and nothing else. A scene without
    script or without turns of its own has a reason instead of a value.
    """
    given = sum(turn.given for turn in played.turns)
    names = ("surface overlap (BLEU)", "surface overlap (ROUGE-L)")
    ours = "\n".join(watched(turn.line for turn in played.turns if not turn.given))
    book = "\n".join(watched(played.scene.script[given:]))
    details = {"given turns": given, "tokeniser": "unicode"}
    reason = "the scene has no script" if not tokenise(book, "unicode") else None
    if reason is None and not tokenise(ours, "unicode"):
        reason = "nothing visible was played"
    if reason is not None:
        return tuple(Measurement(name, reason=reason, unit="share") for name in names)  # type: ignore[return-value]
    values = (bleu(ours, [book], smoothing="add one"), rouge_l(ours, book))
    first, second = (
        Measurement(name, value, n=len(played.turns) - given, unit="share", details=details)
        for name, value in zip(names, values, strict=True)
    )
    return first, second
