"""From data to a folder of weights with its card, for one or more seeds: rows, training, calibration, export, figures.

Every stage is kept in `out/seed-N` and `out/average`; a run that was killed goes on where it was.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from personae.files import write_atomic
from personae.models.embedder import MiniLM
from personae.models.pairs.embedded import EmbeddedPairs
from personae.train.pair_scorer.calibrate import Calibration, calibrate, read_cad_dev
from personae.train.pair_scorer.card import card
from personae.train.pair_scorer.evaluate import measure, passes
from personae.train.pair_scorer.export import ship
from personae.train.pair_scorer.network import PairNetwork, read_tokenizer
from personae.train.pair_scorer.recipe import OnStep, Recipe, average, encode_pairs, nli_loss, train
from personae.train.pair_scorer.rows import LICENCES, Mix, MixName, read_mix

FILES = ("model.onnx", "tokenizer.json", "about.json", "model_card.md", "checksums.json")


@dataclass(frozen=True)
class Made:
    """One trained seed, or the average of several: its folder of weights, held-out loss, and figures by name."""

    folder: Path
    held_out_loss: float
    figures: Mapping[str, float]


def make(
    data: Path,
    out: Path,
    *,
    mix: MixName = "open",
    seeds: Sequence[int] = (0, 1, 2),
    recipe: Recipe | None = None,
    say: Callable[[str], None] = lambda _: None,
    on_step: OnStep | None = None,
) -> Path:
    """Train a pair scorer for each seed, average their weights, measure all, and put the average into `out/weights`.

    The folder comes back; `personae.models.pairs.embedded.EmbeddedPairs(folder)` uses it. Raises UsageError where data
    are missing.
    """
    recipe = recipe or Recipe()
    folders, made = [out / f"seed-{seed}" for seed in seeds], []
    for seed, folder in zip(seeds, folders, strict=True):
        own = dataclasses.replace(recipe, seed=seed)
        made.append(_one(data, folder, mix, own, partial(train, recipe=own, out=folder, on_step=on_step), say))
    if len(made) == 1:
        return publish(made[0], made, out / "weights")
    mean = _one(data, out / "average", mix, recipe, lambda _: average(folders), say)
    return publish(mean, made, out / "weights")


def publish(chosen: Made, made: Sequence[Made], out: Path) -> Path:
    """Copy the chosen one's files and write beside them a card that shows every seed."""
    out.mkdir(parents=True, exist_ok=True)
    about = json.loads((chosen.folder / "about.json").read_text(encoding="utf-8"))
    about["seeds"] = [one.folder.name for one in made]
    about["chosen"] = chosen.folder.name
    about["spread"] = spread([one.figures for one in made])
    for name in ("model.onnx", "tokenizer.json"):
        write_atomic(out / name, (chosen.folder / name).read_bytes())
    write_atomic(out / "about.json", json.dumps(about, indent=2) + "\n")
    write_atomic(out / "model_card.md", card(about))
    seal(out)
    return out


def seal(folder: Path) -> None:
    """Write the checksums that the scorer looks at."""
    names = [name for name in FILES if name not in ("checksums.json", "model_card.md")]
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    write_atomic(folder / "checksums.json", json.dumps(digests, indent=2) + "\n")


def spread(figures: Sequence[Mapping[str, float]]) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation over seeds of every figure.

    >>> spread([{"a": 1.0}, {"a": 3.0}])
    {'a': (2.0, 1.4142135623730951)}
    """
    return {
        name: (
            statistics.fmean(one[name] for one in figures),
            statistics.stdev([one[name] for one in figures]) if len(figures) > 1 else 0.0,
        )
        for name in figures[0]
    }


def _one(
    data: Path,
    out: Path,
    mix: MixName,
    recipe: Recipe,
    trained: Callable[[Mix], PairNetwork],
    say: Callable[[str], None],
) -> Made:
    done = out / "made.json"
    if not done.is_file():
        rows = read_mix(data, MiniLM().embed, name=mix, seed=recipe.seed, say=say)
        say(f"{out.name}: {len(rows.pairs):,} pairs")
        network = trained(rows)
        say("calibrating")
        calibrated = calibrate(network, rows, read_cad_dev(data / "nli-cad" / "dev.tsv"))
        loss = nli_loss(network, *encode_pairs(read_tokenizer(), rows.held_out))
        say("exporting")
        ship(network, calibrated.temperatures, _about(rows, recipe, calibrated), out)
        seal(out)
        say("measuring")
        figures = asyncio.run(measure(EmbeddedPairs(out), data)) | dict(calibrated.errors)
        about = _about(rows, recipe, calibrated) | {"figures": figures, "passes": passes(figures, mix)}
        write_atomic(out / "about.json", json.dumps(about, indent=2) + "\n")
        seal(out)
        write_atomic(done, json.dumps({"held_out_loss": loss, "figures": figures}, indent=2))
    kept = json.loads(done.read_text(encoding="utf-8"))
    return Made(out, kept["held_out_loss"], kept["figures"])


def _about(mix: Mix, recipe: Recipe, calibrated: Calibration) -> dict[str, Any]:
    """What the scorer needs to know about itself, and a reader about it."""
    return {
        "data": f"{mix.name}-{sum(mix.counts.values())}",
        "licences": {name: LICENCES[name.partition(",")[0]] for name in mix.counts},
        "rows": dict(mix.counts),
        "dropped": dict(mix.dropped),
        "recipe": dataclasses.asdict(recipe),
        "temperatures": dataclasses.asdict(calibrated.temperatures),
        "relevance": dict.fromkeys(("reply", "query"), "cosine" if mix.name == "open" else "head"),
        "passes": {"nli": True, "reply": True, "query": True},
        "figures": {},
    }
