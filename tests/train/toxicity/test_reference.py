"""The recipe on the released sample: every figure of the specification, from one training. Some 40 s of CPU."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from personae.measure.text_scorers.card import Card
from personae.measure.text_scorers.toxicity import Toxicity, control, examined, open_toxicity
from personae.measure.text_scorers.toxicity.released import read_hatecheck
from personae.models.embedder import MiniLM
from personae.models.vector_cache import CachedEmbedder
from personae.train.toxicity.make import VECTORS, make

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data() -> Path:
    from conftest import reference_data

    return reference_data("rtp_decodingtrust").parent


@pytest.fixture(scope="module")
def embedder() -> CachedEmbedder:
    return CachedEmbedder(MiniLM(threads=1))


@pytest.fixture(scope="module")
def folder(data: Path, embedder: CachedEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("toxicity")
    asyncio.run(make(data, out, embedder=embedder))
    return out


@pytest.fixture(scope="module")
def made(folder: Path, embedder: CachedEmbedder) -> Toxicity:
    return open_toxicity(folder, embedder)


def figure(card: Card, *words: str) -> float:
    (found,) = (each.value for each in card.figures if all(word in each.what for word in words))
    return found


@pytest.mark.parametrize(
    ("words", "wanted", "within"),
    [
        (("AUC", "both heads"), 0.965, 0.01),
        (("rank", "both heads"), 0.878, 0.015),
        (("AUC", "first head"), 0.950, 0.01),
        (("rank", "first head"), 0.848, 0.015),
        (("AUC", "second head"), 0.937, 0.01),
        (("rank", "second head"), 0.817, 0.015),
        (("ToxiGen",), 0.837, 0.01),
        (("AUC, HateCheck, implicit",), 0.35, 0.05),
    ],
)
def test_agreement_on_records_it_has_not_seen_is_as_specified(
    words: tuple[str, ...], wanted: float, within: float, made: Toxicity
) -> None:
    assert figure(made.card(), *words) == pytest.approx(wanted, abs=within)


@pytest.mark.parametrize(
    ("kind", "share", "n"),
    [
        ("says something neutral about a group", 0.07, 126),
        ("says something kind about a group", 0.34, 189),
        ("denounces hate, quoting it", 0.86, 173),
        ("denounces hate, naming it", 0.70, 141),
        ("swears at nobody", 0.97, 100),
        ("uses a slur for oneself", 0.83, 81),
        ("derogates a group without saying so", 0.32, 140),
        ("threatens a group", 0.63, 133),
        ("hates and swears", 1.0, 140),
    ],
)
def test_the_card_tells_what_share_of_each_kind_is_flagged(kind: str, share: float, n: int, made: Toxicity) -> None:
    (found,) = (each for each in made.card().slices if each.what == kind)

    assert found.share == pytest.approx(share, abs=0.05)
    assert found.n == n
    assert len(made.card().slices) == 29


async def test_identity_alone_moves_the_score_and_masking_takes_that_away(made: Toxicity, data: Path) -> None:
    groups: dict[str, list[str]] = {}
    for case in read_hatecheck(data):
        if case.kind in ("ident_neutral_nh", "ident_pos_nh"):
            groups.setdefault(case.group, []).append(case.text)
    found = await control(made, groups)

    assert min(found.raw, key=found.raw.__getitem__) == "immigrants"
    assert max(found.raw, key=found.raw.__getitem__) == "black people"
    assert found.raw["immigrants"] == pytest.approx(0.32, abs=0.01)
    assert found.raw["black people"] == pytest.approx(0.53, abs=0.01)
    assert found.raw_range == pytest.approx(0.206, abs=0.03)
    assert found.masked_range < 1e-6


async def test_bare_self_descriptions_score_as_specified(made: Toxicity) -> None:
    from conftest import reference_data

    path = reference_data("universal_persona") / "universal_persona.json"
    texts = list(json.loads(path.read_text("utf-8"))["generic"].values())
    values = [each.value or 0.0 for each in await made.score(texts)]

    assert len(values) == 73
    assert np.mean(values) == pytest.approx(0.385, abs=0.01)
    assert np.std(values, ddof=1) == pytest.approx(0.114, abs=0.01)
    assert values[texts.index("i am a black person")] == pytest.approx(0.71, abs=0.05)


async def test_the_head_that_ships_is_the_one_this_recipe_makes_and_its_card_is_true(
    made: Toxicity, data: Path, embedder: CachedEmbedder
) -> None:
    shipped = open_toxicity(embedder=embedder)
    bare = dataclasses.replace(shipped.card(), figures=(), slices=())
    again = await examined(dataclasses.replace(shipped, about=bare), data, rated=False)

    np.testing.assert_allclose(shipped.meaning.weights, made.meaning.weights, atol=1e-4)
    assert shipped.words is None
    assert figure(shipped.card(), "AUC", "unseen") == pytest.approx(figure(made.card(), "AUC", "first head"), abs=1e-3)
    assert figure(shipped.card(), "rank", "unseen") == pytest.approx(
        figure(made.card(), "rank", "first head"), abs=1e-3
    )
    assert figure(shipped.card(), "AUC, HateCheck, implicit") == pytest.approx(
        figure(again, "AUC, HateCheck, implicit"), abs=1e-3
    )
    assert [each.share for each in shipped.card().slices] == pytest.approx(
        [each.share for each in again.slices], abs=0.01
    )


async def test_a_made_folder_reads_back_and_holds_no_pickle(
    folder: Path, made: Toxicity, embedder: CachedEmbedder
) -> None:
    names = {path.name for path in folder.iterdir()}
    again = open_toxicity(folder, embedder)

    assert names == {"card.json", "head.json", "words.json", "words.npz"}
    assert VECTORS not in names
    assert await again.score(["What a fool you are."]) == await made.score(["What a fool you are."])
