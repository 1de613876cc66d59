"""`personae simulate photos`: where in a chat a persona would share a picture, planned in text and checked."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.errors import FormatError, MissingExtra, ModelError, UsageError

if TYPE_CHECKING:
    from personae.measure.photo_sharing import PhotoPlan, Problem, Session

LARGEST_ALBUM = 5 * 1024 * 1024


@click.command()
@click.argument("chat", type=click.Path(exists=True, dir_okay=False))
@click.option("--persona", required=True, help="Who shares: a persona file, card or starter; it speaks in CHAT.")
@click.option("--model", default="embedded", show_default=True, help="The model that plans.")
@click.option("--base-url", metavar="URL", help="Address of the model's server, for models that need one.")
@click.option("--album", type=click.Path(exists=True, dir_okay=False), help="JSON object, id: what the picture shows.")
@click.option("--most", type=click.IntRange(0, 50), default=3, show_default=True, help="Pictures at most.")
@click.option("--scorer", default="embedded", show_default=True, help="Pair scorer that holds captions to the persona.")
@click.option("--json", "as_json", is_flag=True, help="Print plans and problems as JSON.")
def photos(
    chat: str,
    persona: str,
    model: str,
    base_url: str | None,
    album: str | None,
    most: int,
    scorer: str,
    as_json: bool,
) -> None:
    """Plan the pictures that a persona would share in CHAT: when, what is seen, from where, and its caption.

    \b
    {"speaker": "Ana", "text": "Back from the harbour!", "at": "2026-05-03T08:15:00"}    a message per line

    Nothing is drawn. Every plan is then checked: after an own message, not before it, against no statement of the
    persona and nothing it has said, and not at all where the persona shares no photos.
    """
    try:
        from personae.measure.photo_sharing import audit_plans, plan_photos, validity
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    from personae import run
    from personae.models import open_pair_scorer
    from personae.models.registry import open_model
    from personae.persona.find import find

    who, session, pictures = find(persona), _session(chat), _album(album) if album else {}
    if who.name not in {message.speaker for message in session.messages}:
        raise UsageError(f"{who.name!r} says nothing in {chat!r}; a picture follows an own message")
    planner = open_model(model, **({"base_url": base_url} if base_url else {}))
    planned = run(plan_photos(planner, who, session, album=pictures, most=most))
    if planned.outcome != "answered":
        raise ModelError(f"{model!r} gave no plan ({planned.outcome}): {planned.reason}; try a more capable --model")
    problems = run(audit_plans(planned.plans, session, who, open_pair_scorer(scorer)))
    if as_json:
        data = {
            "plans": [_plain(plan, at, problems) for at, plan in enumerate(planned.plans)],
            "valid": validity(planned.plans, problems).value,
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return
    _show(planned.plans, problems, session)


def _show(plans: tuple[PhotoPlan, ...], problems: tuple[Problem, ...], session: Session) -> None:
    if not plans:
        click.echo("No picture fits.")
    for at, plan in enumerate(plans):
        click.echo(f"{plan.at:%Y-%m-%d %H:%M}  after “{session.messages[plan.after].text[:60]}”")
        click.echo(f"  {plan.caption}\n  {plan.source}: {plan.request}")
        for one in problems:
            if one.plan == at:
                click.secho(f"  ! {one.kind}{f': {one.against}' if one.against else ''}", fg="yellow")


def _plain(plan: PhotoPlan, at: int, problems: tuple[Problem, ...]) -> dict[str, Any]:
    found = [{"kind": one.kind, "against": one.against} for one in problems if one.plan == at]
    return {
        "after": plan.after + 1,
        "at": plan.at.isoformat(),
        "description": plan.description,
        "source": plan.source,
        "request": plan.request,
        "caption": plan.caption,
        "problems": found,
    }


def _session(path: str) -> Session:
    from personae.measure.chat_statistics import read_chat
    from personae.measure.photo_sharing import Said, Session

    messages = []
    for number, one in enumerate(read_chat(path), 1):
        if one.at is None:
            raise FormatError(f"{path!r}, message {number}: no time; a timed session has 'at' in every message")
        messages.append(Said(one.speaker, one.text, datetime.fromtimestamp(one.at, UTC)))
    return Session(tuple(messages))


def _album(path: str) -> dict[str, str]:
    from personae.files import read_limited
    from personae.persona.formats.decode import parse_json

    tree = parse_json(read_limited(Path(path), LARGEST_ALBUM), path)
    if not isinstance(tree, dict) or not all(isinstance(seen, str) and seen.strip() for seen in tree.values()):
        raise FormatError(f"{path!r} is no album; it is one object, id: what the picture shows")
    return tree
