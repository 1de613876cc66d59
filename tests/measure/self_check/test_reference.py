"""The published figures on 238 passages with labelled sentences; the file is CC BY-SA 3.0 and read where it lies."""

from __future__ import annotations

import ast
import functools
import random
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest

from personae import run
from personae.measure.self_check import Nearness, Passage, Unigram, quality, triangulate
from personae.measure.self_check.passage import sentences, tokens
from personae.models.embedder import MiniLM
from personae.models.vector_cache import CachedEmbedder

CELL, ROW, TEXT = (f"{{http://schemas.openxmlformats.org/spreadsheetml/2006/main}}{tag}" for tag in ("c", "row", "t"))
LIMIT = 10 * 1024 * 1024


@pytest.fixture(scope="module")
def reference(request):
    """Passages with 20 samples, and their labels."""
    from conftest import reference_data

    with zipfile.ZipFile(reference_data("selfcheck") / "wiki_bio_gpt3_hallucination.xlsx") as book:
        sheet = book.getinfo("xl/worksheets/sheet1.xml")
        assert sheet.file_size < LIMIT
        tree = ElementTree.fromstring(book.read(sheet))
    table = [["".join(text.text or "" for text in cell.iter(TEXT)) for cell in row.iter(CELL)]
             for row in tree.iter(ROW)]  # fmt: skip
    columns = {name: number for number, name in enumerate(table[0])}
    told = ("gpt3_sentences", "annotation", "gpt3_text_samples")
    rows = [[ast.literal_eval(row[columns[name]]) for name in told] for row in table[1:]]
    return [Passage.of(said, samples) for said, _, samples in rows], [labels for _, labels, _ in rows]


def figures(table, labels):
    """NonFact, Factual, Pearson and NonFact*, in per cent."""
    nonfact, starred, factual, r = quality(table, labels)
    return [100 * one.value for one in (nonfact, factual, r, starred)]


def table_of(scorer, passages, samples=20):
    kept = [Passage(one.sentences, one.samples[:samples]) for one in passages]
    return [run(scorer(one)).values for one in kept]


@pytest.fixture(scope="module")
def unigram(reference):
    return table_of(Unigram(tokenise=functools.cache(tokens)), reference[0])


def test_the_file_has_238_passages_and_1908_labelled_sentences(reference):
    passages, labels = reference
    assert (len(passages), sum(len(one.sentences) for one in passages), {len(one.samples) for one in passages}) == (
        238,
        1908,
        {20},
    )
    starred = quality([[0.0 for _ in row] for row in labels], labels)[1]
    assert sum(any(label != "major_inaccurate" for label in row) for row in labels) == 206
    assert starred.n == sum(len(row) for row in labels if set(row) != {"major_inaccurate"})


def test_the_published_unigram_has_its_figures(reference):
    passages, labels = reference
    table = table_of(Unigram.published(functools.cache(tokens)), passages)
    assert figures(table, labels)[:3] == pytest.approx([85.66, 57.76, 62.84], abs=0.3)


def test_the_default_unigram_has_its_figures(reference, unigram):
    assert figures(unigram, reference[1])[:3] == pytest.approx([88.47, 60.26, 68.75], abs=0.3)


def test_random_scores_have_the_floor(reference, unigram):
    labels, rng = reference[1], random.Random(0)
    nonfact, _, factual, _ = quality(unigram, labels)
    assert [100 * one.details["floor"] for one in (nonfact, factual)] == pytest.approx([72.96, 27.04], abs=0.01)
    drawn = [figures([[rng.random() for _ in row] for row in labels], labels)[:2] for _ in range(20)]
    assert [sum(column) / 20 for column in zip(*drawn, strict=True)] == pytest.approx([72.96, 27.04], abs=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scorer", "samples", "wanted"),
    [
        (Unigram.published, 20, [85.79, 58.57, 64.86, 41.17]),
        (functools.partial(Unigram, 1.0, False), 20, [88.51, 60.89, 69.48, 45.15]),
        (functools.partial(Unigram, 1.0, False), 4, [85.41, 57.49, 61.98]),
    ],
    ids=["published", "default", "default, 4 samples"],
)
def test_with_words_cut_as_the_paper_cuts_them_its_figures_come_out(reference, scorer, samples, wanted):
    passages, labels = reference
    found = figures(table_of(scorer(blank_english), passages, samples), labels)
    assert found[: len(wanted)] == pytest.approx(wanted, abs=0.3)


