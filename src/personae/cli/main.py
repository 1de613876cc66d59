"""The command `personae`: a table of commands, each loaded when it is called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

from personae import __version__
from personae.errors import PersonaeError

#: Command → where it lives and the line `personae --help` shows, so that help loads nothing.
COMMANDS: dict[str, tuple[str, str]] = {
    "persona": ("personae.cli.persona:persona", "List, show, check, compare and make personas."),
    "card": ("personae.cli.card:card", "Show, check, convert and trace character cards."),
    "chat": ("personae.cli.chat:chat", "Talk to a persona."),
    "simulate": ("personae.cli.simulate:simulate", "Let personas meet."),
    "population": ("personae.cli.population:population", "People drawn from margins, and users with mixed tastes."),
    "memory": ("personae.cli.memory:memory", "Does a memory find what a question is about?"),
    "measure": ("personae.cli.measure:measure", "Measure whether a persona stays itself."),
    "audit": ("personae.cli.audit:audit", "What does a persona do to its model, and may it be released?"),
    "instrument": ("personae.cli.instrument:instrument", "List, show and check questionnaires."),
    "administer": ("personae.cli.administer:administer", "Put a questionnaire to personas."),
    "reliability": ("personae.cli.reliability:reliability", "How reliable are the scores in a table of answers?"),
    "traits": ("personae.cli.traits:traits", "Traits in and out of words."),
    "clone": ("personae.cli.clone:clone", "What is a clone of a person worth?"),
    "journal": ("personae.cli.journal:journal", "Personas from journals."),
    "gym": ("personae.cli.gym:gym", "PersonaGym: five tasks, graded by judges."),
    "score": ("personae.cli.score:score", "Judge texts against statements."),
    "meta": ("personae.cli.meta:meta", "Do measures agree with people?"),
    "train": ("personae.cli.train:train", "Make or tune models."),
    "judge": ("personae.cli.judge:judge", "Examine judges before their verdicts count."),
    "serve": ("personae.cli.serve:serve", "Serve personas to any OpenAI client."),
    "report": ("personae.cli.report:report", "One page from one or several runs."),
    "papers": ("personae.cli.papers:papers", "The papers behind the toolkit and what became of them."),
    "doctor": ("personae.cli.doctor:doctor", "What is installed, and does it work?"),
}


class LazyGroup(click.Group):
    """A group that imports a command only when it is called or asked for help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order a user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command, imported now."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="personae")
def cli() -> None:
    """Define a persona, talk to it, measure whether it stays itself.

    Works offline with the embedded model. Nothing is sent anywhere unless you name a model that lives elsewhere.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; an error of the toolkit or of the file system is one line on stderr and exit code 1."""
    try:
        cli.main(args=None if arguments is None else list(arguments), prog_name="personae")
    except PersonaeError as error:
        line = str(error)
    except OSError as error:
        line = f"{error.filename!r}: {error.strerror}" if error.filename else str(error)
    else:
        return
    click.secho(f"personae: {line}", fg="red", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
