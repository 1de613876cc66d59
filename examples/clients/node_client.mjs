// Talk to a served persona from Node 18 or later, without a package: `personae serve lighthouse-keeper`, then
// `node examples/clients/node_client.mjs`.
const url = process.env.PERSONAE_URL ?? "http://127.0.0.1:8765/v1";
const headers = {
  "content-type": "application/json",
  authorization: `Bearer ${process.env.PERSONAE_SERVE_KEY ?? "none"}`,
};
const models = await fetch(`${url}/models`, { headers });
if (!models.ok) throw new Error((await models.json()).error.message);
const { data } = await models.json();
const messages = [{ role: "user", content: "Good evening. What do you see from up there?" }];
const body = JSON.stringify({ model: data[0].id, messages, user: "Ines", stream: true });
const reply = await fetch(`${url}/chat/completions`, { method: "POST", headers, body });
if (!reply.ok) throw new Error((await reply.json()).error.message);

let held = "";
for await (const piece of reply.body.pipeThrough(new TextDecoderStream())) {
  held += piece;
  const events = held.split("\n\n");
  held = events.pop();
  for (const event of events) {
    const text = event.slice("data: ".length);
    const { error, choices } = text === "[DONE]" ? { choices: [] } : JSON.parse(text);
    if (error) throw new Error(error.message); // in the middle of a reply
    process.stdout.write(choices[0]?.delta.content ?? "");
  }
}
process.stdout.write("\n");
