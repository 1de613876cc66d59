"""The same question answered once, and by the best of six: contradictions with the persona sink to the bottom."""

import asyncio
import dataclasses

from personae import Agent, Conversation, Message, Settings, find, open_model
from personae.agent.decoding import NLIRerank
from personae.models import open_pair_scorer


async def main() -> None:
    plain = Agent(find("lighthouse-keeper"), open_model("embedded"), settings=Settings(max_tokens=30, seed=3))
    choosy = dataclasses.replace(plain, decode=NLIRerank(open_pair_scorer("embedded"), n=6))
    talk = Conversation() + Message("user", "Do you live here alone?")
    print("once:       ", (await plain.reply(talk)).message.content)
    turn = await choosy.reply(talk)
    print("best of six:", turn.message.content)
    for candidate in turn.candidates:
        score = "cut off" if candidate.score is None else f"{candidate.score:+.2f}"
        print(f"  {score:>7}  {candidate.text}")


asyncio.run(main())
