"""What ratings and metrics are worth: the released ConvAI2 ratings, planted correlations, and rows that are broken."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, PersonaeError, UnsafeFile, UsageError
from personae.measure import ratings
from personae.measure.meta import choose, collect, judge
from personae.measure.ratings import Columns, Rated, find_columns, grade_human, rated, rows
from personae.measure.row_metrics import computed
from personae.models import ScriptedPairs

MEANS = {"bert_ranker": 3.411, "dialogGPT": 3.235, "transformer_ranker": 3.065, "transformer_generator": 2.925}


@pytest.fixture
def convai2(data_dir) -> list[Rated]:
    return list(grade_human(data_dir / "grade-human"))


def planted(n: int = 400, *, noise: float = 1.0, seed: int = 0) -> list[Rated]:
    """Replies with a true score, five ratings around it, that score as metric "true", and a metric of pure chance."""
    rng = np.random.default_rng(seed)
    true = rng.normal(size=n)
    given = true[:, None] + noise * rng.normal(size=(n, 5))
    chance = rng.normal(size=n)
    return [
        Rated(
            tuple(row), {"true": t, "chance": c}, text="word " * (1 + i % 7), system="ab"[i % 2], cluster=str(i // 10)
        )
        for i, (row, t, c) in enumerate(zip(given.tolist(), true.tolist(), chance.tolist(), strict=True))
    ]


def of(meta, metric, by="all", group=""):
    return next(v for v in meta.verdicts if (v.metric, v.by, v.group) == (metric, by, group))


async def test_the_convai2_ratings_have_the_published_means_and_the_reference_ceiling(convai2):
    meta = judge(await collect(convai2, [], ["unigram_f1"]), seed=0)
    assert {name: round(mean.value, 3) for name, mean in meta.systems.items()} == pytest.approx(MEANS, abs=0.005)
    assert all(mean.n == 150 for mean in meta.systems.values())
    assert meta.reliability.split_half == pytest.approx(0.41, abs=0.02)
    assert meta.reliability.ceiling == pytest.approx(0.76, abs=0.02)
    assert meta.reliability.splits == 200
    assert of(meta, "unigram_f1").n == 600
    assert not of(meta, "unigram_f1").above_ceiling


async def test_a_metric_above_the_ceiling_is_flagged_and_a_random_ones_interval_covers_nought(convai2):
    chance = np.random.default_rng(7).normal(size=len(convai2)).tolist()
    told = [
        Rated(each.ratings, {"leak": sum(each.ratings) / len(each.ratings) + 0.2 * c, "chance": c})
        for each, c in zip(convai2, chance, strict=True)
    ]
    meta = judge(await collect(told, ["leak", "chance"]), n_resamples=300)
    assert of(meta, "leak").surely_above
    random = of(meta, "chance")
    assert not random.above_ceiling
    for interval in (random.validity.pearson, random.validity.spearman, random.validity.kendall):
        assert interval.low < 0 < interval.high


async def test_a_perfect_metric_comes_near_the_ceiling_and_no_further():
    meta = judge(await collect(planted(2000), ["true"]), n_resamples=100)
    assert of(meta, "true").validity.pearson.value == pytest.approx(meta.reliability.ceiling, abs=0.03)
    assert meta.reliability.ceiling == pytest.approx(math.sqrt(1 / 1.2), abs=0.02)


async def test_agreement_is_also_told_as_a_share_of_what_is_possible():
    meta = judge(await collect(planted(), ["true", "chance"]), n_resamples=100)
    found = of(meta, "true")
    assert found.of_ceiling == pytest.approx(found.validity.pearson.value / meta.reliability.ceiling)
    assert of(meta, "chance").of_ceiling < 0.2
    single = judge(await collect([Rated((float(i),), {"m": float(i)}) for i in range(20)], ["m"]), n_resamples=100)
    assert of(single, "m").of_ceiling is None


async def test_each_system_and_each_persona_gets_its_own_numbers_and_ceiling():
    meta = judge(await collect(planted(), ["true"], ["length"]), n_resamples=100)
    assert {(v.metric, v.by, v.group) for v in meta.verdicts} == {
        (metric, by, group)
        for metric in ("true", "length")
        for by, group in (("all", ""), ("system", "a"), ("system", "b"))
    }
    assert of(meta, "true", "system", "a").n == 200
    assert of(meta, "true", "system", "a").ceiling != of(meta, "true").ceiling
    assert of(meta, "length").length.value == 1.0
    assert abs(of(meta, "true").length.value) < 0.2


async def test_one_system_is_no_reason_to_look_at_it_twice():
    alone = [Rated((float(i % 5),), {"m": float(i)}, system="only") for i in range(20)]
    meta = judge(await collect(alone, ["m"]), n_resamples=100)
    assert [v.by for v in meta.verdicts] == ["all"]
    assert meta.systems == {}


async def test_beyond_fifty_personas_only_the_largest_are_looked_at_and_the_rest_counted():
    many = [Rated((float(i % 4),), {"m": float(i % 7)}, persona=str(i % 60)) for i in range(600)]
    meta = judge(await collect(many, ["m"]), n_resamples=100)
    assert sum(v.by == "persona" for v in meta.verdicts) == 50
    assert meta.groups_left_out == {"persona": 10}


async def test_what_has_no_rating_or_no_number_is_counted_and_never_a_nought():
    some = [*planted(20), Rated((), {"true": 1.0}), Rated((3.0,), {"true": None}, text="")]
    meta = judge(await collect(some, ["true"], ["unigram_f1", "length"]), n_resamples=100)
    assert (meta.rated, meta.unrated) == (21, 1)
    assert of(meta, "true").missing == {"empty": 1}
    assert of(meta, "unigram_f1").missing == {"no_reference": 20, "no_text": 1}
    assert of(meta, "unigram_f1").validity.pearson.value is None
    assert "0 rows" in of(meta, "unigram_f1").validity.pearson.reason


async def test_ratings_of_one_rater_have_no_ceiling_but_metrics_still_correlate():
    single = [Rated((float(i),), {"m": float(i)}) for i in range(20)]
    meta = judge(await collect(single, ["m"]), n_resamples=100)
    assert meta.reliability.ceiling is None
    assert "0 things with two ratings" in meta.reliability.reason
    assert of(meta, "m").validity.pearson.value == pytest.approx(1.0)
    assert not of(meta, "m").above_ceiling


async def test_clusters_are_drawn_whole_and_every_row_needs_one():
    meta = judge(await collect(planted(), ["true"]), clustered=True, n_resamples=100)
    assert of(meta, "true").validity.pearson.clusters == 40
    bare = await collect([*planted(20), Rated((1.0,), {"true": 0.0})], ["true"])
    with pytest.raises(UsageError, match="1 replies have no cluster"):
        judge(bare, clustered=True)


async def test_binary_labels_are_judged_by_their_auc():
    labels = [Rated((float(i >= 10),), {"m": float(i), "anti": -float(i)}) for i in range(20)]
    meta = judge(await collect(labels, ["m", "anti"]), n_resamples=100)
    assert (of(meta, "m").validity.auc.value, of(meta, "anti").validity.auc.value) == (1.0, 0.0)


async def test_the_same_seed_gives_the_same_answer_as_plain_json():
    table = await collect(planted(60), ["true"], ["length"])
    one, two = (json.dumps(judge(table, seed=4, n_resamples=100).to_dict(), allow_nan=False) for _ in range(2))
    assert one == two
    assert next(iter(json.loads(one))) == "reliability"


async def test_no_replies_at_all_give_reasons():
    meta = judge(await collect([], ["m"]))
    assert meta.rated == 0
    assert of(meta, "m").validity.pearson.reason == "0 rows; a correlation needs 10"


async def test_steps_are_told_one_by_one_up_to_the_number_planned():
    heard = []
    judge(await collect(planted(20), ["true"]), n_resamples=100, on_step=lambda *step: heard.append(step[1:]))
    assert heard == [(done, 6) for done in range(1, 7)]


async def test_consistency_metrics_are_computed_with_the_scorer_over_all_statements():
    scorer = ScriptedPairs(
        {
            ("I hate dogs.", "I love dogs."): (0.9, 0.1, 0.0),
            ("I sail a lot.", "I have a boat."): (0.0, 0.2, 0.8),
        },
        {("I have a boat.", "Do you sail?"): 0.9},
    )
    facts = ("I love dogs.", "I have a boat.")
    said = [
        Rated((1.0,), text="I hate dogs.", statements=facts),
        Rated((5.0,), text="I sail a lot.", statements=facts, query="Do you sail?"),
        Rated((3.0,), text="Hello there."),
        Rated((3.0,), text=" ", statements=facts),
    ]
    first, second, third, fourth = await computed(
        said, ["c_score", "contradiction", "entailment", "apc", "delta_apc"], scorer
    )
    assert first["c_score"] == -1.0
    assert first["contradiction"] == pytest.approx(0.9)
    assert (first["apc"], first["delta_apc"]) == ("no_query", "no_query")
    assert second["c_score"] == 1.0
    # asked .9 and shown .8: .72 of .9, plus 0 of .1 contradicted; the other statement is not asked and not broken: 1
    assert second["apc"] == pytest.approx((0.9 * 0.8 + 0.1 * 1.0 + 1.0) / 2)
    assert second["delta_apc"] == pytest.approx(0.72)
    assert set(third.values()) == {"no_statements"}
    assert set(fourth.values()) == {"no_text"}
    with pytest.raises(UsageError, match="--scorer embedded"):
        await computed(said, ["c_score"])


async def test_text_metrics_by_hand():
    (row,) = await computed(
        [Rated((1.0,), text="The sea, the sea!", references=("A lake.", "the sea"))],
        ["length", "distinct", "unigram_f1"],
    )
    # without articles: two times "sea" against one → 2 · 1 / 3
    assert row == {"length": 4.0, "distinct": 0.5, "unigram_f1": pytest.approx(2 / 3)}


def test_metrics_are_chosen_by_name_or_all_with_length_beside_them():
    assert choose([], ["apc"], texts=True, references=True) == (["apc"], ["unigram_f1", "length"])
    assert choose([], ["length"], texts=True, references=False) == (["length"], [])
    assert choose(["length", "apc"], ["apc"], texts=True, references=True) == (["apc"], ["length"])
    with pytest.raises(UsageError, match=r"no metric 'bleu'; there are apc, length"):
        choose(["bleu"], ["apc"], texts=True, references=True)


def write(path, text):
    path.write_text(text, "utf-8")
    return path


def read(path, **named):
    found = list(rows(path))
    return list(rated(found, find_columns([row for _, row in found], **named), path.name))


def test_json_lines_csv_and_an_array_say_the_same(tmp_path):
    row = {"model": "m1", "persona": "Ana", "reply": "Hm, yes.", "human": [3, 4], "apc": 0.5}
    lines = write(tmp_path / "r.jsonl", json.dumps(row) + "\n\n")
    array = write(tmp_path / "r.json", json.dumps([row]))
    table = write(tmp_path / "r.csv", 'model,persona,reply,human,apc\nm1,Ana,"Hm, yes.","[3, 4]",0.5\n')
    tabs = write(tmp_path / "r.tsv", "model\tpersona\treply\thuman\tapc\nm1\tAna\tHm, yes.\t3;4\t0.5\n")
    expected = [Rated((3.0, 4.0), {"apc": 0.5}, "m1", "Ana", "Hm, yes.")]
    assert read(lines) == read(array) == read(table) == read(tabs) == expected


def test_each_rater_may_have_a_column_and_gaps_are_gaps(tmp_path):
    file = write(tmp_path / "r.csv", "id,rater_1,rater_2,rater_3,m\n1,3,,4,0.1\n2,,,,nan\n")
    assert read(file) == [Rated((3.0, 4.0), {"m": 0.1}), Rated((), {"m": None})]


def test_columns_can_be_named(tmp_path):
    file = write(tmp_path / "r.jsonl", '{"a": 1, "b": 2, "talk": "t1", "who": "x"}\n')
    (row,) = read(file, human=("b",), cluster="talk", system="who")
    assert row == Rated((2.0,), {"a": 1.0}, system="x", cluster="t1")
    with pytest.raises(UsageError, match="no column 'c' for human"):
        read(file, human=("c",))
    with pytest.raises(UsageError, match="--human"):
        read(file)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("r.jsonl", '{"human": 1}\n{"human": "good"}\n', r"r\.jsonl, line 2: human 'good' is not a number"),
        ("r.jsonl", '{"human": 1}\nnot json\n', r"r\.jsonl, line 2: not readable JSON"),
        ("r.jsonl", '{"human": 1}\n[1]\n', r"r\.jsonl, line 2: list where an object"),
        ("r.jsonl", '{"human": 1}\n{"human": [1, Infinity]}\n', r"line 2: human inf is not finite"),
        ("r.jsonl", '{"human": {"a": 1}}\n', r"line 1: human \{'a': 1\} is not a number"),
        ("r.jsonl", '{"human": 1, "reply": 7}\n', r"line 1: reply 7 is not a text"),
        ("r.jsonl", '{"human": 1, "m": 1}\n{"human": 1, "m": "x"}\n', r"line 2: m 'x' is not a number"),
        ("r.csv", "human,m\n1,2\n1\n", r"r\.csv, line 3: not 2 cells"),
        ("r.csv", "human,m\n1,2\n1,2,3\n", r"r\.csv, line 3: not 2 cells"),
        ("r.csv", 'human,m\n1,"2\n', r"r\.csv, line"),
        ("r.json", "[1, 2", r"r\.json: not readable JSON"),
        ("r.json", "[1]", r"r\.json, element 1: int where an object"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_its_line(tmp_path, name, text, message):
    file = write(tmp_path / name, text)
    columns = Columns(("human",), metrics=("m",), text="reply")
    with pytest.raises(FormatError, match=message):
        list(rated(rows(file), columns, file.name))


@given(
    ending=st.sampled_from([".jsonl", ".json", ".csv", ".tsv"]),
    raw=st.one_of(
        st.binary(max_size=200),
        st.text(alphabet='{}[]":,0123456789humane\n\r\t\x00 é', max_size=200).map(lambda text: text.encode("utf-8")),
        st.integers(300, 500).map(lambda size: b'{"human": 1' + b"0" * size + b"}\n"),
    ),
)
def test_any_bytes_are_rows_or_one_error_of_ours(tmp_path_factory, ending, raw):
    file = tmp_path_factory.mktemp("any") / f"r{ending}"
    file.write_bytes(raw)
    said = ""
    try:
        found = list(rows(file))
        list(rated(found, find_columns([row for _, row in found]), file.name))
    except PersonaeError as error:
        said = str(error)
    assert "\n" not in said


def test_a_row_without_end_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(ratings, "LONGEST_ROW", 100)
    with pytest.raises(UnsafeFile, match="line 1"):
        list(rows(write(tmp_path / "r.jsonl", '{"human": "' + "1" * 200)))


def test_ratings_of_another_set_or_folder_are_an_error_that_says_so(data_dir, tmp_path):
    with pytest.raises(FormatError, match="no ratings of 'topical'"):
        list(grade_human(data_dir / "grade-human", "topical"))
    assert len(list(grade_human(data_dir / "grade-human", "dailydialog_EVAL"))) == 300
