"""The page itself: read the runs, lay them out, write one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from personae.files import write_atomic
from personae.measure.run_folder import RunFolder
from personae.persona.formats import load
from personae.report.view import Run, page_data
from personae.stats.scorecard import Metric


def write_report(
    runs: Sequence[Path | str], out: Path | str | None = None, *, bands: Sequence[Metric] | None = None
) -> Path:
    """Write one HTML page from the folders of finished runs; the path of the page.

    The first run is shown in full, further ones are compared with it. The page is self-contained: no script, no
    network. It goes into the first run's folder unless `out` names a file. `bands` are the metrics of the scorecard
    (`scorecard.read_bands`); without them several runs are compared in those the page has lines for. Raises RunError
    for a folder without measurements.
    """
    read = read_runs(runs)
    target = Path(out) if out is not None else read[0].folder.report
    environment = Environment(
        loader=PackageLoader("personae.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    write_atomic(target, environment.get_template("page.html").render(page_data(read, bands)))
    return target


def read_runs(runs: Sequence[Path | str]) -> list[Run]:
    """The runs of these folders. Raises RunError for one without measurements."""
    return [_read(RunFolder(Path(run))) for run in runs]


def _read(folder: RunFolder) -> Run:
    manifest = folder.read_manifest()
    measurements = {m.name: m for m in folder.read_measurements()}
    file = Path(manifest.persona_file).name  # a name, wherever the folder comes from
    return Run(folder, replace(manifest, persona_file=file), load(folder.path / file), measurements)
