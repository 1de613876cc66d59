"""PersonaBench's files: what is read of a small copy we wrote, its broken records, and the ten published figures."""

from __future__ import annotations

import json

import pytest
from stubs.skip import absent

from personae.errors import FormatError, UsageError
from personae.measure.private_documents.released import read_personabench
from personae.measure.private_documents.run import run_personabench
from personae.models.minilm_fp32 import INSTALL, MiniLM32, weights

#: Recall and NDCG at 5 of MiniLM, by row, and how many questions each has.
FIGURES = {
    "basic": (0.235, 0.163, 110),
    "preference_easy": (0.369, 0.333, 26),
    "preference_hard": (0.278, 0.265, 41),
    "social": (0.252, 0.186, 53),
    "subjective": (0.061, 0.051, 33),
    "overall": (0.236, 0.186, 263),
    "overall_without_subjective": (0.262, 0.206, 230),
}


class Letters:
    """Embeds a text as the share of each letter in it."""

    name = "letters"

    def embed(self, texts):
        import numpy as np

        rows = np.array([[text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def session(id, words):
    return {"session": f"conversation---{id}", "time": "2024", "conversation": [{"role": "Eva", "content": words}]} | {
        "segment_id": id
    }


def community(tmp_path, qa, truth, conversations, name="Eva"):
    root = tmp_path / "community_0"
    files = {
        "eval_info/eval_info_all.json": [
            {"Name": "Eva", "Eval_Info": {"qa": qa}},
            {"Name": "Kim", "Eval_Info": {"qa": []}},
        ],
        "eval_info/qa_gt_context_all_noise_0.5.json": truth,
        "private_data/noise_0.5/conversation_data_all.json": [
            {"Name": name, "Data": [{"Conversations": conversations}]}
        ],
        "private_data/noise_0.5/user_ai_interaction_data_all.json": [],
        "private_data/noise_0.5/purchase_history_data_all.json": [],
    }
    for path, tree in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(json.dumps(tree), "utf-8")
    return tmp_path


QUESTION = {"q_id": "1", "question": "What pets?", "answer": [{"cat": "Tom"}, {"dog": 7}], "type": "Social",
            "difficulty": "easy", "outdated_value": None}  # fmt: skip
TRUTH = [{"q_id": "1", "question": "What pets?", "answer": "", "segment_id": {"a": ["00"], "b": ["01", "02"]}}]


def test_chunks_hide_the_ids_and_golds_are_values(tmp_path):
    lost = {**QUESTION, "q_id": "2"}
    folder = community(tmp_path, [QUESTION, lost], TRUTH, [session(f"0{n}", f"caf\u00e9 {n}") for n in range(3)])
    (person,) = read_personabench(folder, people=1)
    assert [chunk.id for chunk in person.chunks] == ["00", "01", "02"]
    assert person.chunks[0].text == '{"time":"2024","conversation":[{"role":"Eva","content":"caf\\u00e9 0"}]}'
    (question,) = person.questions
    assert question.answer == ("Tom", "7")
    assert question.evidence == (("00",), ("01", "02"))
    assert person.missing == {"no evidence": 1}


def test_figures_come_in_rows_with_what_is_missing(tmp_path):
    folder = community(tmp_path, [QUESTION], TRUTH, [session(f"0{n}", "a cat") for n in range(3)])
    numbers = {m.name: m for m in run_personabench(folder, Letters(), people=1)}
    assert numbers["personabench.social.recall"].value == 1.0
    assert numbers["personabench.basic.recall"].value is None
    assert numbers["personabench.overall.ndcg"].n == 1
    assert numbers["personabench.overall.ndcg"].details["chunks"] == 3


def test_a_broken_copy_names_file_record_and_key(tmp_path):
    with pytest.raises(UsageError, match="holds no folder 'community_0'"):
        read_personabench(tmp_path)
    folder = community(tmp_path, [{"q_id": "1"}], TRUTH, [session("00", "a")])
    with pytest.raises(FormatError, match=r"eval_info_all.json': 0.Eval_Info.qa.0.question: field required"):
        read_personabench(folder)
    folder = community(tmp_path, [QUESTION], TRUTH, [{"conversation": []}])
    with pytest.raises(FormatError, match="no text 'segment_id'"):
        read_personabench(folder, people=1)
    with pytest.raises(FormatError, match=r"noise_0.3.json"):
        read_personabench(folder, noise=0.3)
    folder = community(tmp_path, [QUESTION], TRUTH, [session("00", "a")], name="Somebody")
    with pytest.raises(FormatError, match="'Eva' is asked about and has no documents"):
        read_personabench(folder, people=1)


def reached(numbers, within):
    found = {m.name.removeprefix("personabench."): m for m in numbers}
    for row, (recall, ndcg, n) in FIGURES.items():
        assert found[f"{row}.recall"].n == n, row
        assert found[f"{row}.recall"].value == pytest.approx(recall, abs=within), row
        assert found[f"{row}.ndcg"].value == pytest.approx(ndcg, abs=within), row
    assert found["overall.recall"].details["chunks"] == 1054


@pytest.mark.slow
def test_the_ten_figures_are_reached_by_the_original_weights(data_dir):
    if weights() is None:
        absent(f"no 32-bit weights of the embedder; {INSTALL}")
    reached(run_personabench(data_dir / "personabench", MiniLM32(threads=1)), within=0.001)
