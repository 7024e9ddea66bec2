// Shows one question and its answer: text with numbered citations, what they quote, or a refusal and what was near.

import { article } from "./client.js";
import { $, CodePoints, el, printable, showDate } from "./dom.js";

const REASONS = {
  subject_not_found: "Not in these articles",
  fact_not_stated: "The articles do not say",
  outside_dates: "Only outside your dates",
  no_match: "Nothing fits",
  not_a_question: "Hello",
  about_the_index: "About these articles",
};

export class AnswerView {
  // onOpen(citation, citations) opens the article; onAsk(question) asks another one.
  constructor(question, { onOpen, onAsk }) {
    this.onOpen = onOpen;
    this.onAsk = onAsk;
    this.citations = new Map();
    this.text = "";
    this.words = el("p", { class: "answer" });
    this.after = el("div", { class: "after" });
    this.node = el(
      "article",
      { class: "turn" },
      el("h2", { class: "asked" }, printable(question)),
      this.words,
      this.after,
    );
    this.node.setAttribute("aria-busy", "true");
    this.words.append(el("span", { class: "waiting", "aria-label": "Reading the articles" }, el("i"), el("i"), el("i")));
  }

  append(text) {
    this.text += text;
    this.#write(this.#markersIn(this.text));
  }

  cite(citation) {
    this.citations.set(citation.number, citation);
    this.#write(this.#markersIn(this.text));
  }

  fail(message) {
    this.node.removeAttribute("aria-busy");
    if (!this.text) this.words.replaceChildren();
    this.after.append(el("p", { class: "failed", role: "alert" }, printable(message)));
  }

  finish(answer) {
    this.node.removeAttribute("aria-busy");
    this.answer = answer;
    this.citations = new Map(answer.citations.map((citation) => [citation.number, citation]));
    this.text = answer.text;
    this.after.replaceChildren();
    if (answer.standalone_question) {
      this.after.append(el("p", { class: "note" }, `Understood as: ${printable(answer.standalone_question)}`));
    }
    if (answer.status === "abstained") this.#refuse(answer);
    else this.#write(this.#pieces(answer));
    this.#addConflicts(answer.conflicts);
    this.#addSources(answer.citations);
    for (const notice of answer.notices) this.after.append(el("p", { class: "note" }, printable(notice.message)));
    this.#addFooter(answer);
  }

