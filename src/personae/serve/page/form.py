"""A new persona: questions, what it costs and what is odd about it while it is written, and a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nicegui import ui

from personae.errors import PersonaeError, UsageError
from personae.files import write_atomic
from personae.persona.form import QUESTIONS, commented_yaml, from_answers
from personae.persona.formats import load
from personae.persona.lint import lint, section_costs
from personae.persona.persona import Persona
from personae.serve.hosting import model_name
from personae.serve.page.bits import Tag, button, tell, tell_error
from personae.serve.page.gallery import serve
from personae.serve.page.site import Site
from personae.serve.page.visitors import Visitor

NAME, FACTS, GREETING = "Name", "Facts, one a line, as they would say them", "Their first words to a user"
#: Questions that want room.
LONG = ("A typical weekday", "A typical weekend")
#: Characters of one answer, of the facts, and of all together.
MOST, MOST_FACTS, MOST_ALL = 2_000, 20_000, 40_000
#: Answers stand together under these.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Who", (NAME, *(question for question, _ in QUESTIONS[:5]))),
    ("Their days", tuple(question for question, _ in QUESTIONS[5:9])),
    ("Their manner", (*(question for question, _ in QUESTIONS[9:]), GREETING)),
)
HINTS = {FACTS: "I have two cats.\nI never lend my ladder.", NAME: "Ilse Marten"}
WORDS = {"error": "must change", "warning": "should change", "info": "worth a look"}


def persona_of(answers: Mapping[str, str]) -> Persona:
    """The persona that the answers describe. Raises UsageError where they are too long, or make none.

    >>> made = persona_of({"Name": "Ana", FACTS: "I have two cats.\\nI mend nets."})
    >>> made.name, [statement.text for statement in made.statements]
    ('Ana', ['I have two cats.', 'I mend nets.'])
    """
    if sum(map(len, answers.values())) > MOST_ALL:
        raise UsageError(f"that is more than {MOST_ALL} characters; write the longest parts into the file itself")
    facts = iter([*filter(None, (line.strip() for line in answers.get(FACTS, "").splitlines())), ""])

    def ask(question: str, default: str = "", hint: str = "") -> str:
        if question == "Fact":
            return next(facts)
        return " ".join(answers.get(question, "").split()) or ("Nobody" if question == NAME else "")

    try:
        return from_answers(ask)
    except ValueError as error:
        raise UsageError(f"this makes no persona: {str(error).splitlines()[0]}; change what you wrote last") from error


def save(persona: Persona, folder: Path) -> Path:
    """Write it as a commented YAML file of its name. Raises UsageError where there is such a file."""
    path = folder / f"{model_name(persona)}.yaml"
    if path.exists() or path.is_symlink():
        raise UsageError(f"there is a file {path.name!r} already; give the persona another name")
    write_atomic(path, commented_yaml(persona))
    return path


def draw(site: Site, visitor: Visitor) -> None:
    """The panel."""
    if site.folder is None:
        Tag("p", "This server writes no files. Start it with --files FOLDER, and personas can be made here.", "empty")
        return
    Form(site, visitor, site.folder).draw()


@dataclass
class Form:
    """One window on a new persona."""

    site: Site
    visitor: Visitor
    folder: Path
    answers: dict[str, str] = field(default_factory=dict)

    def draw(self) -> None:
        """All of it."""
        with Tag("header", classes="head"), Tag("div", classes="who"):
            Tag("h1", "Somebody new")
            Tag("p", "Only the name is needed. Days, loves and hates tell people apart better than traits.", "fine")
        with Tag("div", classes="columns wide-left"):
            with Tag("div", classes="fields"):
                for title, questions in GROUPS:
                    with Tag("fieldset"):
                        Tag("legend", title)
                        for question in questions:
                            self._field(question)
                with Tag("fieldset"):
                    Tag("legend", "What is true of them")
                    self._field(FACTS)
            with Tag("aside", classes="beside", aria_label="Cost and checks"):
                self._beside()
                button("Save and talk", self._save, "primary wide")
                Tag("p", "Saved as a YAML file on the server, and served to everybody at once.", "fine")

    def _field(self, question: str) -> None:
        most = MOST_FACTS if question == FACTS else MOST
        if question in LONG or question == FACTS:
            made: ui.input | ui.textarea = ui.textarea(question).props(f"autogrow outlined maxlength={most}")
        else:
            made = ui.input(question).props(f"outlined dense maxlength={most}")
        made.props["debounce"] = "250"
        if question in HINTS:
            made.props["placeholder"] = HINTS[question]
        if question == NAME:
            made.props["autofocus"] = True
        made.on_value_change(lambda event: self._changed(question, event.value))

    def _changed(self, question: str, answer: str | None) -> None:
        self.answers[question] = answer or ""
        self._beside.refresh()

    @ui.refreshable_method
    def _beside(self) -> None:
        try:
            persona = persona_of(self.answers)
        except UsageError as error:
            Tag("p", str(error), "problem", role="alert")
            return
        costs = section_costs(persona)
        Tag("h2", f"About {sum(costs.values())} tokens")
        with Tag("dl", classes="price", aria_live="polite"):
            for section, tokens in costs.items():
                with Tag("div"):
                    Tag("dt", section)
                    Tag("dd", str(tokens))
        found = lint(persona)
        Tag("h2", "Checks" if found else "Nothing is odd about them")
        with Tag("ul", classes="findings"):
            for finding in found:
                with Tag("li", classes=finding.severity):
                    Tag("p", _told(finding.message, persona))
                    Tag("p", " · ".join(filter(None, (WORDS[finding.severity], _told(finding.path, persona)))), "fine")

    def _save(self) -> None:
        try:
            if not self.answers.get(NAME, "").strip():
                raise UsageError("they have no name yet; give them one")
            persona = persona_of(self.answers)
            self.site.can_serve(persona)
            path = save(persona, self.folder)
        except PersonaeError as error:
            tell_error(error)
            return
        except OSError as error:
            tell(f"The file could not be written: {error.strerror}", wrong=True)
            return
        serve(self.site, self.visitor, lambda: load(path))


def _told(text: str, persona: Persona) -> str:
    """With the words of a statement where its id would stand, which nobody has seen yet."""
    for statement in sorted(persona.statements, key=lambda one: len(one.id), reverse=True):
        for place in (f"statements.{statement.id}", repr(statement.id)):
            text = text.replace(place, f"“{statement.text}”")
    return text
