"""One page, self-contained, that nothing in a persona or a reply can break."""

from __future__ import annotations

import itertools
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from stubs.runs import drift, grounding, persona, self_knowledge, write_ledger

from personae.errors import RunError
from personae.persona.formats import load
from personae.report import write_report
from personae.types import Measurement

CARD = Path(__file__).parents[1] / "persona" / "formats" / "cards" / "v2_ztxt.png"
HOSTILE = '<script>alert(1)</script><img src="http://evil.example/x.png" onerror="alert(2)"> $\\frac{$ {{ 7*7 }} 名'


class Tags(HTMLParser):
    """Every tag with its attributes, and whether each is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def everything(who):
    ids = [statement.id for statement in who.statements]
    return [self_knowledge(who, [0.5] * len(ids)), grounding(dict.fromkeys(ids, HOSTILE)), drift()]


def page(run, *more) -> str:
    return write_report([run, *more]).read_text("utf-8")


def test_the_page_asks_the_network_for_nothing_and_forbids_it_too(ana, make_run):
    text = page(make_run(ana, everything(ana)))
    tags = Tags(text).found
    policy = next(a["content"] for tag, a in tags if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    links = [a[name] for _, a in tags for name in ("src", "href", "xlink:href", "srcset", "action") if name in a]
    assert links
    assert all(link.startswith(("#", "data:")) for link in links)
    assert not re.search(r"@import|url\((?!#)", text)
    assert not {tag for tag, _ in tags} & {"script", "iframe", "link", "object", "embed", "form"}


def test_a_hostile_persona_is_shown_as_text(make_run):
    who = persona(HOSTILE, [HOSTILE, "<b>bold</b>"])
    text = page(make_run(who, everything(who), model="<i>model</i>", command=f"personae measure {HOSTILE!r}"))
    tags = Tags(text).found
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert not [a for tag, a in tags if tag in ("script", "img", "i") or any(name.startswith("on") for name in a)]
    assert "{{ 7*7 }}" in text
    assert "<b>bold</b>" not in text


def test_the_same_run_gives_the_same_bytes(ana, make_run):
    run = make_run(ana, everything(ana))
    write_ledger(run, [{}])
    assert page(run) == page(run)


def test_the_page_tells_what_repeats_it_and_no_folder_of_this_machine(ana, make_run, tmp_path):
    text = page(make_run(ana, everything(ana)))
    assert ana.content_hash in text
    assert "personae measure ana --out run" in text
    assert "seed 7" in text
    assert "personae 0.1.0" in text
    assert str(tmp_path) not in text
    assert str(tmp_path.parent) not in text


def test_any_subset_of_the_measures_has_a_page(ana, make_run):
    parts = [*everything(ana), Measurement("style", reason="no examples"), Measurement("odd.name", 1.0)]
    for count in range(len(parts) + 1):
        for number, some in enumerate(itertools.combinations(parts, count)):
            assert "</html>" in page(make_run(ana, some, f"run-{count}-{number}"))


def test_a_drift_that_failed_says_why(ana, make_run):
    failed = Measurement("drift", reason="no item carries a value: 6 failed", missing={"failed": 6})
    text = page(make_run(ana, [failed]))
    assert "The change could not be measured: no item carries a value: 6 failed." in text
    assert "6 failed (the logs say why)" in text


def test_two_thousand_statements_stay_a_page_one_can_open(make_run):
    many = persona("Ana", [f"I know fact {number}, and it is a long one." for number in range(2000)])
    text = page(make_run(many, [self_knowledge(many, [0.5] * 2000)]))
    assert "1940 more statements" in text
    assert len(text) < 4_000_000


def test_a_card_shows_its_picture_without_the_card_in_it_and_others_their_initials(ana, make_run):
    run = make_run(load(CARD), [], persona_file="persona.png")
    shutil.copy(CARD, run / "persona.png")
    text = page(run)
    (source,) = [a["src"] for tag, a in Tags(text).found if tag == "img"]
    assert source.startswith("data:image/png;base64,")
    assert ">AQ<" in page(make_run(ana, [], "other"))


def test_the_persona_is_read_from_the_folder_only(ana, make_run, tmp_path):
    (tmp_path / "secret.yaml").write_text("personae: 1\nname: Secret\n", "utf-8")
    assert "Secret" not in page(make_run(ana, [], persona_file="../persona.yaml"))
    assert "Ana Quixabeira" in page(make_run(ana, [], "two", persona_file="../two/persona.yaml"))


def test_several_runs_share_one_page(ana, make_run):
    rui = persona("Rui", ["I sail."])
    text = page(make_run(ana, everything(ana), "one"), make_run(rui, everything(rui), "two"))
    assert "2 runs side by side" in text
    assert "Rui, personae/reader: under pressure" in text


def test_nine_runs_are_told_apart(ana, make_run):
    folders = [make_run(ana, [drift()], f"run{number}") for number in range(9)]
    text = page(*folders)
    assert len(set(re.findall(r'class="line" style="([^"]+)"', text))) == 9


def test_a_folder_without_measurements_is_an_error_that_says_so(tmp_path):
    with pytest.raises(RunError, match=r"no run\.json in"):
        write_report([tmp_path])
