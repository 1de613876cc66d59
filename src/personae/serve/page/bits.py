"""Small pieces all panels are built of. Text is always text: nothing a persona, a model or a visitor says is markup."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from personae.errors import PersonaeError, UsageError
from personae.serve.errors import refused

Handler = Callable[..., Awaitable[None] | None]


class Tag(TextElement):
    """A plain element of the page with a text, or with what is drawn inside `with`.

    Underscores in names of properties stand for hyphens: `aria_label="Stop"`.
    """

    def __init__(self, name: str, text: str = "", classes: str = "", **props: Any) -> None:
        super().__init__(tag=name, text=text)
        self._classes.extend(classes.split())
        for key, value in props.items():
            self._props[key.rstrip("_").replace("_", "-")] = value


def button(text: str, on_click: Handler, classes: str = "quiet", icon: str = "", label: str = "", **props: Any) -> Tag:
    """A button; `label` says what it does where the text does not."""
    named = {"aria-label": label, "title": label} if label else {}
    made = Tag("button", "" if icon else text, classes, type="button", **props, **named)
    if icon:
        with made:
            ui.icon(icon).props("aria-hidden=true")
            if text:
                Tag("span", text)
    made.on("click", on_click, args=[])
    return made


def details(summary: str, classes: str = "") -> Tag:
    """A part that folds away."""
    made = Tag("details", classes=classes)
    with made:
        Tag("summary", summary)
    return made


def bar(share: float, label: str) -> None:
    """A share of 0 … 1 as a bar with its name and figure."""
    with Tag("div", classes="bar"):
        Tag("span", label, "bar-name")
        with Tag("span", classes="bar-track", aria_hidden="true"):
            Tag("span", classes="bar-fill").style(f"width: {max(0.0, min(1.0, share)):.1%}")
        Tag("span", f"{share:.0%}", "bar-figure")


async def confirmed(question: str, consequence: str, yes: str) -> bool:
    """Ask before something that cannot be brought back."""
    with ui.dialog() as dialog, Tag("div", classes="dialog", role="alertdialog", aria_label=question):
        Tag("h2", question)
        Tag("p", consequence)
        with Tag("div", classes="row end"):
            button("Keep it", lambda: dialog.submit(False), "quiet", autofocus=True)
            button(yes, lambda: dialog.submit(True), "danger")
    answer = bool(await dialog)
    dialog.delete()
    return answer


def tell(text: str, *, wrong: bool = False) -> None:
    """A word to the visitor that goes away by itself."""
    ui.notify(text, position="top", classes="told wrong" if wrong else "told", timeout=4000, attrs={"role": "status"})


def tell_error(error: PersonaeError) -> None:
    """What went wrong with what a visitor asked for."""
    tell(plainly(error), wrong=True)


def plainly(error: PersonaeError) -> str:
    """What was wrong with what was asked for; of what is wrong with the server only that.

    >>> plainly(UsageError("there is no such turn"))
    'there is no such turn'
    """
    return str(error) if isinstance(error, UsageError) else refused(error).message


def when(at: str | None) -> str:
    """A time for people.

    >>> when("2026-03-01T09:30:00+00:00"), when(None)
    ('2026-03-01 09:30', '')
    """
    return (at or "")[:16].replace("T", " ")


def counted(number: int, thing: str) -> str:
    """So many of a thing.

    >>> counted(1, "turn"), counted(2, "turn"), counted(2, "memory")
    ('1 turn', '2 turns', '2 memories')
    """
    return (
        f"{number} {thing}"
        if number == 1
        else f"{number} {thing[:-1]}ies"
        if thing[-1] == "y"
        else f"{number} {thing}s"
    )
