"""`personae judge`: an examination with its card, a card shown, and the certainty of recorded verdicts."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from stubs.judges import oracle

from personae.cli.judge import judge
from personae.errors import FormatError, ModelUnreachable, RunError, UsageError
from personae.judges.qualification.card import read_card
from personae.models import Scripted


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, ok: bool = True):
        result = CliRunner().invoke(judge, [str(each) for each in arguments], catch_exceptions=False)
        assert not ok or result.exit_code == 0, result.output
        return result

    return call


@pytest.fixture
def model(monkeypatch):
    """Puts a model in place of the one that the command line opens."""

    def put(opened):
        monkeypatch.setattr("personae.models.registry.open_model", lambda spec, **options: opened)
        return opened

    return put


def test_a_judge_that_always_says_a_gets_a_card_that_says_unqualified(run, tmp_path):
    result = run("qualify", "--model", "scripted/A")
    assert result.stdout.startswith("scripted/A: unqualified\n")
    assert "order_swap: 0.000 is not at least 0.8" in result.stdout
    assert "p 6e-61" in result.stdout
    card = read_card(tmp_path / "judge-scripted-A.json")
    assert (card.standing, card.way) == ("unqualified", "spoken")
    assert card.figure("place").details["p"] < 0.001


def test_an_oracle_passes_and_its_card_is_shown_again(run, model):
    model(oracle())
    data = json.loads(run("qualify", "--model", "any", "--out", "card.json", "--json").stdout)
    assert (data["standing"], data["reasons"]) == ("qualified", [])
    assert run("show", "card.json").stdout.startswith("oracle: qualified")
    assert json.loads(run("show", "card.json", "--json").stdout) == data


def test_what_was_begun_is_not_begun_again_but_resumed_and_pays_for_nothing_twice(run, model):
    asked = []
    whole = oracle()

    def answer(messages):
        asked.append(messages)
        if len(asked) == 200:
            raise ModelUnreachable("no line")
        return whole._always(messages)

    model(Scripted(answer, name="oracle"))
    with pytest.raises(ModelUnreachable, match=r"no line; what was answered is kept, go on with --out .*--resume"):
        run("qualify", "--model", "any", "--out", "card.json")
    with pytest.raises(RunError, match="go on with --resume"):
        run("qualify", "--model", "any", "--out", "card.json")
    run("qualify", "--model", "any", "--out", "card.json", "--resume")
    different = len({tuple((m.role, m.content) for m in messages) for messages in asked})
    assert different < len(asked) <= different + 20  # at most the calls that were under way
    before = len(asked)
    assert "qualified" in run("qualify", "--model", "any", "--out", "card.json", "--resume").stdout
    assert len(asked) == before


def test_items_of_a_folder_stand_on_the_card_as_such(run, data_dir):
    folder = data_dir / "coser_public_domain"
    result = run("qualify", "--model", "scripted/A", "--data", folder, "--limit", 3, "--only", "order_swap",
                 "--out", "card.json")  # fmt: skip
    assert "154 role-identification items" in result.stderr
    assert "passed over: 'exp__evaluation__test_set_gpt-4o.json'" in result.stderr
    card = read_card("card.json")
    assert (card.items["speakers"].source, card.items["speakers"].size) == ("coser_public_domain", 154)
    assert card.standing == "unqualified"  # 0 of 3 pairs survive: the interval ends below .8
    assert card.standing_for("scripted/A") == "untested"


def test_mistakes_are_named(run, tmp_path):
    with pytest.raises(UsageError, match="unknown model"):
        run("qualify", "--model", "nobody")
    with pytest.raises(UsageError, match="unknown probe 'charm'"):
        run("qualify", "--model", "scripted/A", "--only", "charm")
    (tmp_path / "x.json").write_text("{}", "utf-8")
    with pytest.raises(FormatError, match="no judge card"):
        run("show", "x.json")


ROWS = [("A", 90, "A"), ("B", 90, "B"), ("A", 60, "B"), ("B", 60, "B"), ("N", 50, "A")]


def test_recorded_verdicts_are_reported_alike_from_csv_and_json_lines(run, tmp_path):
    rows = [row for row in ROWS[:4] for _ in range(20)]
    (tmp_path / "v.csv").write_text("answer,certainty,ground_truth\n" + "".join(f"{a},{c},{g}\n" for a, c, g in rows))
    lines = [json.dumps({"answer": a, "certainty": c, "ground_truth": g}) for a, c, g in rows]
    (tmp_path / "v.jsonl").write_text("\n".join(lines) + "\n")
    one = json.loads(run("certainty", "v.csv", "--json").stdout)["runs"]
    other = json.loads(run("certainty", "v.jsonl", "--json").stdout)["runs"]
    assert one == other
    found = one[""]
    assert found["accuracy"]["value"] == 0.75
    assert found["curve"][0] == {"certainty": 90, "coverage": 0.5, "risk": 0, "n": 40}
    assert found["auroc"]["value"] == pytest.approx((40 + 20 / 2) / 60)
    assert found["verdict"] == "useful"


def test_an_unread_answer_is_counted_and_not_guessed(run, tmp_path):
    rows = [*[row for row in ROWS[:4] for _ in range(20)], *[ROWS[4]] * 8]
    lines = [json.dumps({"answer": a, "certainty": c, "ground_truth": g, "run": "x"}) for a, c, g in rows]
    (tmp_path / "v.jsonl").write_text("\n".join(lines))
    found = json.loads(run("certainty", "v.jsonl", "--json", "--run", "x").stdout)["runs"]["x"]
    assert (found["asked"], found["n"], found["unanswered"]) == (88, 80, 8)
    with pytest.raises(RunError, match="no run 'y'; there are 'x'"):
        run("certainty", "v.jsonl", "--run", "y")


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "line 1"), ('{"answer": "A"}', "no certainty, ground_truth"), ("[1]", "not a JSON object"),
     ('{"answer": ["A"], "certainty": 1, "ground_truth": "A"}', "answer is")],
)  # fmt: skip
def test_a_line_that_is_no_verdict_is_named(run, tmp_path, text, said):
    (tmp_path / "v.jsonl").write_text(text)
    with pytest.raises(FormatError, match=said):
        run("certainty", "v.jsonl")


def test_the_released_verdicts_give_their_table_on_the_command_line(run, data_dir):
    result = run("certainty", data_dir / "personalized_judge" / "judgements.csv", "--json")
    runs = json.loads(result.stdout)["runs"]
    found = runs["prism_all_features_command-r-plus"]
    figures = (found["n"], found["accuracy"]["value"], found["auroc"]["value"], found["ece"], found["high"]["n"])
    assert figures == pytest.approx((1001, 0.7203, 0.6067, 0.0820, 149), abs=0.0005)
    assert found["high"]["value"] == pytest.approx(0.8926, abs=0.0005)
    assert found["lean"]["biased"]
    assert runs["ap_all_features_all_features_gpt-4o_jun5"]["verdict"].startswith("refused: AUROC 0.461")
    ties = runs["prism_all_features_with_tie_all_features_command-r-plus"]
    assert (ties["n"], ties["asked"]) == (1000, 1001)  # a tie is one of the answers there
    table = run("certainty", data_dir / "personalized_judge" / "judgements.csv").stdout
    assert "useful; position bias: says A in 60.4%" in " ".join(table.split())


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from click.testing import CliRunner; from personae.cli.judge import judge;"
        "CliRunner().invoke(judge, ['qualify', '--help']);"
        "print(sorted({'numpy', 'pydantic', 'inspect_ai'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
