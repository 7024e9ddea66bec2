// Builds elements. Text goes in as text, never as markup, so nothing in an article can become part of the page.

export const $ = (id) => document.getElementById(id);

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function announce(text) {
  // Emptied first, so that the same words are read out again.
  $("status").textContent = "";
  setTimeout(() => ($("status").textContent = text), 50);
}

// Our offsets count code points; JavaScript's count UTF-16 units. Most texts have no character outside the first plane.
export class CodePoints {
  constructor(text) {
    this.text = text;
    this.points = /[\ud800-\udfff]/.test(text) ? Array.from(text) : null;
    this.length = this.points ? this.points.length : text.length;
  }

  slice(start, end) {
    return this.points ? this.points.slice(start, end).join("") : this.text.slice(start, end);
  }
}

// Bidirectional controls and the like could make a quote read as something it does not say.
const DECEPTIVE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
export const printable = (text) => text.replace(/\r\n?/g, "\n").replace(DECEPTIVE, "");

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];

// "2024-06-21" -> "21 June 2024", "--06-21" -> "21 June", "2024-06" -> "June 2024"
export function showDate(date) {
  if (!date) return "";
  const yearless = date.startsWith("--");
  const parts = date.replace(/^--/, "").split("-").map(Number);
  const [year, month, day] = yearless ? [null, ...parts] : parts;
  return [day, month && MONTHS[month - 1], year].filter(Boolean).join(" ");
}
