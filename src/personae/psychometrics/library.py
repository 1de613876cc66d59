"""Where instruments are found by name: ours in own/, published ones in a data folder, and those a user registers.

A data folder holds what others wrote: `ipip-neo/`, `ipip-item-bank/`, `8values/` as released, and `instruments/` with
files of the user's own (`instruments/<name>.yaml`, or `<name>.<lang>.yaml`, in the shape of `psychometrics.shapes`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Literal

from ruamel.yaml import YAML

from personae.errors import UsageError
from personae.psychometrics.instrument import Instrument, nearest
from personae.psychometrics.own import own_instrument, own_names
from personae.psychometrics.published import bfi44, eight_values, ipip_neo, item_bank
from personae.psychometrics.shapes import read_instrument

Origin = Literal["own", "published", "key only", "registered"]

ENDINGS = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the library: a name, whose it is, and the languages it is there in.

    origin: "own" (ships with us), "published" (loaded from the data folder and verified), "key only" (published, the
            sentences are not loaded unless registered), "registered" (a file of the user's).
    """

    name: str
    origin: Origin
    languages: tuple[str, ...] = ("en",)
    path: Path | None = None


def load(name: str, data: Path | str | None = None, lang: str = "en") -> Instrument:
    """The instrument of that name, or in that file.

    `name` is one of `names()`, or the path of a YAML or JSON file. `data` is the folder for what we do not ship
    (default: PERSONAE_DATA). Raises `UsageError` for a name or language that is not there (the nearest is named) and
    for instruments that may not be loaded, `FormatError` for a file that is not what it should be: a published set is
    held against a pinned checksum, and the first differing item is named.

    >>> load("bfi-44").item("44").key
    1
    """
    if name.endswith(ENDINGS):
        return _in(read_instrument(name), lang if lang != "en" else "")
    folder = _folder(data)
    if name == "bfi-44":
        own = _registered(name, folder, lang)
        return bfi44.registered(own) if own else _in(bfi44.key(), lang)
    if name in own_names():
        return _in(shippable(own_instrument(name)), lang)
    if name in _PUBLISHED:
        if folder is None:
            raise UsageError(f"{name!r} is loaded from a data folder; name it with --data DIR or PERSONAE_DATA")
        return _PUBLISHED[name](folder, lang)
    if path := _registered(name, folder, lang):
        return _in(read_instrument(path), lang)
    raise UsageError(_unknown(name, folder))


def profiles(name: str, data: Path | str | None = None) -> dict[str, dict[str, float]]:
    """The named places on a map, axis → percent: the 52 of 8values; of another instrument none."""
    folder = _folder(data)
    return eight_values.ideologies(folder) if name == "8values" and folder else {}


def key(name: str) -> Instrument:
    """Keys and scales of a published instrument without its sentences, for scoring answers; needs no data folder.

    >>> len(key("ipip-neo-300").items)
    300
    """
    if name not in _KEYS:
        raise UsageError(f"no key for {name!r}; keys are there for {', '.join(_KEYS)}{nearest(name, list(_KEYS))}")
    return _KEYS[name]()


def published_keys() -> tuple[str, ...]:
    """The names `key` knows."""
    return tuple(_KEYS)


def names(data: Path | str | None = None) -> tuple[str, ...]:
    """Every name `load` knows: ours, published ones (whether or not their files are there), and registered ones."""
    return tuple(entry.name for entry in entries(data))


def entries(data: Path | str | None = None) -> tuple[Entry, ...]:
    """The library, line by line; nothing is read but the names of files."""
    found = [Entry(name, "own") for name in own_names()]
    found += [Entry(name, "published", _languages(name)) for name in _PUBLISHED]
    found.append(Entry("bfi-44", "key only"))
    known = {entry.name for entry in found}
    return (*found, *(entry for entry in _all_registered(_folder(data)) if entry.name not in known))


def shippable(instrument: Instrument) -> Instrument:
    """The same instrument; the licence gate. Raises `UsageError` where the licence does not let the texts ship."""
    if not instrument.licence.may_ship:
        raise UsageError(
            f"{instrument.id!r} cannot be bundled: the licence {instrument.licence.name!r} does not let its texts "
            "ship; load it from a data folder instead"
        )
    return instrument


def _neo(length: ipip_neo.Length, folder: Path, lang: str) -> Instrument:
    return ipip_neo.load(length, folder, lang)


def _bank(name: str, folder: Path, lang: str) -> Instrument:
    return _in(item_bank.load(name, folder), lang)


def _values(folder: Path, lang: str) -> Instrument:
    return _in(eight_values.load(folder), lang)


_PUBLISHED: dict[str, Callable[[Path, str], Instrument]] = {
    "ipip-neo-300": partial(_neo, 300),
    "ipip-neo-120": partial(_neo, 120),
    "8values": _values,
    **{name: partial(_bank, name) for name in item_bank.names()},
}

_KEYS: dict[str, Callable[[], Instrument]] = {
    "ipip-neo-300": partial(ipip_neo.key, 300),
    "ipip-neo-120": partial(ipip_neo.key, 120),
    "bfi-44": bfi44.key,
}


def _languages(name: str) -> tuple[str, ...]:
    return ipip_neo.languages(120) if name == "ipip-neo-120" else ("en",)


def _in(instrument: Instrument, lang: str) -> Instrument:
    if lang and instrument.lang != lang:
        raise UsageError(f"{instrument.id!r} is there in {instrument.lang!r}, not in {lang!r}")
    return instrument


def _folder(data: Path | str | None) -> Path | None:
    named = data or os.environ.get("PERSONAE_DATA")
    return Path(named) if named else None


def _registered(name: str, folder: Path | None, lang: str) -> Path | None:
    if folder is None or not re.fullmatch(r"[A-Za-z0-9][\w-]{0,99}", name):
        return None
    tried = (folder / "instruments" / f"{stem}{ending}" for stem in (f"{name}.{lang}", name) for ending in ENDINGS)
    return next((path for path in tried if path.is_file()), None)


def _all_registered(folder: Path | None) -> Iterator[Entry]:
    if folder is None or not (folder / "instruments").is_dir():
        return
    found: dict[str, list[Path]] = {}
    for path in sorted((folder / "instruments").iterdir()):
        if path.suffix in ENDINGS and path.is_file():
            found.setdefault(path.name.split(".")[0], []).append(path)
    for name, paths in found.items():
        langs = [path.stem.partition(".")[2] or "en" for path in paths]
        yield Entry(name, "registered", tuple(dict.fromkeys(langs)), paths[0])


@cache
def _not_supplied() -> dict[str, tuple[str, str]]:
    tree = YAML(typ="safe", pure=True).load(files(bfi44.__package__).joinpath("not_supplied.yaml").read_text("utf-8"))
    return {_plain(name): (line["why"], line["instead"]) for line in tree for name in line["names"]}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _unknown(name: str, folder: Path | None) -> str:
    """The line for a name we cannot load, with the next step."""
    if _plain(name) == "ipipneo":
        return "'ipip-neo' comes in two lengths: load 'ipip-neo-120' or 'ipip-neo-300'"
    if refused := _not_supplied().get(_plain(name)):
        why, instead = refused
        where = folder or Path("DATA")
        return (
            f"{name!r} {why}: it is neither shipped nor looked for. If your licence allows its use, register your file "
            f"as {str(where / 'instruments' / f'{name}.yaml')!r}. Otherwise: {instead}"
        )
    known = list(names(folder))
    near = nearest(name.casefold(), known)
    return f"no instrument {name!r}{near or '; personae instrument list names them all'}"
