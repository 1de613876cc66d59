"""Results: the runs of a folder, each with its report in a frame that can do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from nicegui import app, ui

from personae.errors import PersonaeError
from personae.files import read_limited
from personae.measure.run_folder import Manifest, RunFolder
from personae.serve.page.bits import Tag, when
from personae.serve.page.site import PATH, Site
from personae.serve.page.visitors import Visitor

#: Bytes of a report, and runs that are listed.
LARGEST = 32 * 1024 * 1024
MOST = 200
#: A report is a page without scripts; what it may load is in it.
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'"


@dataclass(frozen=True)
class Run:
    """A run of the folder: its name there, what it is of, and whether it has a report."""

    name: str
    manifest: Manifest
    has_report: bool


def runs_of(folder: Path) -> list[Run]:
    """The runs in a folder, the newest first; what is none is passed over."""

    def found() -> Iterator[Run]:
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            run = RunFolder(path)
            if path.is_symlink() or not run.exists():
                continue
            try:
                yield Run(path.name, run.read_manifest(), run.report.is_file())
            except PersonaeError:
                continue

    return sorted(found(), key=lambda run: run.manifest.created, reverse=True)[:MOST]


def report_of(folder: Path, name: str) -> bytes | None:
    """The report of a run, None where there is none. Nothing outside the folder is ever read."""
    path = folder / name / "report.html"
    if (
        Path(name).name != name
        or not name.isprintable()
        or path.resolve().parent != folder.resolve() / name
        or not path.is_file()
    ):
        return None
    return read_limited(path, LARGEST)


def add_route(site: Site) -> None:
    """Serve reports to visitors that came in."""

    @app.get("/report", include_in_schema=False)
    async def report(request: Request, run: str) -> Response:
        visitor = site.visitors.by_session.get(request.session.get("id", ""))
        page = report_of(site.runs, run) if site.runs is not None and visitor is not None and visitor.name else None
        if page is None:
            return HTMLResponse("<p>There is no such report.</p>", 404)
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})


def draw(site: Site, visitor: Visitor) -> None:
    """The panel."""
    with Tag("header", classes="head"), Tag("div", classes="who"):
        Tag("h1", "What was measured")
        Tag("p", "Runs of personae measure, and the report of each.", "fine")
    if site.runs is None:
        Tag("p", "This server shows no runs. Start it with --runs FOLDER.", "empty")
        return
    runs = runs_of(site.runs)
    if not runs:
        Tag("p", "The folder holds no runs yet. Make one: personae measure PERSONA", "empty")
        return
    Results(runs).draw()


@dataclass
class Results:
    """One window on the runs."""

    runs: list[Run]
    shown: str = ""

    def draw(self) -> None:
        """All of it."""
        self.shown = next((run.name for run in self.runs if run.has_report), "")
        with Tag("div", classes="columns list-left"):
            with Tag("section", aria_label="Runs"):
                self._list()
            with Tag("section", aria_label="Report"):
                self._report()

    @ui.refreshable_method
    def _list(self) -> None:
        with Tag("ul", classes="talks"):
            for run in self.runs:
                here = {"aria_current": "true"} if run.name == self.shown else {}
                with Tag("li"), Tag("button", "", "listed", type="button", **here) as one:
                    Tag("span", f"{run.manifest.persona_name} · {run.manifest.model}", "title")
                    state = "" if run.manifest.status == "done" else f" · {run.manifest.status}"
                    Tag("span", f"{when(run.manifest.created)} · {run.name}{state}", "fine")
                one.on("click", lambda _, name=run.name: self._show(name), args=[])

    @ui.refreshable_method
    def _report(self) -> None:
        run = next((run for run in self.runs if run.name == self.shown), None)
        if run is None or not run.has_report:
            Tag("p", "This run has no report yet. Write it: personae report FOLDER", "empty")
            return
        source = f"{PATH}/report?run={quote(run.name, safe='')}"
        Tag("iframe", classes="report", src=source, sandbox="", title=f"Report of {run.name}")

    def _show(self, name: str) -> None:
        self.shown = name
        self._list.refresh()
        self._report.refresh()
