// Talks to the API of the server that sent this page.

import { $ } from "./dom.js";

const KEY = "newsqa-key";

export class ApiError extends Error {
  constructor(problem) {
    super(problem.detail || problem.title || "The server did not say what is wrong.");
    this.status = problem.status;
  }
}

async function askForKey() {
  const dialog = $("key");
  if (!dialog.open) dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  const value = $("key-value").value.trim();
  $("key-value").value = "";
  if (value) sessionStorage.setItem(KEY, value);
  return Boolean(value);
}

export async function call(path, { method = "GET", json, body, type, accept = "application/json", signal } = {}) {
  for (;;) {
    const headers = { Accept: accept };
    const key = sessionStorage.getItem(KEY);
    if (key) headers.Authorization = `Bearer ${key}`;
    if (json !== undefined) headers["Content-Type"] = "application/json";
    else if (type) headers["Content-Type"] = type;
    let response;
    try {
      response = await fetch(path, { method, headers, signal, body: json === undefined ? body : JSON.stringify(json) });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new ApiError({ detail: "The server cannot be reached. Is it still running?" });
    }
    if (response.status === 401 && (await askForKey())) continue;
    if (!response.ok) throw new ApiError(await response.json().catch(() => ({ status: response.status })));
    return response;
  }
}

export async function get(path) {
  return (await call(path)).json();
}

// Yields {event, data} of a stream of server-sent events.
export async function* events(path, json, signal) {
  const response = await call(path, { method: "POST", json, accept: "text/event-stream", signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    const frames = buffer.split("\n\n");
    buffer = frames.pop();
    for (const frame of frames) {
      const lines = frame.split("\n");
      const event = lines.find((line) => line.startsWith("event: "));
      const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
      if (event && data) yield { event: event.slice(7), data: JSON.parse(data) };
    }
  }
}

const cache = new Map();

// Articles never change under their id, so each is fetched once.
export function article(id) {
  if (!cache.has(id)) {
    const found = get(`v1/articles/${encodeURIComponent(id)}`);
    found.catch(() => cache.delete(id));
    cache.set(id, found);
  }
  return cache.get(id);
}
