// [data-peek]: the current row's request beside the list. It is fetched while one is still on the row before, so that it is there with
// the key; fetching alone leaves no trace. Shown, it is marked as read.
import { actOn, sendFrom } from "./queue-acts.js";
import { currentRow, goTo, linkOf, neighborOf, rowOf, rows, urlOf } from "./queue-rows.js";

const FRESH_MS = 60_000;
// So that going down the list fetches no row that one only passes.
const PAUSE_MS = 120;

const panel = document.querySelector("[data-peek]");
const body = panel?.querySelector("[data-peek-body]");
const split = document.querySelector("[data-queue-split]");
const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];
// Of each request: what was fetched, when, and of which state of it.
const pages = new Map();
let pause = 0;
let shown = "";
// The address of what its reader is present on.
let present = "";

export const isOpen = () => Boolean(panel && !panel.hidden);

async function load(row) {
  const pk = row.dataset.request;
  const kept = pages.get(pk);
  if (kept && kept.lastEvent === row.dataset.lastEvent && Date.now() - kept.at < FRESH_MS) return kept.html;
  const html = fetch(urlOf(row, "peek"), { headers: { "X-In-Place": "row", "HX-Request": "true" }, redirect: "manual" }).then((answer) => {
    if (!answer.ok) throw answer;
    return answer.text();
  });
  pages.set(pk, { html, at: Date.now(), lastEvent: row.dataset.lastEvent });
  html.catch(() => pages.delete(pk));
  return html;
}

// What may be asked for next.
function prefetch(row) {
  clearTimeout(pause);
  pause = setTimeout(() => {
    load(row).catch(() => {});
    const next = isOpen() && neighborOf(row, 1);
    if (next && next !== row) load(next).catch(() => {});
  }, PAUSE_MS);
}

async function show(row) {
  const pk = row.dataset.request;
  shown = pk;
  let html = "";
  try {
    html = await load(row);
  } catch (answer) {
    // Gone, or no longer theirs; or signed out.
    const gone = answer.status === 404 || answer.status === 403;
    html = answer.status === 401 ? await answer.text() : "";
    if (!html) {
      const words = document.createElement("p");
      words.textContent = gone ? panel.dataset.gone : panel.dataset.failed;
      html = words.outerHTML;
    }
  }
  // One has gone on meanwhile.
  if (shown !== pk || !isOpen()) return;
  body.innerHTML = html;
  body.scrollTop = 0;
  panel.dataset.shown = pk;
  if (!body.querySelector("[data-peeked]")) return;
  window.htmx?.process(body);
  window.htmx?.trigger(body, "htmx:load");
  row.removeAttribute("data-unread");
  row.querySelector("[data-unread-label]")?.remove();
  leave(urlOf(row, "peek"));
  present = urlOf(row, "peek");
  tell(present);
  prefetch(row);
}

function tell(url, data) {
  fetch(url, { method: "POST", body: data, headers: { "X-CSRFToken": token() }, redirect: "manual", keepalive: true }).catch(() => {});
}

// Colleagues no longer see its reader there.
function leave(next = "") {
  if (present && present !== next) tell(present, new URLSearchParams({ left: "yes" }));
  present = "";
}

export function open(row) {
  if (!panel) return;
  panel.hidden = false;
  split.classList.add("queue-split--peek");
  row.scrollIntoView({ block: "nearest" });
  show(row);
}

export function close() {
  if (!isOpen()) return;
  panel.hidden = true;
  shown = "";
  leave();
  split.classList.remove("queue-split--peek");
  const row = currentRow();
  if (panel.contains(document.activeElement) || document.activeElement === document.body) goTo(row);
}

export function toggle(row) {
  if (isOpen() && shown === row.dataset.request) close();
  else open(row);
}

if (panel) {
  split.classList.add("queue-split--reads");
  addEventListener("pagehide", () => leave());
  document.addEventListener("row-current", ({ detail: row }) => (isOpen() ? show(row) : prefetch(row)));
  document.addEventListener("row-acted", ({ detail: { pk, row } }) => {
    pages.delete(pk);
    if (!rows().length) return close();
    // The next row is current, or this one still is.
    if (isOpen() && shown === pk && row) setTimeout(() => shown === pk && isOpen() && show(row));
  });
  document.getElementById("rows")?.addEventListener("focusin", (event) => {
    const row = event.target.closest("table.queue tbody tr");
    if (row && linkOf(row)) prefetch(row);
  });
  document.getElementById("rows")?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-peek-row]");
    const row = button?.closest("tr");
    if (!row) return;
    toggle(row);
    // Over the list, as on a phone, it is what is read next.
    if (isOpen() && button.matches(".queue__peek")) body.focus();
  });
  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-peek-close]")) return close();
    const button = event.target.closest("[data-act]");
    const row = button && rowOf(panel.dataset.shown);
    if (row) actOn(row, button.dataset.act);
  });
  panel.addEventListener("submit", (event) => {
    const row = rowOf(panel.dataset.shown);
    if (!row || event.target.method !== "post") return;
    event.preventDefault();
    sendFrom(row, event.target, event.submitter);
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.target.closest("form")?.requestSubmit();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      goTo(rowOf(panel.dataset.shown) ?? currentRow());
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) close();
  });
}
