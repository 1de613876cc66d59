"""The embedded sentence embedder: MiniLM-L6 as int8 ONNX, and the guard that says when not to use it.

The weights ship with the package (`weights/minilm`, see its model card); they are checked against their checksums
once per process, on first use.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from personae.errors import FormatError, MissingExtra, UsageError
from personae.models._once import once

FOLDER = Path(__file__).parent / "weights" / "minilm"
DIMENSIONS = 384
MAX_TOKENS = 256


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Frequent short words that English texts hold and German, Spanish, French, Portuguese, Italian or Dutch ones do not.
_ENGLISH = _words(
    """
    the and of to is it you that for with this my your are have not what do be they at from as was he she we but
    i i'm it's don't can't would could there like just about how all so when who where his her our their been
    has had will if or by yes hello thanks know think really never always
    """
)
_FOREIGN = _words(
    """
    der die das und ich nicht ist ein eine mit für auf den dem sie wir mein meine dein zu habe bin aber auch wie
    el la los las y que en es un una por con para mi tu su pero muy soy está como más lo se al del yo no le les
    et je ne pas est une des du dans pour avec mon ma ses mais très suis vous nous qui sur ce o os um uma não em
    eu meu minha você il che di per sono gli non het een van ik niet
    """
)
MIN_JUDGED_WORDS = 3


@dataclass(frozen=True, slots=True)
class MiniLM:
    """all-MiniLM-L6-v2 (Apache-2.0), int8. Texts beyond 256 word pieces are cut; nothing is random.

    threads: how many texts are computed at once.

    >>> MiniLM().name
    'minilm-l6-int8'
    """

    threads: int = 2

    @property
    def name(self) -> str:
        """The name that stands in reports."""
        return "minilm-l6-int8"

    def unread(self, text: str) -> str | None:
        """Why a text is beyond it, or None: it reads English, see `supported`."""
        return supported(text)

    def embed(self, texts: Sequence[str]) -> Any:
        """Unit vectors, float32 of shape (len(texts), 384), in the order of the texts.

        Texts are computed one by one: int8 activations are scaled per batch, so in company a vector would depend
        on its neighbours (cosine .97 with itself), alone it never does. Raises UsageError for an empty text,
        MissingExtra without the extra `embedded`.
        """
        import numpy as np

        for position, text in enumerate(texts):
            if not text.strip():
                raise UsageError(f"text {position} is empty; an empty text has no meaning to embed")
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        if not texts:
            return vectors
        tokenizer, session = _tokenizer(), _session()

        def vector(text: str) -> Any:
            ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
            return session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]

        if min(len(texts), self.threads) == 1:
            vectors[:] = [vector(text) for text in texts]
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                vectors[:] = list(pool.map(vector, texts))
        return vectors


def installed_embedder() -> MiniLM | None:
    """The embedder where the packages it needs are installed, else None."""
    return MiniLM() if all(find_spec(package) for package in ("numpy", "onnxruntime", "tokenizers")) else None


def cosine(a: Any, b: Any) -> float:
    """Cosine of two unit vectors, which is their dot product, −1 … 1."""
    return max(-1.0, min(1.0, float(a @ b)))


def unk_share(texts: Sequence[str]) -> float:
    """Share of word pieces the model cannot read: unknown, or single characters that are no Latin letter, 0 … 1."""
    unread = total = 0
    for encoding in _tokenizer().encode_batch(list(texts)):
        pieces = [piece for piece in encoding.tokens if piece not in ("[CLS]", "[SEP]")]
        total += len(pieces)
        unread += sum(piece == "[UNK]" or _lone_foreign(piece) for piece in pieces)
    return unread / total if total else 0.0


def supported(text: str) -> str | None:
    """None if the model reads this text well enough, else the reason why a similarity would mean little.

    Writing that is not Latin, or unread by more than a fifth, is refused; Latin text of three words or more that
    has more function words of another language than English ones is "not English". Short texts pass.

    >>> supported("Where do you live, and with whom?") is None
    True
    """
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return "no letters to read"
    latin = sum("LATIN" in unicodedata.name(char, "") for char in letters) / len(letters)
    if latin < 0.8:
        return "not in Latin script: the embedder reads English only"
    if unk_share([text]) > 0.2:
        return "more than a fifth of the text is unknown to the embedder"
    words = [word.strip('.,;:!?¡¿"()«»„“”…') for word in text.lower().replace("’", "'").split()]
    english, foreign = len(_ENGLISH.intersection(words)), len(_FOREIGN.intersection(words))
    if len(words) >= MIN_JUDGED_WORDS and foreign >= 2 and foreign > english:
        return "not English: similarity is unreliable"
    return None


def _lone_foreign(piece: str) -> bool:
    char = piece.removeprefix("##")
    return len(char) == 1 and char.isalpha() and "LATIN" not in unicodedata.name(char, "")


@cache
def _checked() -> Path:
    """The weights folder, once its files have the promised checksums."""
    try:
        promised = json.loads((FOLDER / "checksums.json").read_text(encoding="utf-8"))
        found = {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in promised}
    except (OSError, ValueError) as error:
        raise FormatError(f"the embedder's weights in {str(FOLDER)!r} cannot be read: {error}; reinstall") from error
    for name, digest in promised.items():
        if found[name] != digest:
            raise FormatError(f"{str(FOLDER / name)!r} is damaged (its checksum differs); reinstall personae")
    return FOLDER


@once
def _tokenizer() -> Any:
    try:
        from tokenizers import Tokenizer
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", "tokenizers") from error
    tokenizer = Tokenizer.from_file(str(_checked() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


@once
def _session() -> Any:
    """Runs one text on one thread: more of them would wait for each other busily, for milliseconds."""
    try:
        import onnxruntime
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", "onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    path = str(_checked() / "model.onnx")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
