"""The style vector and its policies, held to hand counts and to the released study."""

from __future__ import annotations

import csv
import json
import math
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from personae.errors import UsageError
from personae.metrics.style import (
    DIMENSIONS,
    RobustScaler,
    by_name,
    cosine,
    dominance,
    mean_defined,
    register_flips,
    sentiment,
    stability,
    style_vector,
    synchrony,
    unsupported,
)
from personae.metrics.style_policies import POLICIES, StylePolicy, replay
from personae.stats.intervals import bootstrap


@pytest.fixture
def study(data_dir):
    if not (data_dir / "synchrony_stability").is_dir():
        pytest.skip("reference data 'synchrony_stability' not found; set PERSONAE_DATA")
    return read(data_dir / "synchrony_stability")


@cache
def read(folder):
    with (folder / "turn_level_metrics.csv").open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["participant_id"], int(row["turn_number"])))
    user = np.array([json.loads(row["user_style_vector"]) for row in rows], dtype=float)
    bot = np.array([json.loads(row["bot_style_vector"]) for row in rows], dtype=float)
    assets = json.loads((folder / "assets.json").read_text(encoding="utf-8"))
    ids = np.array([row["participant_id"] for row in rows])
    static = np.array([row["condition"] == "static" for row in rows])
    return SimpleNamespace(folder=folder, rows=rows, user=user, bot=bot, assets=assets, ids=ids, static=static)


def talks(study, z):
    return [z[study.ids == person] for person in dict.fromkeys(study.ids)]


def published_z(study, raw):
    return (raw - np.array(study.assets["scaler"]["mean"])) / np.array(study.assets["scaler"]["scale"])


PUBLISHED_SCALE = {
    "uncapped": (1.000, 0.560, 0.235, 0.596),
    "cap": (0.821, 0.900, 0.034, 0.967),
    "hybrid": (0.821, 0.900, 0.034, 0.967),
    "ema": (0.854, 0.850, 0.044, 0.913),
    "dead_band": (0.996, 0.565, 0.231, 0.601),
    "hybrid_cache": (0.825, 0.897, 0.034, 0.964),
    "hybrid_radius": (0.843, 0.894, 0.036, 0.961),
}
ROBUST_SCALE = {
    "uncapped": (1.000, 0.383),
    "cap": (0.567, 0.936),
    "hybrid": (0.567, 0.936),
    "ema": (0.887, 0.769),
    "dead_band": (0.996, 0.388),
    "hybrid_cache": (0.568, 0.936),
    "hybrid_radius": (0.516, 0.924),
}


@pytest.mark.parametrize("name", PUBLISHED_SCALE)
def test_policies_on_the_published_scale_reach_the_reference_table(study, name):
    in_step, steady, flips, steady_later = PUBLISHED_SCALE[name]
    z = talks(study, published_z(study, study.user))
    centre = study.assets["persona_centroid"]
    plain = replay(z, POLICIES[name], centre, as_published=True)
    assert (plain.talks, sum(map(len, z))) == (162, 2470)
    assert plain.synchrony == pytest.approx(in_step, abs=0.002)
    assert plain.stability == pytest.approx(steady, abs=0.002)
    assert plain.flips == pytest.approx(flips, abs=0.002)
    assert replay(z, POLICIES[name], centre).stability == pytest.approx(steady_later, abs=0.002)


def robust(study):
    scaler = RobustScaler.fit(np.vstack([study.user, study.bot]))
    return scaler, scaler.transform(study.user), scaler.transform(study.bot[study.static]).mean(axis=0)


@pytest.mark.parametrize("name", ROBUST_SCALE)
def test_policies_on_the_robust_scale_reach_the_reference_table(study, name):
    scaler, z, centre = robust(study)
    assert scaler.live == (0, 1, 2, 3, 7)
    result = replay(talks(study, z), POLICIES[name], centre)
    assert (result.synchrony, result.stability) == pytest.approx(ROBUST_SCALE[name], abs=0.002)


