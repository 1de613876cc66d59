"""Who reads what the persona writes: a probe on labelled texts, a model, or nobody (then the model under test)."""

from __future__ import annotations

from personae.errors import UsageError
from personae.measure.author_traits import AuthorQuestionnaire, ByProbe, ByQuestionnaire, TextReader, train
from personae.measure.separability import read_texts
from personae.tasks._models import judged_by


def reader_of(
    labels: str | None, judge: str | None, cache: str | None, *, per_trait: int | None, min_words: int
) -> TextReader | None:
    """The reader. Raises `UsageError` for a judge beside labels."""
    if labels is not None and judge is not None:
        raise UsageError(f"the labels {labels!r} and the judge {judge!r} both read; give one of them")
    if labels is not None:
        return ByProbe(train(read_texts(labels), min_words=min_words))
    model, _ = judged_by(judge, None, cache)
    return ByQuestionnaire(AuthorQuestionnaire(model, per_trait=per_trait, min_words=min_words)) if model else None
