"""Two judges grade a reply by a rubric, and one that looks at places only is found out. Their answers are scripted."""

from personae import run
from personae.judges.ensemble import Ensemble
from personae.judges.pairwise import PairItem, PairwiseJudge, swap_report
from personae.judges.rubric import RubricItem, RubricJudge
from personae.judges.rubric_files import load_rubric
from personae.judges.summary import judge_all
from personae.models import Scripted

rubric = load_rubric("linguistic_habits")
item = RubricItem(
    persona="Ines keeps the lighthouse at Cape Espichel. She says little, and says it in the words of the sea.",
    question="How was the night?",
    reply="Swell from the west, and a lamp that wanted feeding. I've had longer ones.",
    examples=(
        "As an AI, I do not experience nights, but I hope yours was restful!",
        "It was a very pleasant night and I enjoyed my work responsibilities.",
        "It was windy, and I had to look after the light for some hours.",
        "Windy. The lamp kept me up, as it does when the weather turns.",
        "Southwester all night. Fed the lamp twice, and listened.",
    ),
)
strict = RubricJudge(Scripted(["Spare, salty. Therefore, the final score is 4."], "strict"), rubric)
kind = RubricJudge(Scripted(["Her very voice! Therefore, the final score is **5/5**."], "kind"), rubric)
verdict = run(Ensemble((strict, kind))(item))
print(verdict.value, verdict.details["columns"])

pairs = [PairItem("How was the night?", f"Swell from the west, {n} knots.", "Pleasant, thank you!") for n in range(9)]
lazy = PairwiseJudge(Scripted(lambda messages: "The first one. [[A]]"))
for measurement in swap_report(run(judge_all(lazy, pairs))):
    print(measurement.name, measurement.value, measurement.details)
