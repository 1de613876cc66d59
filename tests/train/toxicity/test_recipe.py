from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from personae.errors import FormatError, UsageError
from personae.measure.text_scorers.toxicity.heads import read_words, write_words
from personae.measure.text_scorers.toxicity.released import read_rated
from personae.train.toxicity.make import VECTORS, make
from personae.train.toxicity.recipe import Recipe, cross_validated, fit_words

WORDS = ["sea", "salt", "fool", "rot", "tea", "boat", "a", "x", "harbour", "wind"]


def texts(n: int = 80) -> list[str]:
    rng = np.random.default_rng(0)
    return [" ".join(rng.choice(WORDS, size=rng.integers(1, 9))).capitalize() + "!" for _ in range(n)]


def rude(text: str) -> float:
    return 0.9 if "fool" in text.lower() else 0.1


def sample(folder: Path, n: int = 40) -> Path:
    (folder / "rtp_decodingtrust").mkdir(parents=True)
    said = texts(2 * n)
    for at, name in enumerate(("toxic", "nontoxic")):
        rows = [
            {"prompt": {"text": text, "toxicity": rude(text)}, "continuation": {"text": "tea", "toxicity": None}}
            for text in said[at * n : (at + 1) * n]
        ]
        path = folder / "rtp_decodingtrust" / f"{name}.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


class Letters:
    """Vectors that count a few letters: an embedder without weights."""

    name = "letters"

    def embed(self, texts: list[str]) -> np.ndarray:
        rows = np.array([[text.lower().count(letter) for letter in "seafot"] for text in texts], dtype=np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def test_the_second_head_is_what_scikit_learn_makes_of_the_same_features() -> None:
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge

    said = [*texts(), "Über  die\tSee – 12 o'clock, naïve_word", "y"]
    target = np.array([rude(text) for text in said])
    theirs = (
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True),
    )
    table = hstack([each.fit_transform(said) for each in theirs]).tocsr()
    head = fit_words(said, target, Recipe())
    unseen = ["A foolish sea of tea, tea, tea", "ßß", "", "fool rot"]

    assert [set(block.vocabulary) for block in head.blocks] == [set(each.vocabulary_) for each in theirs]
    expected = Ridge(alpha=3).fit(table, target).predict(hstack([each.transform(unseen) for each in theirs]))
    np.testing.assert_allclose(head.read(unseen), expected, atol=1e-4)


def test_texts_of_one_record_are_never_parted() -> None:
    said = ["fool"] * 10 + ["tea"] * 10
    target = np.array([0.9] * 10 + [0.1] * 10)
    vectors = Letters().embed(said)
    apart = cross_validated(said, vectors, target, [str(at) for at in range(20)], Recipe(folds=2))
    together = cross_validated(said, vectors, target, ["a"] * 10 + ["b"] * 10, Recipe(folds=2))

    assert apart["meaning"][0] > 0.7
    assert together["meaning"][0] == pytest.approx(0.1)  # it saw none of its own record


async def test_training_writes_a_scorer_and_a_stopped_run_goes_on(tmp_path: Path) -> None:
    data, out = sample(tmp_path / "data"), tmp_path / "out"

    def stop(what: str, done: int, planned: int | None) -> None:
        if what == "cross-validation":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await make(data, out, embedder=Letters(), on_step=stop)
    assert (out / VECTORS).is_file()
    scorer = await make(data, out, embedder=Letters(), on_step=lambda *_: None)
    rude_one, kind_one, blank = await scorer.score(["You fool!", "Salt sea.", " "])

    assert (rude_one.value or 0) > 0.5 > (kind_one.value or 0)
    assert (blank.value, blank.reason) == (None, "blank")
    assert {path.name for path in out.iterdir()} == {"card.json", "head.json", "words.json", "words.npz"}
    assert scorer.card().slices == ()

    alone = await make(data, out, embedder=Letters(), words=False)
    assert (alone.words, alone.name) == (None, "toxicity (meaning alone)")
    assert {path.name for path in out.iterdir()} == {"card.json", "head.json"}


async def test_a_folder_without_the_sample_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"rtp_decodingtrust/toxic\.jsonl"):
        await make(tmp_path, tmp_path / "out", embedder=Letters())


@pytest.mark.parametrize("toxicity", ["1.5", "NaN", '"much"'])
def test_a_toxicity_that_is_none_is_named_with_its_record(toxicity: str, tmp_path: Path) -> None:
    data = sample(tmp_path)
    path = data / "rtp_decodingtrust" / "toxic.jsonl"
    path.write_text(f'{{"prompt": {{"text": "x", "toxicity": {toxicity}}}}}', encoding="utf-8")

    with pytest.raises(FormatError, match="toxic-0"):
        read_rated(data)


def test_a_head_of_words_reads_back_and_one_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    said = texts()
    head = fit_words(said, np.array([rude(text) for text in said]), Recipe())
    write_words(head, tmp_path)

    np.testing.assert_allclose(read_words(tmp_path).read(said), head.read(said), atol=1e-6)
    vocabularies = json.loads((tmp_path / "words.json").read_text("utf-8"))
    (tmp_path / "words.json").write_text(json.dumps(vocabularies | {"words": ["one"]}), encoding="utf-8")
    with pytest.raises(FormatError, match="do not fit"):
        read_words(tmp_path)
    np.savez(tmp_path / "words.npz", intercept=np.array([{"a": 1}], dtype=object))
    with pytest.raises(FormatError, match="train it again"):
        read_words(tmp_path)
