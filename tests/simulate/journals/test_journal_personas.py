"""From a journal to a persona: the main theme is kept, every statement traces to an entry, what is left out is told."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stubs.journals import Themes, planted

from personae import run
from personae.errors import FormatError, PersonaeError, UsageError
from personae.models import ScriptedPairs
from personae.persona.formats import dumps, loads
from personae.simulate.journals import (
    Entry,
    TraitFilter,
    entry_id,
    persona_from_journal,
    read_journal,
)

CONSENT = "The author agreed in writing on 2026-02-03."


def made(entries, **options):
    return run(persona_from_journal(entries, consent=CONSENT, embedder=Themes(), **options))


def main_share(found):
    return sum(id.startswith("main") for id in found.kept) / len(found.kept)


@pytest.mark.parametrize("n", [20, 60, 200])
@pytest.mark.parametrize("seed", range(5))
def test_at_least_95_percent_of_what_is_kept_is_about_the_main_theme(n, seed):
    found = made(planted(n, seed=seed), seed=seed)
    assert main_share(found) >= 0.95
    assert len(found.kept) >= 0.5 * n


def test_every_statement_traces_to_its_entry_and_day(journal):
    found = made(journal)
    by_id = {entry.id: entry for entry in found.entries}
    for one in found.persona.statements:
        entry = by_id[entry_id(one)]
        assert entry.id in found.kept
        assert entry.text[one.source.start : one.source.end] == one.text
        assert one.valid_from == entry.date
    assert len({one.text for one in found.persona.statements}) == len(found.persona.statements)


def test_what_was_left_out_is_counted(journal):
    found = made([*journal, Entry("blank", "…", "2025-12-31")])
    assert found.left_out == {"empty": 1, "another theme": len(journal) - len(found.kept)}
    assert found.unsaid["said again"] > 0
    assert sum(found.clusters) == len(journal)


def test_fewer_than_six_entries_are_not_clustered_and_this_is_said(journal):
    found = made(journal[:5])
    assert (found.clusters, len(found.kept)) == ((), 5)
    assert found.notes == ("5 entries are too few to cluster (6 are needed); all of them are kept",)


def test_without_a_consent_note_there_is_no_persona(journal):
    for note in ("", "  ", "yes"):
        with pytest.raises(UsageError, match="consent note"):
            run(persona_from_journal(journal, consent=note, embedder=Themes()))
    assert CONSENT in made(journal).persona.provenance.notes


def test_personal_data_never_reach_the_persona_or_the_result(journal):
    text = "I am Ana Sousa, ana@example.org, +351 912 345 678, and I dig beds. My sister Rita waters the flower beds."
    found = made([*journal, Entry("x", text, "2025-12-31")], hide=["Ana Sousa", "Rita"])
    whole = json.dumps(found.to_dict()) + "".join(entry.text for entry in found.entries)
    assert not any(word in whole for word in ("Ana", "Sousa", "Rita", "example.org", "912"))
    assert found.scrubbed == {"mail": 1, "phone": 1, "name": 2}
    assert found.persona.extensions["journal"]["scrubbed"] == found.scrubbed


def test_the_author_is_hidden_without_being_asked():
    found = made([Entry(str(n), "I, Berta, water the beds.", None, "Berta Lang") for n in range(3)])
    assert "Berta" not in found.persona.statements[0].text


def test_contradictions_stay_as_dated_versions():
    days = ["2024-01-05", "2025-06-10", "2026-02-20"]
    homes = ["Porto", "Lyon", "Porto"]
    entries = [Entry(day, f"I live in {home}. I like my garden.", day) for day, home in zip(days, homes, strict=True)]
    found = made(entries)
    told = {(s.text, s.valid_from, s.valid_to) for s in found.persona.statements}
    assert told == {
        ("I live in Porto.", "2024-01-05", "2025-06-09"),
        ("I live in Lyon.", "2025-06-10", "2026-02-19"),
        ("I live in Porto.", "2026-02-20", None),
        ("I like my garden.", "2024-01-05", None),
    }
    assert [version.by for version in found.versions] == ["location", "location"]


def test_a_pair_scorer_finds_versions_by_meaning():
    early, late = "I never eat any meat.", "I eat steaks every day."
    entries = [Entry("a", early, "2024-01-05"), Entry("b", late, "2025-01-05")]
    pairs = ScriptedPairs({(early, late): (0.95, 0.05, 0.0), (late, early): (0.95, 0.05, 0.0)})
    found = made(entries, scorer=pairs)
    assert [(s.text, s.valid_to) for s in found.persona.statements] == [(early, "2025-01-04"), (late, None)]
    assert found.versions[0].by == pairs.name


def test_of_one_day_nothing_ends():
    found = made([Entry("a", "I live in Porto.", "2024-01-05"), Entry("b", "I live in Lyon.", "2024-01-05")])
    assert found.versions == ()
    assert [one.valid_to for one in found.persona.statements] == [None, None]


def test_a_trait_filter_leaves_entries_out_and_counts_them(journal):
    def score(texts):
        return [None if "slugs" in text else 0.4 if "roses" in text else 0.1 for text in texts]

    found = made(journal, trait=TraitFilter("openness", score))
    by_id = {entry.id: entry for entry in found.entries}
    assert found.kept
    assert all("roses" in by_id[id].text and "slugs" not in by_id[id].text for id in found.kept)
    assert found.left_out["does not show openness"] > 0
    nothing = made(journal, trait=TraitFilter("openness", lambda texts: [0.0] * len(texts)))
    assert (nothing.persona, nothing.reason) == (None, "no persona: no entry is left")


def test_an_author_who_never_says_i_gives_a_reason():
    found = made([Entry(str(n), "It rained. The sky was grey. Why not?", None) for n in range(7)])
    assert found.reason == "no persona: the entries say nothing in the first person"
    assert found.unsaid == dict.fromkeys(
        ("too short or too long", "not in the first person", "question"), len(found.kept)
    )


def test_at_most_so_many_statements_from_the_most_typical_entries(journal):
    found = made(journal, most=4)
    assert len({one.text for one in found.persona.statements}) == 4
    assert found.unsaid["too many"] > 0


def test_the_same_seed_gives_the_same_persona_and_it_survives_a_file(journal):
    one, other = made(journal, seed=3), made(journal, seed=3)
    assert one.persona.content_hash == other.persona.content_hash
    assert loads(dumps(one.persona, "yaml"), name="d.yaml") == one.persona


def test_entries_the_embedder_cannot_read_are_left_out_and_counted(journal):
    class English(Themes):
        def unread(self, text):
            return "not English" if "ich" in text.split() else None

    german = [Entry(f"de-{n}", "Heute habe ich Salat gegossen.", "2026-01-01") for n in range(3)]
    found = run(persona_from_journal([*journal, *german], consent=CONSENT, embedder=English()))
    assert found.left_out["not English"] == 3
    alone = run(persona_from_journal(german, consent=CONSENT, embedder=English()))
    assert (alone.persona, alone.reason) == (None, "no persona: no entry is left")


def test_a_journal_without_a_main_theme_says_so():
    class Scattered(Themes):
        def embed(self, texts):
            vectors = np.zeros((len(texts), 12), dtype=np.float32)
            for row, text in enumerate(texts):
                vectors[row, int(text.split()[1])] = 1
            return vectors

    found = run(
        persona_from_journal(
            [Entry(str(n), f"Day {n % 10} and I was here.") for n in range(40)], consent=CONSENT, embedder=Scattered()
        )
    )
    assert found.notes == ("the largest of 10 clusters holds 10% of the entries: no one main theme",)


def test_a_journal_that_is_too_long_is_refused():
    with pytest.raises(UsageError, match="4001 entries; at most 4000"):
        made([Entry(str(n), "I dig.") for n in range(4001)])


def test_entries_of_two_authors_are_not_mixed():
    with pytest.raises(UsageError, match="several authors"):
        made([Entry("a", "I dig.", None, "x"), Entry("b", "I dig.", None, "y")])


RECORDS = [
    {"id": "b", "author": "ana", "date": "2025-02-01T08:00:00Z", "text": "I dug."},
    {"id": "a", "author": "rui", "date": "2025-01-01", "text": "I slept, and read."},
    {"id": "c", "author": "ana", "date": "2025-01-02", "text": "I sowed."},
]


def test_json_lines_json_and_csv_hold_the_same_journal(tmp_path):
    import csv

    (tmp_path / "j.jsonl").write_text("".join(json.dumps(each) + "\n" for each in RECORDS))
    (tmp_path / "j.json").write_text(json.dumps(RECORDS))
    with (tmp_path / "j.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(RECORDS[0]))
        writer.writeheader()
        writer.writerows(RECORDS)
    read = [read_journal(tmp_path / f"j.{ending}", author="ana") for ending in ("jsonl", "json", "csv")]
    assert read[0] == read[1] == read[2]
    assert [(entry.id, entry.date) for entry in read[0]] == [("c", "2025-01-02"), ("b", "2025-02-01")]
    with pytest.raises(FormatError, match="2 authors; name one: ana, rui"):
        read_journal(tmp_path / "j.json")
    with pytest.raises(FormatError, match="no entries of 'eva'"):
        read_journal(tmp_path / "j.json", author="eva")


def test_a_text_file_is_cut_at_its_dates(tmp_path):
    path = tmp_path / "journal.md"
    path.write_text("My journal\n\n## 2025-02-01\nI dug.\n\nAll day.\n# 2025-01-02\nI sowed.\n2025-01-02\nI reaped.\n")
    found = read_journal(path)
    assert [(e.id, e.text) for e in found] == [
        ("2025-01-02", "I sowed."),
        ("2025-01-02-2", "I reaped."),
        ("2025-02-01", "I dug.\n\nAll day."),
    ]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("j.json", "[", "is no journal"),
        ("j.json", "[1]", "one record an entry"),
        ("j.json", '[{"date": "2025-01-01"}]', "entry 1 .* has no 'text'"),
        ("j.json", '[{"text": "x", "date": "last May"}]', "has the date 'last May'; write 2026-03-01"),
        ("j.json", '[{"text": "x", "id": "a"}, {"text": "y", "id": "a"}]', "the id 'a' more than once"),
        ("j.json", "[]", "has no entries"),
        ("j.md", "I dug.", "no line holds a date alone"),
        ("j.md", "2025-02-30\nI dug.", "is no journal"),
    ],
)
def test_any_other_file_is_refused(tmp_path, name, text, why):
    (tmp_path / name).write_text(text)
    with pytest.raises(FormatError, match=why):
        read_journal(tmp_path / name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from(["j.json", "j.md", "j.csv"]))
def test_no_bytes_break_the_reader(tmp_path, data, name):
    (tmp_path / name).write_bytes(data)
    with contextlib.suppress(PersonaeError):
        assert read_journal(tmp_path / name)


@pytest.mark.slow
def test_the_embedded_embedder_finds_the_planted_theme():
    from personae.models.embedder import MiniLM

    for seed in (0, 1):
        entries = planted(60, seed=seed)
        found = run(persona_from_journal(entries, consent=CONSENT, embedder=MiniLM(), seed=seed))
        assert main_share(found) >= 0.95
        assert len(found.kept) >= 30
