"""Who may come in, and whose memory is theirs."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from personae.errors import FormatError, UsageError
from personae.files import read_limited

#: A key shorter than this is guessed.
SHORTEST = 16
LARGEST_FILE = 1 << 20


@dataclass(frozen=True)
class Keys:
    """API keys by the name of who holds them. Without any, everybody who reaches the server may come in.

    >>> keys = Keys({"ines": "0123456789abcdef"})
    >>> keys.holder("Bearer 0123456789abcdef"), keys.holder("Bearer nonsense"), Keys().holder(None)
    ('ines', None, '')
    """

    by_name: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name, key in self.by_name.items():
            if not name.strip() or "/" in name or len(name) > 80:
                raise UsageError(f"a key is held by {name!r}; give a name of up to 80 characters without '/'")
            if len(key) < SHORTEST or not key.isascii() or not key.isprintable() or " " in key:
                raise UsageError(f"the key of {name!r} is no key; give {SHORTEST} or more plain characters")
        if len(set(self.by_name.values())) < len(self.by_name):
            raise UsageError("two names hold one key; give each its own")

    def holder(self, authorization: str | None) -> str | None:
        """Who sends this header: a name, "" where no keys are asked for, None for a stranger."""
        if not self.by_name:
            return ""
        scheme, _, given = (authorization or "").partition(" ")
        found = None
        for name, key in self.by_name.items():  # all of them, so that the time tells nothing
            if hmac.compare_digest(key.encode(), given.strip().encode("utf-8", "replace")):
                found = name
        return found if scheme.lower() == "bearer" else None

    @staticmethod
    def owner(holder: str, user: str) -> str:
        """Whose memory it is. Users of one key, of another and of none never share one, whatever they are called.

        >>> Keys.owner("", "Ines"), Keys.owner("shop", "Ines"), Keys.owner("", "shop/Ines")
        ('Ines', 'shop/Ines', '/shop/Ines')
        """
        return f"{holder}/{user}" if holder or "/" in user else user


def payer(owner: str) -> str:
    """Whose requests count together: those of one key, whatever its users are called; without keys those of a user.

    >>> payer("shop/Ines"), payer("Ines")
    ('shop', 'Ines')
    """
    return owner.partition("/")[0]


def read_keys(path: Path | str) -> Keys:
    """Keys from a file of lines "NAME KEY"; blank lines and those with # are passed over.

    Raises FormatError, naming the line, for anything else.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(read_limited(path, LARGEST_FILE).decode("utf-8", "replace").splitlines(), 1):
        parts = line.split()
        if not parts or parts[0].startswith("#"):
            continue
        if len(parts) != 2 or parts[0] in found:
            raise FormatError(f"line {number} of {str(path)!r} is not one new name and its key")
        found[parts[0]] = parts[1]
    if not found:
        raise FormatError(f"{str(path)!r} holds no key; write lines of a name and its key")
    return Keys(found)


def is_loopback(host: str) -> bool:
    """Is this address reachable from this machine alone?

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
