"""Everything that can go wrong, as one tree. Catch the branch you can act on.

    PersonaeError                  the root; the command line prints its message as one line
    ├── UsageError                 the call itself is wrong: unknown name, option or combination
    │   └── MissingExtra           a part of the toolkit is not installed; the message holds the pip line
    ├── FormatError                a file is not what it should be
    │   └── UnsafeFile             …and would be dangerous to read: too large, a bomb, a path outside its folder
    ├── ModelError                 no answer could be had from a model
    │   ├── AuthenticationFailed   401 or 403: the key is missing or wrong
    │   ├── RateLimited            429 until patience ran out
    │   ├── ModelUnreachable       wrong address, refused connection, time-out, 5xx until patience ran out
    │   ├── BadResponse            an answer that is not the protocol's: HTML, broken JSON, missing fields
    │   └── ContextOverflow        the prompt is longer than the model can read
    └── RunError                   a measurement run cannot start, resume or be read

A message says what was wrong, shows the value, and names the next step.
"""

from __future__ import annotations


class PersonaeError(Exception):
    """The root of the tree."""


class UsageError(PersonaeError):
    """The call itself is wrong: unknown name, option or combination."""


class MissingExtra(UsageError):
    """A part of the toolkit is not installed.

    >>> str(MissingExtra("embedded", "xllamacpp"))
    "'xllamacpp' is not installed; it comes with the extra: pip install 'personae[embedded]'"
    """

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(f"{package!r} is not installed; it comes with the extra: pip install 'personae[{extra}]'")
        self.extra = extra
        self.package = package


class FormatError(PersonaeError):
    """A file is not what it should be."""


class UnsafeFile(FormatError):
    """A file that would be dangerous to read: too large, a bomb, a path outside its folder."""


class ModelError(PersonaeError):
    """No answer could be had from a model."""


class AuthenticationFailed(ModelError):
    """The key is missing or wrong (401, 403)."""


class RateLimited(ModelError):
    """The provider kept answering 429 until patience ran out."""


class ModelUnreachable(ModelError):
    """Wrong address, refused connection, time-out, or server errors until patience ran out."""


class BadResponse(ModelError):
    """The answer does not follow the protocol: HTML, broken JSON, missing fields."""


class ContextOverflow(ModelError):
    """The prompt is longer than the model can read."""


class RunError(PersonaeError):
    """A measurement run cannot start, resume or be read."""
