"""Talk to a served persona with OpenAI's own client: `personae serve lighthouse-keeper`, then run this."""

from __future__ import annotations

import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("PERSONAE_URL", "http://127.0.0.1:8765/v1"),
    api_key=os.environ.get("PERSONAE_SERVE_KEY", "none"),
)
model = client.models.list().data[0].id
said = []
for line in ("Good evening. What do you see from up there?", "And in winter?"):
    said.append({"role": "user", "content": line})
    print(f"> {line}")
    reply = ""
    for chunk in client.chat.completions.create(model=model, messages=said, user="Ines", stream=True):
        piece = chunk.choices[0].delta.content or ""
        print(piece, end="", flush=True)
        reply += piece
    print()
    said.append({"role": "assistant", "content": reply})
