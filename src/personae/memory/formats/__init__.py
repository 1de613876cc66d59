"""Histories from files: one module per outside form, each with `load`; `own` also keeps what any of them gave.

    longmemeval   questions, each with its sessions          realtalk     a chat of two people over weeks
    msc           multi-session chats                        memorybank   users and their days with an assistant
    lamp          questions with what a user wrote before    results      answers that other systems have given
    own           JSON Lines or CSV of one's own

Nothing is downloaded: the file is the user's. LoCoMo lies with its evidence-recall report.
"""

from personae.memory.formats.histories import Histories, Probe

#: The forms by name: "module:function", opened by `load_history`.
FORMATS = {
    "longmemeval": "personae.memory.formats.longmemeval:load",
    "realtalk": "personae.memory.formats.realtalk:load",
    "msc": "personae.memory.formats.msc:load",
    "memorybank": "personae.memory.formats.memorybank:load",
    "lamp": "personae.memory.formats.lamp:load",
    "own": "personae.memory.formats.own:load",
}

__all__ = ["FORMATS", "Histories", "Probe", "load_history"]


def load_history(form: str, path: str) -> Histories:
    """What a file of this form holds. Raises UsageError for a form not in `FORMATS`, and what its loader raises."""
    from importlib import import_module

    from personae.errors import UsageError

    if form not in FORMATS:
        raise UsageError(f"no form of histories is called {form!r}; there are {', '.join(FORMATS)}")
    module, name = FORMATS[form].split(":")
    found: Histories = getattr(import_module(module), name)(path)
    return found
