"""The gate opens on a study that says so, of the same model, items and way of asking; and on nothing less."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stubs.respondents import administer, reader

from personae.errors import FormatError, UnsafeFile
from personae.psychometrics.certificate import certify
from personae.psychometrics.gate import gate, validated
from personae.psychometrics.indices import acquiescence, position
from personae.psychometrics.own import own_instrument
from personae.psychometrics.scoring import Respondent, pooled
from personae.psychometrics.study import CRITERIA, ScaleStudy, Study, as_expected, read_study, study, write_study

FIVE = own_instrument("big-five-60")
WHO = Respondent("p", "m", FIVE.id, "isolated", "logprobs")
GOOD = ScaleStudy(0.9, 0.9, 0.9, 0.8, 0.8, 1.0)


def a_study(scale=GOOD, respondents=100):
    return Study("m", FIVE.id, FIVE.sha256, "isolated", "logprobs", respondents, dict.fromkeys("EACNO", scale))


def simulated(n=300, noise=0.5, seed=0):
    """Respondents with five independent traits: answers to the items, scores by another method, and criteria."""
    rng = np.random.default_rng(seed)
    answers, other, criteria = {}, {}, {}
    for person in range(n):
        trait = dict(zip("EACNO", rng.normal(3, 0.9, 5), strict=True))
        answers[str(person)] = {
            item.id: float(np.clip(round((x if item.key == 1 else 6 - x) + noise * rng.normal()), 1, 5))
            for item in FIVE.items
            for x in (trait[item.domain],)
        }
        other[str(person)] = {d: x + 0.4 * rng.normal() for d, x in trait.items()}
        criteria[str(person)] = {
            "positive_affect": trait["E"] + rng.normal(), "aggression": -trait["A"] + rng.normal(),
            "negative_affect": trait["N"] - 0.6 * trait["E"] + rng.normal(), "achievement": trait["C"] + rng.normal(),
            "creativity": trait["O"] + rng.normal(),
        }  # fmt: skip
    return answers, other, criteria


def test_a_study_of_respondents_with_traits_opens_the_gate():
    found = study(FIVE, *simulated(), model="m", mode="isolated", route="logprobs")
    assert found.respondents == 300
    for domain in "EACNO":
        assert found.scales[domain].alpha > 0.9
        assert found.scales[domain].convergent > 0.8
        assert found.scales[domain].discriminant > 0.9
        assert found.scales[domain].criterion == 1.0
        assert validated(found, FIVE, WHO, domain) == ()


def test_a_model_that_guesses_has_no_validity():
    answers, other, criteria = simulated(noise=50)
    found = study(FIVE, answers, other, criteria, model="m", mode="isolated", route="logprobs")
    assert all("in the validity study alpha" in validated(found, FIVE, WHO, domain)[0] for domain in "EACNO")


def test_one_halo_over_all_traits_is_not_discriminant():
    rng = np.random.default_rng(1)
    answers, other, criteria = {}, {}, {}
    for person in range(200):
        mood = rng.normal(3, 1)
        answers[str(person)] = {i.id: float(np.clip(round(mood if i.key == 1 else 6 - mood), 1, 5)) for i in FIVE.items}
        other[str(person)] = dict.fromkeys("EACNO", mood)
        criteria[str(person)] = dict.fromkeys(("positive_affect", "negative_affect"), mood)
    found = study(FIVE, answers, other, criteria, model="m", mode="isolated", route="logprobs")
    assert found.scales["E"].convergent > 0.9
    assert found.scales["E"].discriminant < 0.1
    assert "discriminant" in validated(found, FIVE, WHO, "E")[0]


def test_a_study_without_a_second_method_says_what_is_unknown():
    answers, _, _ = simulated(120)
    found = study(FIVE, answers, {}, {}, model="m", mode="isolated", route="logprobs")
    assert found.scales["E"].convergent is None
    (reason,) = validated(found, FIVE, WHO, "E")
    assert reason == (
        "in the validity study convergent unknown, discriminant unknown, criterion unknown; 0.70 is needed"
    )


def test_nobody_makes_no_study():
    found = study(FIVE, {}, {}, {}, model="m", mode="isolated", route="logprobs")
    assert (found.respondents, found.scales["E"]) == (0, ScaleStudy())


def test_published_tables_open_the_gate_for_large_models_and_shut_it_for_base_ones(data_dir):
    """External validity of *Personality Traits in Large Language Models*, 1,250 respondents each: signs by model."""
    signs = {"EXT": ("E", {"PA": 1, "NA": -1}), "AGR": ("A", {"PHYS": -1, "VRBL": -1}), "CON": ("C", {"ACHV": 1}),
             "NEU": ("N", {"NA": 1}), "OPE": ("O", {"CSE": 1})}  # fmt: skip
    shares = {}
    for name, (_, wanted) in signs.items():
        with (data_dir / "google-personality" / f"external_validity_{name}.csv").open(encoding="utf-8") as file:
            lines = [line for line in csv.DictReader(file) if line["Scale"] in wanted]
        for model in ("flan_palm_540b_q", "gpt-4o", "Llama-2-7b", "Llama-2-13b", "Llama-2-70b"):
            right = [as_expected(float(line[model]), 1250, wanted[line["Scale"]]) for line in lines]
            shares.setdefault(model, []).append(sum(right) / len(right))
    assert shares["flan_palm_540b_q"] == shares["gpt-4o"] == [1.0] * 5
    for base in ("Llama-2-7b", "Llama-2-13b", "Llama-2-70b"):
        assert max(shares[base]) < 0.7
    assert set(CRITERIA) == {domain for domain, _ in signs.values()}


def test_the_gate_wants_the_scale_stable_and_the_whole_not_unstable():
    rows = administer(FIVE, reader(dict.fromkeys("EACNO", 4)))
    stable, whole = certify(rows, FIVE, "E"), certify(rows, FIVE)
    answers = pooled(rows).answers
    calm = position(rows, 5), acquiescence(FIVE, answers)
    assert gate((stable, whole), (), *calm).open
    short = certify(administer(FIVE, reader(dict.fromkeys("EACNO", 4)), templates=("t1",)), FIVE, "E")
    shut = gate((short, whole), ("why not",), *calm)
    assert shut.line == "not reportable: stability not shown (1 template; 3 are needed); why not"
    assert gate((stable, short), (), *calm).reasons[0].startswith("stability not shown")


def test_a_study_comes_back_from_its_file(tmp_path):
    path = tmp_path / "study.json"
    write_study(path, a_study())
    assert read_study(path) == a_study()


@pytest.mark.parametrize("change", [{"respondents": "100"}, {"respondents": -1}, {"respondents": True}, {"extra": 1},
                                    {"scales": {"E": {"alpha": "high"}}}, {"scales": {"E": {"alpha": 1.5}}},
                                    {"scales": []}, {"model": None}])  # fmt: skip
def test_a_file_that_is_no_study_is_an_error_that_names_the_place(tmp_path, change):
    path = tmp_path / "study.json"
    write_study(path, a_study())
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(FormatError, match="holds no validity study"):
        read_study(path)


@given(st.binary(max_size=200))
def test_whatever_bytes_it_is_one_error(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("s") / "study.json"
    path.write_bytes(raw)
    with pytest.raises(FormatError):
        read_study(path)


def test_a_study_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "study.json"
    path.write_bytes(b" " * (1024 * 1024 + 1))
    with pytest.raises(UnsafeFile):
        read_study(path)


def test_not_a_number_is_no_coefficient(tmp_path):
    path = tmp_path / "study.json"
    path.write_text(json.dumps({"model": "m", "instrument": "i", "sha256": "", "mode": "isolated", "route": "parsed",
                                "respondents": 100, "scales": {"E": {"alpha": float("nan")}}}))  # fmt: skip
    with pytest.raises(FormatError):
        read_study(path)
