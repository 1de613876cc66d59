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


def write_report(runs: Sequence[Path | str], out: Path | str | None = None) -> Path:
    """Write one HTML page from the folders of finished runs; the path of the page.

    The first run is shown in full, further ones are compared with it. The page is self-contained: no script, no
    network. It goes into the first run's folder unless `out` names a file. Raises RunError for a folder without
    measurements.
    """
    read = [_read(RunFolder(Path(run))) for run in runs]
    target = Path(out) if out is not None else read[0].folder.report
    environment = Environment(
        loader=PackageLoader("personae.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    write_atomic(target, environment.get_template("page.html").render(page_data(read)))
    return target


def _read(folder: RunFolder) -> Run:
    manifest = folder.read_manifest()
    measurements = {m.name: m for m in folder.read_measurements()}
    file = Path(manifest.persona_file).name  # a name, wherever the folder comes from
    return Run(folder, replace(manifest, persona_file=file), load(folder.path / file), measurements)
