// Shows an article beside the answer: its text, or the raw file with what was removed greyed out.

import { article } from "./client.js";
import { $, CodePoints, announce, el, printable, showDate } from "./dom.js";

let current = null;
let raw = false;
let opener = null;

export async function openArticle(id, { marks = [], focus = null, from = null } = {}) {
  opener = from || document.activeElement;
  $("reader").hidden = false;
  document.body.classList.add("reading");
  $("reader-title").textContent = "Opening …";
  $("reader-about").replaceChildren();
  $("reader-text").replaceChildren();
  try {
    const found = await article(id);
    current = { found, marks, focus, points: new CodePoints(found.raw) };
    draw();
    announce(`Opened ${printable(found.title || found.path)}`);
  } catch (error) {
    current = null;
    $("reader-title").textContent = "This article cannot be opened";
    $("reader-about").textContent = printable(error.message);
  }
}

export function closeArticle() {
  if ($("reader").hidden) return false;
  $("reader").hidden = true;
  document.body.classList.remove("reading");
  current = null;
  if (location.hash.startsWith("#article=")) history.replaceState(null, "", "#/");
  if (opener && opener.isConnected) opener.focus();
  return true;
}

export function isOpen(id) {
  return current !== null && current.found.article_id === id;
}

function draw() {
  const { found } = current;
  $("reader-title").textContent = printable(found.title || found.path);
  const about = [found.publisher, showDate(found.published), found.author].filter(Boolean).map(printable).join(" · ");
  $("reader-about").replaceChildren(
    ...(about ? [about, el("br")] : []),
    el("span", { class: "path" }, printable(found.path)),
    ...(isWeb(found.url) ? [" · ", el("a", { href: found.url, rel: "noopener noreferrer", target: "_blank" }, "original page")] : []),
  );
  $("show-clean").setAttribute("aria-pressed", String(!raw));
  $("show-raw").setAttribute("aria-pressed", String(raw));
  $("reader-text").className = raw ? "raw" : "clean";
  $("reader-text").replaceChildren(...(raw ? drawRaw() : drawClean()));
  const target = $("reader-text").querySelector("mark.focus") || $("reader-text").querySelector("mark");
  if (target) target.scrollIntoView({ block: "center" });
  else $("reader-text").parentElement.scrollTop = 0;
  $("reader-title").focus({ preventScroll: true });
}

function isWeb(url) {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

// Cuts [start, end) wherever a mark begins or ends.
function* pieces(start, end) {
  const edges = new Set([start, end]);
  for (const mark of current.marks) {
    for (const edge of [mark.start, mark.end]) if (edge > start && edge < end) edges.add(edge);
  }
  const sorted = [...edges].sort((a, b) => a - b);
  for (let i = 0; i + 1 < sorted.length; i += 1) yield [sorted[i], sorted[i + 1]];
}

function drawSpan(start, end) {
  const nodes = [];
  for (const [from, to] of pieces(start, end)) {
    const text = printable(current.points.slice(from, to));
    const mark = current.marks.find((item) => item.start <= from && to <= item.end);
    const { focus } = current;
    const isFocus = focus && focus.start <= from && to <= focus.end;
    nodes.push(mark || isFocus ? el("mark", { class: isFocus ? "focus" : null }, text) : document.createTextNode(text));
  }
  return nodes;
}

function drawClean() {
  const paragraphs = [];
  for (const [start, end] of current.found.kept) {
    let at = start;
    for (const line of current.points.slice(start, end).split(/(\r\n|\r|\n)/)) {
      const length = new CodePoints(line).length;
      if (line.trim()) {
        const bullet = /^\s*[•*\-–]\s+\S/.test(line);
        paragraphs.push(el("p", { class: bullet ? "item" : null }, ...drawSpan(at, at + length)));
      }
      at += length;
    }
  }
  return paragraphs.length ? paragraphs : [el("p", { class: "help" }, "Cleaning kept nothing of this file.")];
}

function drawRaw() {
  const nodes = [];
  let at = 0;
  const removed = [...current.found.removed, { start: current.points.length, end: current.points.length }];
  for (const removal of removed) {
    if (removal.start > at) nodes.push(...drawSpan(at, removal.start));
    if (removal.end > removal.start) {
      const reason = removal.reason.replaceAll("_", " ");
      nodes.push(el("del", { title: `removed: ${reason}`, "data-reason": reason }, ...drawSpan(removal.start, removal.end)));
    }
    at = Math.max(at, removal.end);
  }
  return nodes;
}

$("show-clean").addEventListener("click", () => show(false));
$("show-raw").addEventListener("click", () => show(true));
$("reader-close").addEventListener("click", closeArticle);

function show(isRaw) {
  raw = isRaw;
  if (current) draw();
  $(isRaw ? "show-raw" : "show-clean").focus();
}