@pytest.mark.parametrize(("cap", "expected"), [(0.5, (0.719, 0.881)), (1, (0.835, 0.832)), (1.5, (0.870, 0.794))])
def test_a_wider_cap_buys_synchrony_with_stability(study, cap, expected):
    _, z, centre = robust(study)
    result = replay(talks(study, z), StylePolicy(rate=0.5, cap=cap), centre)
    assert (result.synchrony, result.stability) == pytest.approx(expected, abs=0.002)


def test_the_published_scale_lets_one_dimension_drown_the_others_and_the_robust_one_does_not(study):
    found = dominance(published_z(study, study.user))
    assert DIMENSIONS[found.dimension] == "informality"
    assert dominance(robust(study)[1]) is None


def test_the_relative_gain_in_stability_is_that_of_the_table(study):
    z, centre = talks(study, published_z(study, study.user)), study.assets["persona_centroid"]

    def gain(**options):
        hybrid, uncapped = (replay(z, POLICIES[name], centre, **options).stability for name in ("hybrid", "uncapped"))
        return hybrid / uncapped - 1

    assert gain(as_published=True) == pytest.approx(0.607, abs=0.001)
    assert gain() == pytest.approx(0.623, abs=0.001)


@pytest.mark.parametrize("name", ["uncapped", "hybrid", "ema"])
def test_counting_the_step_from_a_centre_without_length_as_zero_would_cost_a_hundredth(study, name):
    centre = np.array(study.assets["persona_centroid"])
    first = [
        cosine(POLICIES[name].step(centre, talk[0], centre), centre, as_published=True) / len(talk)
        for talk in talks(study, published_z(study, study.user))
    ]
    assert float(np.linalg.norm(centre)) < 1e-13
    assert -float(np.mean(first)) == pytest.approx(-0.010, abs=0.0005)


def test_on_the_published_scale_the_users_lie_dozens_of_deviations_away_in_one_dimension(study):
    z = published_z(study, study.user)
    assert z[:, 0].max() == pytest.approx(87, abs=0.5)
    assert (z[:, 0] ** 2).sum() / (z**2).sum() == pytest.approx(0.99, abs=0.005)


def test_a_voice_nobody_adapted_is_as_stable_as_an_adapted_one(study):
    z = published_z(study, study.bot)
    found = {
        static: mean_defined(stability(z[(study.ids == person) & (study.static == static)]) for person in people)
        for static in (True, False)
        for people in [dict.fromkeys(study.ids[study.static == static])]
    }
    assert found == pytest.approx({True: 0.197, False: 0.201}, abs=0.0006)


def test_recorded_stability_scores_are_cosines_of_neighbouring_bot_vectors(study):
    z = published_z(study, study.bot)
    checked = 0
    for index, row in enumerate(study.rows):
        if row["stability_score"] and index and study.ids[index] == study.ids[index - 1]:
            ours = cosine(z[index], z[index - 1], as_published=True)
            checked += 1
            assert ours == pytest.approx(float(row["stability_score"]), abs=1e-9)
    assert checked > 2000


