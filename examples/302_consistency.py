"""Which statements does a talk show and break? The embedded pair scorer reads every reply beside every statement."""

import asyncio

from personae import Message, Persona
from personae.measure.consistency.apc import apc, delta_apc
from personae.measure.consistency.cells import violated
from personae.measure.consistency.matrix import consistency_matrix, exchanges_of
from personae.models import open_pair_scorer

ana = Persona(
    name="Ana",
    statements=[
        {"id": "pet", "text": "I have two cats."},
        {"id": "work", "text": "I am a nurse in the city hospital."},
        {"id": "home", "text": "I live in Porto."},
    ],
)
talk = [
    Message("user", "What do you do for a living?"),
    Message("assistant", "I look after patients at the hospital, mostly at night."),
    Message("user", "Do you have any pets?"),
    Message("assistant", "No, I have never had an animal in my house."),
]


async def main() -> None:
    matrix = await consistency_matrix(open_pair_scorer("embedded"), ana, exchanges_of(talk))
    columns = matrix.asked, matrix.entailment, matrix.contradiction
    for reply, satisfied, change in zip(matrix.exchanges, apc(*columns), delta_apc(*columns), strict=True):
        print(f"APC {satisfied:.2f} of {len(matrix.statements)}, ΔAPC {change:+.2f}  {reply.reply}")
    for cell in violated(matrix):
        print(f"{cell.reply!r} breaks {cell.statement!r} (P {cell.probability:.2f})")


asyncio.run(main())