  // While it streams, a marker is whatever looks like one; the finished answer says where the statements end.
  #markersIn(text) {
    const pieces = [];
    for (const part of text.split(/(\[\d+\])/)) {
      const number = /^\[(\d+)\]$/.exec(part);
      pieces.push(number && this.citations.has(Number(number[1])) ? Number(number[1]) : part);
    }
    return pieces;
  }

  #pieces(answer) {
    const points = new CodePoints(answer.text);
    const pieces = [];
    let at = 0;
    for (const statement of answer.statements) {
      pieces.push(...this.#markersIn(points.slice(at, statement.start)), points.slice(statement.start, statement.end));
      at = statement.end;
    }
    pieces.push(...this.#markersIn(points.slice(at, points.length)));
    return pieces;
  }

  #write(pieces) {
    const nodes = [];
    for (const piece of pieces) {
      if (typeof piece === "number") {
        const before = nodes.at(-1);
        // The space between the words and their marker is drawn by the marker's margin.
        if (before && before.nodeType === Node.TEXT_NODE) before.textContent = before.textContent.replace(/ +$/, "");
        nodes.push(this.#marker(this.citations.get(piece)));
      } else if (piece) {
        nodes.push(document.createTextNode(printable(piece)));
      }
    }
    this.words.replaceChildren(...nodes);
  }

  #marker(citation) {
    const label = `Citation ${citation.number}: ${printable(citation.title || citation.path)}`;
    const button = el("button", { type: "button", class: "cite", "aria-label": label }, String(citation.number));
    button.addEventListener("click", () => {
      hideCard();
      this.onOpen(citation, [...this.citations.values()], button);
    });
    for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => showCard(button, citation));
    button.addEventListener("pointerleave", hideCardSoon);
    button.addEventListener("blur", hideCard);
    return button;
  }

  #refuse(answer) {
    this.node.classList.add("refused");
    this.words.replaceChildren(
      el("strong", { class: "reason" }, REASONS[answer.reason] || "No answer"),
      document.createTextNode(printable(answer.text)),
    );
    if (!answer.near.length) return;
    this.after.append(
      el("h3", {}, "Near to it"),
      el(
        "ul",
        { class: "near" },
        ...answer.near.map((near) => {
          const ask = near.kind === "name" && (() => this.onAsk(`What did ${near.text} say?`));
          const words = printable(near.text);
          return el(
            "li",
            {},
            ask ? el("button", { type: "button", class: "link", onclick: ask }, `What did ${words} say?`) : words,
            near.path ? el("span", { class: "path" }, ` ${printable(near.path)}`) : null,
          );
        }),
      ),
    );
  }

  #addConflicts(conflicts) {
    for (const conflict of conflicts) {
      const values = conflict.values.map((value) => {
        const dates = [...new Set(value.citations.map((number) => showDate(this.citations.get(number)?.published)))];
        const markers = value.citations.map((number) => this.#marker(this.citations.get(number)));
        return el("li", {}, printable(value.text), " ", ...markers, el("span", { class: "about" }, ` ${dates.filter(Boolean).join(", ")}`));
      });
      this.after.append(el("h3", {}, `Sources differ on ${printable(conflict.fact)}`), el("ul", { class: "conflict" }, ...values));
    }
  }

  #addSources(citations) {
    if (!citations.length) return;
    const rows = [...groupByArticle(citations).values()].map((group) => {
      const [first] = group;
      return el(
        "li",
        { class: "source" },
        el("p", { class: "title" }, printable(first.title || first.path)),
        el("p", { class: "path" }, [showDate(first.published), printable(first.path)].filter(Boolean).join(" · ")),
        first.stale ? el("p", { class: "stale" }, "The file has changed since it was indexed") : null,
        ...group.map((citation) => this.#quoteRow(citation, citations)),
        first.also_in.length
          ? el("p", { class: "path" }, `also in ${first.also_in.map((copy) => printable(copy.path)).join(", ")}`)
          : null,
      );
    });
    const count = rows.length === 1 ? "1 source" : `${rows.length} sources`;
    this.after.append(el("details", { class: "sources", open: rows.length <= 3 }, el("summary", {}, count), el("ol", {}, ...rows)));
  }

  #quoteRow(citation, citations) {
    const { line_start: first, line_end: last } = citation;
    const lines = first === last ? `line ${first}` : `lines ${first}–${last}`;
    const open = (event) => this.onOpen(citation, citations, event.currentTarget);
    return el(
      "button",
      { type: "button", class: "row", onclick: open },
      el("span", { class: "number", "aria-hidden": "true" }, String(citation.number)),
      el("span", { class: "quote" }, `“${printable(citation.quote).replace(/\s+/g, " ")}”`),
      el("span", { class: "path" }, lines),
    );
  }

  #addFooter(answer) {
    const total = answer.timings_ms.total;
    const parts = [
      answer.status === "abstained" ? null : answer.model === "extractive" ? "in the articles’ own words" : `written by ${answer.model}`,
      total === undefined ? null : total < 1000 ? `${Math.max(1, Math.round(total))} ms` : `${(total / 1000).toFixed(1)} s`,
      answer.rejected ? `${answer.rejected} unsupported ${answer.rejected === 1 ? "statement" : "statements"} left out` : null,
    ];
    this.after.append(el("p", { class: "footer" }, parts.filter(Boolean).join(" · ")));
  }
}

function groupByArticle(citations) {
  const groups = new Map();
  for (const citation of citations) {
    if (!groups.has(citation.article_id)) groups.set(citation.article_id, []);
    groups.get(citation.article_id).push(citation);
  }
  return groups;
}

let shown = null;
let hiding = 0;

// The pointer may move onto the card, to read or select what it says.
const hideCardSoon = () => (hiding = setTimeout(hideCard, 200));
$("card").addEventListener("pointerenter", () => clearTimeout(hiding));
$("card").addEventListener("pointerleave", hideCardSoon);

function showCard(button, citation) {
  const card = $("card");
  clearTimeout(hiding);
  shown = citation;
  const about = el("span", { class: "about" }, showDate(citation.published));
  card.replaceChildren(
    el("span", { class: "quote" }, `“${printable(citation.quote).replace(/\s+/g, " ")}”`),
    el("span", { class: "title" }, printable(citation.title || citation.path)),
    about,
  );
  card.hidden = false;
  button.setAttribute("aria-describedby", "card");
  place(card, button);
  article(citation.article_id).then(
    (found) => {
      if (shown !== citation) return;
      about.textContent = [found.publisher, showDate(citation.published), found.author].filter(Boolean).map(printable).join(" · ");
      place(card, button);
    },
    () => {},
  );
}

function place(card, button) {
  const margin = 12;
  const at = button.getBoundingClientRect();
  const width = Math.min(380, window.innerWidth - 2 * margin);
  card.style.width = `${width}px`;
  card.style.left = `${Math.max(margin, Math.min(at.left - 24, window.innerWidth - width - margin))}px`;
  const below = at.bottom + 8;
  const fits = below + card.offsetHeight < window.innerHeight - margin;
  card.style.top = `${fits ? below : Math.max(margin, at.top - card.offsetHeight - 8)}px`;
}

export function hideCard() {
  clearTimeout(hiding);
  shown = null;
  $("card").hidden = true;
}