@pytest.mark.parametrize(
    ("file", "steady", "in_step"),
    [
        ("gpt4.1_nano", (0.1314, 0.052, 0.210), -0.0826),
        ("claude_sonnet4", (0.1631, 0.062, 0.269), -0.0830),
    ],
)
def test_replays_with_real_models_show_the_published_price_of_the_cap(study, file, steady, in_step):
    lines = (study.folder / f"llm_replay_{file}_subset.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]

    def differences(metric):
        means = {}
        for row in rows:
            if row[metric] is not None and not math.isnan(row[metric]):
                means.setdefault((row["pid"], row["policy"].startswith("Hybrid")), []).append(row[metric])
        people = sorted({pid for pid, _ in means})
        return [float(np.mean(means[pid, True]) - np.mean(means[pid, False])) for pid in people]

    interval = bootstrap(differences("stability"), seed=0, n_resamples=10_000)
    assert interval.n == 25
    assert interval.value == pytest.approx(steady[0], abs=1e-4)
    assert (interval.low, interval.high) == pytest.approx(steady[1:], abs=0.005)
    assert float(np.mean(differences("synchrony"))) == pytest.approx(in_step, abs=1e-4)


def test_the_vector_of_a_short_text_is_what_counting_gives():
    figures = by_name(style_vector("The cat sat. My friend thinks!"))
    assert figures["informality"] == pytest.approx(1 / 2 + 0)
    assert figures["sentence_length"] == 3.0
    assert figures["reading_ease"] == pytest.approx(206.835 - 1.015 * 3 - 84.6 * 6 / 6)
    assert figures["social"] == pytest.approx(1 / 6)
    assert figures["cognitive"] == pytest.approx(1 / 6)
    assert figures["function_words"] == pytest.approx(2 / 6)


def test_feeling_has_the_sign_a_reader_would_give_it():
    for text in ("I love this!", "What a wonderful, happy day.", "Thanks, that was very kind."):
        assert sentiment(text) > 0.2
    for text in ("I hate it.", "This is terrible and sad.", "I am not happy.", "I don't like it."):
        assert sentiment(text) < 0
    assert sentiment("The train leaves at nine.") == 0.0
    assert sentiment("I am very happy") > sentiment("I am happy")


def test_other_languages_give_reasons_and_no_figures():
    vector = style_vector("Ich weiß es nicht.", language="de")
    assert list(np.isnan(vector)) == [name in unsupported("de") for name in DIMENSIONS]
    assert "not supported" in unsupported("de")["sentiment"]


def test_a_text_without_words_is_refused():
    for text in ("", "  ", "?!", "…"):
        with pytest.raises(UsageError, match="no words"):
            style_vector(text)


def test_a_scaler_drops_what_does_not_vary_and_cuts_off_extremes():
    scaler = RobustScaler.fit([[0.0, 7.0], [1.0, 7.0], [2.0, 7.0], [3.0, 7.0]])
    assert (scaler.live, scaler.dropped) == ((0,), (1,))
    assert scaler.transform([1.5, 0.0]) == pytest.approx([0.0])
    assert scaler.transform([[1e9, 0.0]])[0] == pytest.approx([3.0])
    assert RobustScaler.fit([[0.0, math.nan], [1.0, math.nan]]).live == (0,)


def test_a_scale_needs_texts_that_differ():
    with pytest.raises(UsageError, match="at least two"):
        RobustScaler.fit([[1.0, 2.0]])
    with pytest.raises(UsageError, match="no style dimension"):
        RobustScaler.fit([[1.0], [1.0]])
    with pytest.raises(UsageError, match="dimensions"):
        RobustScaler.fit([[1.0], [2.0]]).transform([1.0, 2.0])


def test_a_vector_without_length_has_no_direction():
    assert cosine([1e-14, 0.0], [1.0, 0.0]) is None
    assert cosine([1e-14, 0.0], [1.0, 0.0], as_published=True) == pytest.approx(1.0)
    assert cosine([0.0, 0.0], [1.0, 0.0], as_published=True) is None


def test_synchrony_and_stability_are_mean_cosines():
    turns = [[1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]
    assert stability(turns) == pytest.approx((0 - 1) / 2)
    assert stability(turns[:1]) is None
    assert synchrony(turns, turns) == pytest.approx(1.0)
    assert register_flips([1.0]) is None


def test_a_static_voice_never_moves_and_a_radius_keeps_it_near_home():
    rng = np.random.default_rng(0)
    home = np.array([0.1, 0.2, -0.3])
    voice = home
    for partner in rng.normal(scale=5, size=(50, 3)):
        assert POLICIES["static"].step(home, partner, home) == pytest.approx(home)
        moved = POLICIES["hybrid_radius"].step(voice, partner, home)
        assert np.linalg.norm(moved - voice) <= 0.25 + 1e-9
        assert np.linalg.norm(moved - home) <= 0.75 + 1e-9
        voice = moved


def test_no_talks_are_refused():
    with pytest.raises(UsageError):
        replay([], POLICIES["static"], [0.0])
