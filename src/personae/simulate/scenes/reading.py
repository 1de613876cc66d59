"""Scenes from files: our own YAML, and the JSON of released collections, recognised by their keys.

scenes.yaml        {scene: 1, scenario, characters, dialogue, …}                               our own
test set           [{scenario, key_characters, dialogues, character_profiles, plot, …}, …]      CoSER
book               {plots: [{summary, key_characters, conversation: [scene, …]}, …], character_datasets}
simulations        [{circumstance: scene, …}, …]
marked dialogues   {name: [{setting, dialogue: [{role, action, content}]}, …]}                  SimsChat
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.persona.formats.decode import decode_text, parse_json, validated
from personae.persona.formats.yaml_nodes import compose
from personae.simulate.scenes.scene import Note, Scene
from personae.simulate.scenes.shapes import CoserScene, MarkedScene, OwnScene, Plot

#: Largest file that is read; YAML, which is slow to read, may have a tenth of it.
MAX_BYTES = 50 * MEGABYTE
MAX_SCENES = 10_000


def load_scenes(path: Path | str) -> tuple[Scene, ...]:
    """All scenes of a file. Raises FormatError with file, key and reason, UnsafeFile where reading would be unsafe."""
    source = Path(path)
    if source.suffix.lower() in (".yaml", ".yml"):
        data = read_limited(source, MAX_BYTES // 10)
        tree = compose(decode_text(data, source.name), source.name).plain()
    else:
        tree = parse_json(read_limited(source, MAX_BYTES), source.name)
    scenes = tuple(_distinct(_scenes(tree, source.name, source.stem.replace("_", " "))))
    if not scenes:
        raise FormatError(f"{source.name!r} holds no scene; a scene file begins with `scene: 1`")
    return scenes


def load_scene(path: Path | str, id: str | None = None) -> Scene:
    """The one scene of a file, or the one with this id. Raises UsageError where that is not clear."""
    scenes = load_scenes(path)
    found = [scene for scene in scenes if id is None or scene.id == id]
    if len(found) != 1:
        ids = ", ".join(scene.id for scene in scenes[:5]) + (", …" if len(scenes) > 5 else "")
        asked = "choose one by its id" if id is None else f"none of them has the id {id!r}"
        raise UsageError(f"{str(path)!r} holds {len(scenes)} scenes and {asked}: {ids}")
    return found[0]


def load_notes(path: Path | str) -> tuple[Note, ...]:
    """What can be remembered of a book: every plot's summary, and what each character lived in it."""
    source = Path(path)
    tree = parse_json(read_limited(source, MAX_BYTES), source.name)
    if not isinstance(tree, dict) or not isinstance(tree.get("plots"), list):
        raise FormatError(f"{source.name!r} is no book: it has no list `plots`")
    return _notes(_plots(tree, source.name))


def _scenes(tree: Any, name: str, title: str) -> Iterator[Scene]:
    if isinstance(tree, list):
        if len(tree) > MAX_SCENES:
            raise FormatError(f"{name!r} holds {len(tree)} scenes; up to {MAX_SCENES} are read")
        for number, item in enumerate(tree):
            yield from _one(item, f"{name} [{number}]", title)
    else:
        yield from _one(tree, name, title)


def _one(tree: Any, name: str, title: str) -> Iterator[Scene]:
    if not isinstance(tree, dict):
        raise FormatError(f"{name!r} is no scene but {type(tree).__name__}; a scene is a map with a `scenario`")
    if "scene" in tree:
        yield validated(OwnScene, tree, name).to_scene(title)
    elif isinstance(tree.get("plots"), list):
        yield from _book(tree, name, title)
    elif isinstance(tree.get("circumstance"), dict):
        yield validated(CoserScene, tree["circumstance"], name).to_scene()
    elif "dialogue" in tree and "setting" in tree:
        yield validated(MarkedScene, tree, name).to_scene(title)
    elif "scenario" in tree:
        yield validated(CoserScene, tree, name).to_scene()
    elif tree and all(isinstance(value, list) for value in tree.values()):
        for key, items in tree.items():
            for number, item in enumerate(items):
                yield from _one(item, f"{name} {key}[{number}]", str(key))
    else:
        raise FormatError(f"{name!r} is no scene: it has neither `scene` nor `scenario`; keys: {sorted(tree)[:8]!r}")


def _book(tree: Mapping[str, Any], name: str, title: str) -> Iterator[Scene]:
    plots = _plots(tree, name)
    notes = _notes(plots)
    sets = tree.get("character_datasets")
    known = sets.items() if isinstance(sets, dict) else ()
    told = {who: data.get("profile") for who, data in known if isinstance(data, dict)}
    profiles = {str(who): text for who, text in told.items() if isinstance(text, str)}
    for index, plot in enumerate(plots):
        for number, record in enumerate(plot.conversation):
            scene = record.to_scene(book=title, plot=plot, index=(index, number), profiles=profiles)
            yield dataclasses.replace(scene, notes=notes)


def _plots(tree: Mapping[str, Any], name: str) -> list[Plot]:
    return [validated(Plot, plot, f"{name} plots[{index}]") for index, plot in enumerate(tree["plots"])]


def _notes(plots: list[Plot]) -> tuple[Note, ...]:
    found = []
    for index, plot in enumerate(plots):
        if plot.summary:
            found.append(Note(plot.summary, index))
        found += [Note(who.lived, index, who.name) for who in plot.key_characters if who.lived]
    return tuple(found)


def _distinct(scenes: Iterator[Scene]) -> Iterator[Scene]:
    """The scenes with ids that are all different: a second "x" becomes "x-2"."""
    seen: dict[str, int] = {}
    for scene in scenes:
        count = seen[scene.id] = seen.get(scene.id, 0) + 1
        yield scene if count == 1 else dataclasses.replace(scene, id=f"{scene.id}-{count}")
