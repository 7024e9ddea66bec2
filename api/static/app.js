// Ties the page together: asking, filters, views, history, keyboard.

import { AnswerView, hideCard } from "./answer.js";
import { events, get } from "./client.js";
import { $, announce, el, printable } from "./dom.js";
import { listArticles } from "./library.js";
import { closeArticle, openArticle } from "./reader.js";

const HISTORY = "newsqa-history";
const MAX_KEPT = 50; // conversations in the browser's storage

let conversation = { id: Date.now(), turns: [] };
let running = null;

// --- asking ---

async function ask(question) {
  if (running) return;
  show("ask");
  const view = new AnswerView(question, { onOpen: openCitation, onAsk: ask });
  $("conversation").append(view.node);
  $("welcome").hidden = true;
  $("new").hidden = false;
  running = new AbortController();
  busy(true);
  view.node.scrollIntoView({ block: "start" });
  try {
    for await (const { event, data } of events("v1/ask", request(question), running.signal)) {
      if (event === "delta") view.append(data.text);
      else if (event === "citation") view.cite(data);
      else if (event === "error") view.fail(data.detail);
      else if (event === "answer") {
        view.finish(data);
        conversation.turns.push({ question, answer: data });
        keep();
        announce(data.status === "answered" ? `Answer: ${printable(data.text)}` : `No answer: ${printable(data.text)}`);
      }
    }
    if (view.node.hasAttribute("aria-busy")) view.fail("The answer broke off.");
  } catch (error) {
    view.fail(error.name === "AbortError" ? "Stopped." : error.message);
  } finally {
    running = null;
    busy(false);
  }
}

function request(question) {
  const body = { question, stream: true };
  const history = conversation.turns.slice(-10).flatMap((turn) => [
    { role: "user", content: turn.question },
    { role: "assistant", content: turn.answer.text },
  ]);
  if (history.length) body.history = history;
  for (const [name, id] of [["since", "since"], ["until", "until"], ["as_of", "as-of"]]) {
    if ($(id).value) body[name] = $(id).value;
  }
  const path = $("paths").value.trim();
  if (path) body.paths = [/[*?[]/.test(path) ? path : `*${path}*`];
  return body;
}

function busy(isBusy) {
  $("send").hidden = isBusy;
  $("stop").hidden = !isBusy;
}

function openCitation(citation, citations, from) {
  const marks = citations.filter((item) => item.article_id === citation.article_id);
  openArticle(citation.article_id, { marks, focus: citation, from });
}

$("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = $("question").value.trim();
  if (!question || running) return;
  $("question").value = "";
  grow();
  ask(question);
});
$("stop").addEventListener("click", () => {
  running?.abort();
  $("question").focus();
});
$("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("ask").requestSubmit();
  }
});
$("question").addEventListener("input", grow);

function grow() {
  const box = $("question");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
}

// --- filters ---

const FILTERS = ["since", "until", "as-of", "paths"];

function countFilters() {
  const count = FILTERS.filter((id) => $(id).value.trim()).length;
  $("filters-count").textContent = count ? ` (${count})` : "";
  const wrong = $("since").value && $("until").value && $("since").value > $("until").value;
  $("until").setCustomValidity(wrong ? "This day is before the first one." : "");
}
$("filters-toggle").addEventListener("click", () => {
  const isOpen = $("filters").hidden;
  $("filters").hidden = !isOpen;
  $("filters-toggle").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) $("filters").scrollIntoView({ block: "nearest" }); // on a phone they open below the edge
});
$("filters-clear").addEventListener("click", () => {
  for (const id of FILTERS) $(id).value = "";
  countFilters();
});
for (const id of FILTERS) $(id).addEventListener("input", countFilters);

// --- conversations kept in this browser ---

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(HISTORY));
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

function keep() {
  let all = [conversation, ...kept().filter((item) => item.id !== conversation.id)].slice(0, MAX_KEPT);
  while (all.length) {
    try {
      localStorage.setItem(HISTORY, JSON.stringify(all));
      return;
    } catch {
      all = all.slice(0, Math.floor(all.length / 2)); // the storage is full
    }
  }
}

function start(turns = [], id = Date.now()) {
  running?.abort();
  closeArticle();
  conversation = { id, turns };
  $("conversation").replaceChildren();
  $("welcome").hidden = turns.length > 0;
  $("new").hidden = turns.length === 0;
  for (const turn of turns) {
    const view = new AnswerView(turn.question, { onOpen: openCitation, onAsk: ask });
    view.finish(turn.answer);
    $("conversation").append(view.node);
  }
  show("ask");
  $("question").focus();
}

$("new").addEventListener("click", () => start());
$("history-open").addEventListener("click", () => {
  drawHistory();
  $("history").showModal();
});
$("history-clear").addEventListener("click", () => {
  localStorage.removeItem(HISTORY);
  drawHistory();
});

function drawHistory() {
  const rows = kept().map((item) => {
    const again = () => {
      $("history").close();
      start(item.turns, item.id);
    };
    const when = new Date(item.id).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const more = item.turns.length > 1 ? ` · ${item.turns.length} questions` : "";
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "entry", onclick: again },
        el("span", { class: "title" }, printable(item.turns[0].question)),
        el("span", { class: "about" }, when + more),
      ),
    );
  });
  $("history-list").replaceChildren(...(rows.length ? rows : [el("li", { class: "help" }, "Nothing asked yet.")]));
  $("history-clear").hidden = rows.length === 0;
}

// --- views ---

function show(name) {
  for (const view of ["ask", "articles"]) $(`view-${view}`).hidden = view !== name;
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = name === "articles" ? "Articles · newsqa" : "newsqa";
  if (name === "ask" && location.hash === "#/articles") history.replaceState(null, "", "#/");
}

function route() {
  hideCard();
  if (location.hash.startsWith("#article=")) {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const focus = { start: Number(wanted.get("start")), end: Number(wanted.get("end")) };
    show("ask");
    openArticle(wanted.get("article"), focus.end > focus.start ? { marks: [focus], focus } : {});
  } else if (location.hash === "#/articles") {
    closeArticle();
    show("articles");
    listArticles();
  } else if (location.hash === "#/" || location.hash === "") {
    show("ask");
  }
}
addEventListener("hashchange", route);

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, dialog");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    show("ask");
    $("question").focus();
  } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    if (!$("card").hidden) hideCard();
    else closeArticle();
  }
});
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
addEventListener("scroll", hideCard, { passive: true, capture: true });

// --- light and dark ---

const THEME = "newsqa-theme";
const stored = localStorage.getItem(THEME);
if (stored) document.documentElement.dataset.theme = stored;
$("theme").addEventListener("click", () => {
  const isDark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem(THEME, document.documentElement.dataset.theme);
});

// --- what the corpus offers ---

async function welcome() {
  const page = await get("v1/articles?limit=200");
  $("corpus").textContent = page.total === 1 ? "One article is indexed." : `${page.total} articles are indexed.`;
  if (!page.total) $("corpus").textContent = "Nothing is indexed yet: add articles to begin.";
  $("path-list").replaceChildren(...page.items.map((item) => el("option", { value: item.path }, printable(item.title || ""))));
  const { questions } = await get("v1/examples");
  $("examples").replaceChildren(
    ...questions.map((text) => el("li", {}, el("button", { type: "button", onclick: () => ask(text) }, printable(text)))),
  );
}

route();
welcome().catch((error) => ($("corpus").textContent = printable(error.message)));
if (matchMedia("(hover: hover)").matches && !location.hash) $("question").focus();
