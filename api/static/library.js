// The list of articles: search, open, add, delete.

import { call, get } from "./client.js";
import { $, announce, el, printable, showDate } from "./dom.js";
import { closeArticle, isOpen, openArticle } from "./reader.js";

const PAGE = 50;
const SHOWN_PROBLEMS = 20;
let offset = 0;
let latest = 0;

export async function listArticles({ more = false } = {}) {
  const request = ++latest;
  offset = more ? offset + PAGE : 0;
  const query = new URLSearchParams({ q: $("article-search").value.trim(), offset, limit: PAGE });
  try {
    const page = await get(`v1/articles?${query}`);
    if (request !== latest) return; // a later search has been typed
    const rows = page.items.map(row);
    if (more) $("article-list").append(...rows);
    else $("article-list").replaceChildren(...rows);
    $("article-count").textContent = page.total === 1 ? "1 article" : `${page.total} articles`;
    $("more").hidden = offset + page.items.length >= page.total;
  } catch (error) {
    $("article-count").textContent = printable(error.message);
  }
}

function row(item) {
  const title = printable(item.title || item.path);
  const about = [item.publisher, showDate(item.published), item.path, item.uploaded ? "added by hand" : null];
  const counts = `${item.passages} ${item.passages === 1 ? "passage" : "passages"}, ${item.statements} ${item.statements === 1 ? "statement" : "statements"}`;
  const open = (event) => openArticle(item.article_id, { from: event.currentTarget });
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "entry", onclick: open },
      el("span", { class: "title" }, title),
      el("span", { class: "about" }, [...about, counts].filter(Boolean).map(printable).join(" · ")),
    ),
    el("button", { type: "button", class: "quiet small", "aria-label": `Delete ${title}`, onclick: () => remove(item, title) }, "Delete"),
  );
}

async function remove(item, title) {
  const dialog = $("confirm");
  $("confirm-text").textContent = item.uploaded
    ? `“${title}” will no longer answer anything.`
    : `“${title}” will no longer answer anything, until its file changes.`;
  dialog.returnValue = "no";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  if (dialog.returnValue !== "yes") return;
  try {
    await call(`v1/articles/${encodeURIComponent(item.article_id)}`, { method: "DELETE" });
    if (isOpen(item.article_id)) closeArticle();
    announce(`Deleted ${title}`);
  } catch (error) {
    announce(error.message);
    $("article-count").textContent = printable(error.message);
    return;
  }
  await listArticles();
  $("articles-title").focus();
}

// --- adding ---

const TYPES = { md: "text/markdown", markdown: "text/markdown", html: "text/html", htm: "text/html", json: "application/json", jsonl: "application/jsonl" };

async function addFile(file) {
  const suffix = file.name.split(".").pop().toLowerCase();
  const type = TYPES[suffix] || "text/plain";
  const query = type === "application/json" ? "" : `?${new URLSearchParams({ name: file.name })}`;
  return (await call(`v1/articles${query}`, { method: "POST", body: file, type })).json();
}

async function addText() {
  const title = $("upload-name").value.trim();
  const name = `${(title || "pasted").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "pasted"}.txt`;
  const json = { text: $("upload-text").value, name };
  if (title) json.title = title;
  if ($("upload-publisher").value.trim()) json.publisher = $("upload-publisher").value.trim();
  if ($("upload-date").value) json.published = $("upload-date").value;
  return (await call("v1/articles", { method: "POST", json })).json();
}

async function report(name, adding) {
  const line = el("li", {}, `${printable(name)}: adding …`);
  $("upload-report").append(line);
  try {
    const added = await adding;
    line.className = "good";
    if (added.results) reportRecords(line, name, added);
    else line.textContent = `${printable(added.title || added.path)}: added, ${added.passages} ${added.passages === 1 ? "passage" : "passages"}`;
    return true;
  } catch (error) {
    line.className = "bad";
    line.textContent = `${printable(name)}: ${printable(error.message)}`;
    return false;
  } finally {
    $("upload-report").lastElementChild.scrollIntoView({ block: "nearest" });
  }
}

// What became of the articles of one file.
function reportRecords(line, name, { added, refused, results }) {
  line.textContent = `${printable(name)}: ${added} ${added === 1 ? "article" : "articles"} added${refused ? `, ${refused} refused` : ""}`;
  const problems = results.filter((result) => result.problem);
  for (const { path, problem } of problems.slice(0, SHOWN_PROBLEMS).reverse()) {
    line.after(el("li", { class: "bad" }, `${printable(path)}: ${printable(problem)}`));
  }
  if (problems.length > SHOWN_PROBLEMS) $("upload-report").append(el("li", {}, `… and ${problems.length - SHOWN_PROBLEMS} more`));
}

async function addFiles(files) {
  for (const file of files) await report(file.name, addFile(file));
  $("upload-files").value = "";
  await listArticles();
}

$("upload-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!$("upload-text").value.trim()) {
    $("upload-report").replaceChildren(el("li", { class: "bad" }, "Choose a file, or paste the text of an article."));
    $("upload-text").focus();
    return;
  }
  if (await report($("upload-name").value.trim() || "pasted text", addText())) {
    for (const id of ["upload-name", "upload-publisher", "upload-date", "upload-text"]) $(id).value = "";
  }
  await listArticles();
});
$("upload-files").addEventListener("change", (event) => addFiles([...event.target.files]));
$("upload-open").addEventListener("click", () => {
  $("upload-report").replaceChildren();
  $("upload").showModal();
});
for (const [name, isOver] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  $("drop").addEventListener(name, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", isOver);
    if (name === "drop") addFiles([...event.dataTransfer.files]);
  });
}
$("more").addEventListener("click", () => listArticles({ more: true }));
let typing = 0;
$("article-search").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(listArticles, 200);
});
