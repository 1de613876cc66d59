"""The embedded embedder and its language guard."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import FormatError, UsageError
from personae.models import embedder
from personae.models.embedder import MiniLM, cosine, supported


def test_no_texts_are_no_rows():
    assert MiniLM().embed([]).shape == (0, 384)


def test_an_empty_text_is_refused_with_its_position():
    with pytest.raises(UsageError, match="text 1"):
        MiniLM().embed(["hello", "  "])


@pytest.mark.slow
def test_vectors_have_length_one_keep_the_order_and_repeat_exactly():
    texts = ["a long sentence about the sea and the wind, " * 9, "Hi.", "I am a nurse."]
    vectors = MiniLM().embed(texts)
    assert (vectors.shape, vectors.dtype) == ((3, 384), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(vectors, MiniLM().embed(texts))
    for text, vector in zip(texts, vectors, strict=True):
        assert np.array_equal(MiniLM().embed([text])[0], vector)


@pytest.mark.slow
def test_a_paraphrase_is_nearer_than_another_topic():
    base, near, far = MiniLM().embed(["I work at a hospital.", "My job is in a clinic.", "Bananas are yellow."])
    assert cosine(base, near) > cosine(base, far) + 0.3


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["我住在北京，有两只猫。", "Я живу в Москве с женой.", "Ich wohne mit meiner Frau in Köln und habe einen Hund.",
     "Vivo en Madrid con mi mujer y no tengo perro.", "J'habite à Lyon avec ma femme et je suis très content.",
     "123 !?"],
)  # fmt: skip
def test_what_the_model_cannot_read_has_a_reason(text):
    assert supported(text)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["I live in Berlin with my wife.", "Yes.", "Café Müller, please!", "no no no"])
def test_english_and_short_lines_pass_the_guard(text):
    assert supported(text) is None


def test_damaged_weights_are_refused(tmp_path, monkeypatch):
    (tmp_path / "checksums.json").write_text('{"model.onnx": "00"}')
    (tmp_path / "model.onnx").write_bytes(b"x")
    monkeypatch.setattr(embedder, "FOLDER", tmp_path)
    with pytest.raises(FormatError, match="damaged"):
        embedder._checked.__wrapped__()
