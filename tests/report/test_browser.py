"""The page in a real browser: nothing is fetched, nothing complains, nothing sticks out of a phone."""

from __future__ import annotations

import shutil

import pytest
from stubs.consistency import consistency
from stubs.contrast import FAINT
from stubs.runs import drift, grounding, self_knowledge, write_ledger
from stubs.skip import absent

from personae.persona.persona import Persona
from personae.report import write_report

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        absent("no chromium on the path")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def report(make_run):
    long = "Donaudampfschifffahrtsgesellschaftskapitän" * 6
    texts = ["I catalogue atlases.", long, *(f"I know fact {number}." for number in range(90))]
    statements = [{"id": f"s{i}", "kind": "work", "text": text} for i, text in enumerate(texts)]
    who = Persona(name="Ana Quixabeira", summary=long, statements=statements)
    numbers = [self_knowledge(who, [0.0] * len(texts)), grounding({"s0": long, "s1": "Hm."}, rank=2), drift()]
    said = [[f"Reply {turn} of talk {talk}." for turn in range(5)] for talk in range(6)] + [[long]]
    against, shown = {(2, 1): 0.93, (3, 0): 0.55}, {(0, 0): 0.99, (1, 5): 0.6}
    numbers += consistency(texts, said, against=against, shown=shown, asked={(0, 0): 0.9, (4, 4): 0.8})
    runs = [make_run(who, numbers, name, model=f"openai/{name}") for name in ("one", "two", "three")]
    write_ledger(runs[0], [{}, {"hit": True}])
    return write_report(runs)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_the_page_is_quiet_readable_and_no_wider_than_its_window(chromium, report, scheme, width, height):
    page = chromium.new_page(color_scheme=scheme, viewport={"width": width, "height": height})
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())
    assert requests == [report.as_uri()]
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("h1").inner_text() == "3 runs side by side"
    assert page.evaluate(FAINT) == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 25, 30)"
    assert dark == (scheme == "dark")
    page.locator("details > summary").last.click()
    assert page.locator("details[open]").count() == 1
    page.close()


def test_wide_tables_scroll_inside_their_own_frame_on_a_phone(chromium, report):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(report.as_uri())
    frames = page.evaluate("[...document.querySelectorAll('.scroll')].map(e => [e.scrollWidth, e.clientWidth])")
    assert any(inner > outer for inner, outer in frames)
    assert all(outer <= 390 for _, outer in frames)
    page.close()


def test_it_prints_as_a_pdf_of_a_few_pages(chromium, report):
    page = chromium.new_page()
    page.goto(report.as_uri())
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert 2 <= pdf.count(b"/Type /Page\n") <= 20
    page.close()
