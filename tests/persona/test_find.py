"""From what a user typed to a persona."""

from __future__ import annotations

import time

import pytest

from personae.errors import FormatError, UsageError
from personae.persona.find import find, starter_paths, starters


def test_every_starter_is_found_by_its_id_and_told_in_the_list_as_it_is():
    for starter in starters():
        persona = find(starter.id)
        assert (starter.name, starter.summary, starter.language) == (persona.name, persona.summary, persona.language)
        assert starter.tags == persona.tags


def test_a_file_is_loaded(tmp_path):
    path = tmp_path / "me.yaml"
    path.write_text("personae: 1\nname: Me\n")
    assert find(path).name == "Me"
    assert find(str(path)).name == "Me"


def test_a_misspelled_starter_brings_the_closest_ids():
    some = next(iter(starter_paths()))
    with pytest.raises(UsageError, match=some):
        find(some[:-1])


def test_a_name_like_nothing_says_where_the_list_is():
    with pytest.raises(UsageError, match="personae persona list"):
        find("qqqqqqqq")


def test_a_folder_is_no_persona(tmp_path):
    with pytest.raises(FormatError, match="directory"):
        find(tmp_path)


def test_the_list_takes_well_under_a_second():
    start = time.process_time()
    starters()
    assert time.process_time() - start < 0.8
