"""Zip archives from outside: members in order and byte for byte, with limits on what unpacking may cost."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from dataclasses import dataclass

from personae.errors import FormatError, UnsafeFile
from personae.files import MEGABYTE

MAX_FILE = 50 * MEGABYTE
MAX_TOTAL = 200 * MEGABYTE
MAX_MEMBERS = 2000
#: A member that unpacks to more than this many times its packed size, and more than a megabyte, is a bomb.
MAX_RATIO = 200


@dataclass(frozen=True)
class Member:
    """One file of an archive, with the entry it was stored under."""

    info: zipfile.ZipInfo
    data: bytes

    @property
    def name(self) -> str:
        """Its path inside the archive."""
        return self.info.filename


@dataclass(frozen=True)
class Archive:
    """All members in order, and what stood before the zip (a picture, in some cards)."""

    members: tuple[Member, ...]
    prefix: bytes = b""


def read_archive(data: bytes, name: str) -> Archive:
    """The members of a zip. Raises UnsafeFile for anything that could escape or explode, FormatError if broken."""
    if len(data) > MAX_FILE:
        raise UnsafeFile(f"{name!r} is larger than {MAX_FILE // MEGABYTE} MB; such files are not read")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            infos = file.infolist()
            _check(infos, name)
            members, total = [], 0
            for info in infos:
                content = _content(file, info, name)
                total += len(content)
                if total > MAX_TOTAL:
                    raise UnsafeFile(f"{name!r} unpacks to more than {MAX_TOTAL // MEGABYTE} MB; it is not read")
                members.append(Member(info, content))
            start = min((info.header_offset for info in infos), default=0)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, IndexError) as error:
        raise FormatError(f"{name!r} is a damaged zip archive: {error}") from error
    except (KeyError, UnicodeError, RuntimeError, OverflowError) as error:
        raise FormatError(f"{name!r} is a damaged zip archive: {error}") from error
    return Archive(tuple(members), data[:start])


def write_archive(archive: Archive) -> bytes:
    """The zip with the same members, order, times and compression."""
    buffer = io.BytesIO()
    buffer.write(archive.prefix)
    with zipfile.ZipFile(buffer, "a" if archive.prefix else "w") as file:
        for member in archive.members:
            info = zipfile.ZipInfo(member.info.filename, member.info.date_time)
            info.compress_type = member.info.compress_type
            info.external_attr = member.info.external_attr
            info.comment = member.info.comment
            info.create_system = member.info.create_system
            file.writestr(info, member.data)
    return buffer.getvalue()


def new_member(
    path: str, data: bytes, date_time: tuple[int, int, int, int, int, int] = (1980, 1, 1, 0, 0, 0)
) -> Member:
    """A member to be added, compressed."""
    info = zipfile.ZipInfo(path, date_time)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return Member(info, data)


def _check(infos: list[zipfile.ZipInfo], name: str) -> None:
    if len(infos) > MAX_MEMBERS:
        raise UnsafeFile(f"{name!r} has {len(infos)} members; more than {MAX_MEMBERS} are not read")
    for info in infos:
        path = info.orig_filename.replace("\\", "/")
        if path.startswith("/") or path[1:2] == ":" or ".." in path.split("/") or "\0" in path:
            raise UnsafeFile(f"{name!r}: the member {path[:80]!r} points outside the archive; the file is not read")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise UnsafeFile(f"{name!r}: the member {path[:80]!r} is a symbolic link; the file is not read")
        if info.flag_bits & 0x1:
            raise FormatError(f"{name!r}: the member {path[:80]!r} is encrypted; save the card without a password")
        if info.file_size > MEGABYTE and info.file_size > MAX_RATIO * max(1, info.compress_size):
            raise UnsafeFile(f"{name!r}: the member {path[:80]!r} unpacks to {info.file_size} bytes, a zip bomb")
    if sum(info.file_size for info in infos) > MAX_TOTAL:
        raise UnsafeFile(f"{name!r} unpacks to more than {MAX_TOTAL // MEGABYTE} MB; it is not read")


def _content(file: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    """A member's bytes, never more than it declared."""
    with file.open(info) as stream:
        content = stream.read(info.file_size + 1)
    if len(content) > info.file_size:
        raise UnsafeFile(f"{name!r}: the member {info.filename[:80]!r} is larger than it says, a zip bomb")
    return content
