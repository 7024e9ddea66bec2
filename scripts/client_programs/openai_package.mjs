// OpenAI's package for JavaScript: an ask, a stream, an abort, an error, a follow-up, and options that shape an answer.
//
//     node openai_package.mjs http://127.0.0.1:8000/v1

import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[2], apiKey: "none", maxRetries: 0 });
const QUESTION = "What did Blinken say?";
const FIRST = "expressed his gratitude";
const messages = [{ role: "user", content: QUESTION }];
const create = (options) => client.chat.completions.create({ model: "newsqa", messages, ...options });

const steps = {
  async ask() {
    const { message } = (await create()).choices[0];
    const link = message.annotations[0].url_citation;
    // Offsets count code points; JavaScript's strings count UTF-16 units.
    assert.ok([...message.content].slice(link.start_index, link.end_index).join("").includes(FIRST));
  },

  async stream() {
    let text = "";
    let early = 0;
    let last = 0;
    for await (const chunk of await create({ stream: true, stream_options: { include_usage: true } })) {
      const delta = chunk.choices[0]?.delta ?? {};
      text += delta.content ?? "";
      early += delta.newsqa_annotations?.length ?? 0;
      last += delta.annotations?.length ?? 0;
    }
    assert.ok(text.includes(FIRST));
    assert.ok(early === last && last > 0);
    const helper = client.chat.completions.stream({ model: "newsqa", messages });
    const { message } = (await helper.finalChatCompletion()).choices[0];
    assert.ok(message.content.includes(FIRST));
    assert.equal(message.annotations.length, last);
  },

  async abort() {
    const controller = new AbortController();
    const stream = await create({ stream: true }, { signal: controller.signal });
    for await (const _ of stream) {
      stream.controller.abort();
    }
    await steps.ask();
  },

  async error() {
    const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }];
    await assert.rejects(create({ model: "gpt-4o" }), { status: 404, message: /There is no model 'gpt-4o'/ });
    await assert.rejects(create({ messages: [{ role: "user", content: "x".repeat(5000) }] }), { message: /4,000/ });
    await assert.rejects(create({ tools, tool_choice: "required" }), { status: 400, param: "tools", message: /newsqa calls no tools/ });
  },

  async follow_up() {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
    const said = [
      ...messages,
      { role: "assistant", content: null },
      { role: "assistant", content: "He expressed his gratitude. [1]" },
      { role: "user", content: [{ type: "text", text: "And" }, { type: "text", text: "Cho?" }, image] },
    ];
    const { message } = (await create({ messages: said })).choices[0];
    assert.ok(message.content.includes("Cho"));
    assert.ok(message.annotations.length > 0);
  },

  async options() {
    const refused = (await create({ until: "2000-01-01", max_statements: 1 })).choices[0].message;
    assert.equal(refused.newsqa.reason, "outside_dates");
    const listed = (await create({ model: "newsqa+sources" })).choices[0].message.content;
    assert.ok(listed.includes("\n\nSources:\n[1] "));
    const json = (await create({ response_format: { type: "json_object" } })).choices[0].message.content;
    assert.ok(JSON.parse(json).citations[0].quote.includes(FIRST));
  },

  async other_routes() {
    assert.equal((await client.models.retrieve("newsqa")).id, "newsqa");
    const response = await client.responses.create({ model: "newsqa", input: QUESTION });
    assert.ok(response.output_text.includes(FIRST));
    const helper = client.responses.stream({ model: "newsqa", input: QUESTION });
    assert.equal((await helper.finalResponse()).output_text, response.output_text);
    await assert.rejects(client.embeddings.create({ model: "newsqa", input: "a" }), { message: /offers no embeddings/ });
  },
};

for (const [name, step] of Object.entries(steps)) {
  await step();
  console.log(`openai for JavaScript: ${name}: ok`);
}