@pytest.mark.slow
def test_near_sentences_and_the_sum_of_both_have_their_figures(reference, unigram):
    passages, labels = reference
    embedder = CachedEmbedder(_TwoAtATime())
    told = [piece for one in passages for sample in one.samples[:4] for piece in sentences(sample)]
    embedder.embed(told + [said for one in passages for said in one.sentences])
    near = table_of(Nearness(embedder), passages, samples=4)
    assert figures(near, labels)[:3] == pytest.approx([82.7, 40.7, 58.8], abs=1)
    assert figures(triangulate(unigram, near), labels)[:3] == pytest.approx([86.5, 56.7, 69.7], abs=1)


class _TwoAtATime:
    """The embedder of the toolkit, on two cores: a text is computed by one of them."""

    name = MiniLM().name

    def embed(self, texts):
        import numpy as np

        one = MiniLM(threads=1)
        parts = [texts[start : start + 50] for start in range(0, len(texts), 50)]
        with ThreadPoolExecutor(2) as pool:
            return np.concatenate(list(pool.map(one.embed, parts)))


# How spaCy's blank English pipeline cuts words, near enough for these texts: marks around a word are cut off one by
# one, except after abbreviations; hyphens part words and numbers from words; contractions are cut before their ending.
_BEFORE = re.compile(r"[\[({<\"'“”‘’`$£€#…&*~§%=—–]|\.\.+|\+(?![0-9])")
_AFTER = re.compile(
    r"(?:['’]s|['’…]|\.\.+|[\])}>\"“”‘,;:!?*&%—–]|''|``|(?<=[0-9])\+|(?<=[0-9a-z)\]\"'%²\-+])\.)\Z", re.IGNORECASE
)
_INSIDE = re.compile(
    r"(?<=[^\W\d_])(,|–|—|--|~)(?=[^\W\d_])|(?<=[^\W_])(-|[:<>=/])(?=[^\W\d_])|(?<=[0-9])([+\-*^])(?=[0-9-])|(\.\.+|…)"
)
_SHORT = re.compile(r"(.+?)(n['’]t|['’](?:re|ve|ll|d|m))\Z")
_ABBREVIATIONS = """
    a.m. p.m. adm. bros. co. corp. d.c. dr. e.g. gen. gov. i.e. inc. jr. ltd. md. messrs. mo. mont. mr. mrs. ms. mt.
    ph.d. prof. rep. rev. sen. st. vs. jan. feb. mar. apr. jun. jul. aug. sep. sept. oct. nov. dec. ala. ariz. ark.
    calif. colo. conn. del. fla. ga. ia. id. ill. ind. kan. ky. la. mass. mich. minn. miss. n.c. n.d. n.h. n.j. n.m.
    n.y. neb. nev. okla. ore. pa. s.c. tenn. va. wash. wis.
"""
_ABBREVIATED = frozenset(_ABBREVIATIONS.split())


@functools.cache
def blank_english(text):
    return [piece for word in text.lower().split() for piece in _cut(word)]


def _cut(word):
    before, after = [], []
    while word and word not in _ABBREVIATED and not re.fullmatch(r"[a-z]\.", word):
        if (mark := _BEFORE.match(word)) and len(word) > mark.end():
            before.append(mark[0])
            word = word[mark.end() :]
        elif (mark := _AFTER.search(word)) and mark.start():
            after.append(mark[0])
            word = word[: mark.start()]
        else:
            break
    parts = _SHORT.fullmatch(word)
    middle = parts.groups() if parts else [word] if word in _ABBREVIATED else _INSIDE.split(word)
    return [*before, *filter(None, middle), *reversed(after)]
