"""Talk to a starter with the embedded model, and see what the model read."""

import asyncio

from personae import Agent, Conversation, Message, Settings, find, open_model


async def main() -> None:
    agent = Agent(find("lighthouse-keeper"), open_model("embedded"), settings=Settings(max_tokens=50, seed=3))
    talk = Conversation()
    for line in ("Good evening! Who are you?", "Are you not lonely out here?"):
        talk = talk + Message("user", line)
        turn = await agent.reply(talk)
        talk = talk + turn.message
        print(f"> {line}\n{turn.message.content}\n")
    for section in turn.prompt.sections:
        print(f"{section.tokens:5} tokens  {section.name}")


asyncio.run(main())
