"""The measurement `consistency` with a matrix of which every cell is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from personae.types import Measurement

Cells = Mapping[tuple[int, int], float]

SCORER = {"name": "pairs-l6", "checkpoint": "0123456789abcdef", "data": "open-1", "validity": "ok"}


def consistency(
    statements: Sequence[str],
    talks: Sequence[Sequence[str]],
    *,
    against: Cells | None = None,
    shown: Cells | None = None,
    asked: Cells | None = None,
    validity: str = "ok",
) -> list[Measurement]:
    """The measure's first numbers; cells are (reply, statement), counted through all talks, and 0 elsewhere."""
    replies = [
        {"id": f"talk-{talk:02}/{turn}", "query": f"Question {turn}?", "text": text}
        for talk, said in enumerate(talks, start=1)
        for turn, text in enumerate(said, start=1)
    ]

    def table(cells: Cells | None) -> list[list[float]]:
        return [[(cells or {}).get((r, s), 0.0) for s in range(len(statements))] for r in range(len(replies))]

    scorer = SCORER | {"validity": validity}
    matrix = {
        "statements": [{"id": f"s{i}", "text": text} for i, text in enumerate(statements)],
        "replies": replies,
        "contradiction": table(against),
        "entailment": table(shown),
        "asked": table(asked),
        "relevance": table(None),
        "coherence": [1.0] * len(replies),
        "missing": {},
        "scorer": scorer,
    }
    trust = {"scorer": scorer, "validity": validity}
    worst = None
    if against:
        (reply, statement), probability = max(against.items(), key=lambda item: item[1])
        said = replies[reply]
        worst = {"statement_id": f"s{statement}", "statement": statements[statement], "reply_id": said["id"]}
        worst |= {"query": said["query"], "reply": said["text"], "probability": probability}
    flagged = [{"talk": "talk-01", "probability": 0.81, "claim": "I never sail.", "earlier": "I sail daily."}]
    return [
        Measurement("consistency", 0.75, None, 0.5, 0.9, 4, {}, "share", trust | {"matrix": matrix, "worst": worst}),
        Measurement("consistency.apc_share", 0.9, None, 0.8, 0.95, 4, {}, "share", trust),
        Measurement("consistency.self_contradiction", 0.25, None, 0, 0.6, 4, {}, "share", trust | {"flagged": flagged}),
    ]
