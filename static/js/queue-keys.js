// The keys of the queue and of a request. Each key presses what the page has: a link, a button, a row. What they are and what they are
// called is in _keys.html.
import { actOn, runOn } from "./queue-acts.js";
import * as peek from "./queue-peek.js";
import { currentRow, goTo, linkOf, neighborOf } from "./queue-rows.js";

const keys = document.getElementById("keys");
const palette = document.getElementById("palette");
const macroForm = document.getElementById("macro-form");
const said = document.getElementById("keys-said");
const FIELDS =
  "textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit])";

const ticked = () => [...document.querySelectorAll("[data-row-tick]:checked")];
const onRequest = () => Boolean(macroForm.dataset.reference);

function move(step) {
  if (onRequest()) return press(document.querySelector(step > 0 ? "a[rel=next]" : "a[rel=prev]"));
  const next = neighborOf(currentRow(), step);
  if (!next) return impossible();
  goTo(next);
}

function press(element) {
  if (!element) return impossible();
  element.closest("details:not([open])")?.setAttribute("open", "");
  element.click();
}

function impossible() {
  said.textContent = "";
  // Emptied first, so that it is read aloud each time.
  setTimeout(() => (said.textContent = said.dataset.impossible));
}

// The page's own link or button for a verb, on the page of a request.
function actionOf(verb) {
  const main = document.querySelector("main");
  // The link to its form comes before a button such as "Assign to me".
  const selectors = [
    `[data-verb="${verb}"]:not([data-command])`,
    `a[href*="/r/"][href*="/${verb}/"]:not(.acts__in-hand)`,
    // Not the button that takes an alarm, nor one that only previews.
    `form[action*="/r/"][action$="/${verb}/"] button[type=submit]:not([name=preview])`,
  ];
  return selectors.map((selector) => main.querySelector(selector)).find(Boolean);
}

// The tab with which a request's page writes such a text, if it does.
const tabOf = (verb) => document.querySelector(`#composer .tabs a[href$="?verb=${verb}"]`);

function write(tab) {
  const focus = () => document.querySelector("#composer textarea")?.focus();
  if (tab.getAttribute("aria-current")) return focus();
  document.addEventListener("htmx:afterSettle", focus, { once: true });
  tab.click();
}

function inBulk(verb) {
  const bar = document.querySelector("[data-bulk-bar]");
  const select = bar?.querySelector("select[name=verb]");
  if (![...(select?.options ?? [])].some((option) => option.value === verb)) return impossible();
  select.value = verb;
  bar.requestSubmit();
}

function act(verb) {
  if (onRequest()) return tabOf(verb) ? write(tabOf(verb)) : press(actionOf(verb));
  if (ticked().length) return inBulk(verb);
  const row = currentRow();
  if (row) actOn(row, verb);
  else impossible();
}

function runMacro(id) {
  if (!onRequest() && ticked().length) return inBulk(`macro:${id}`);
  const row = currentRow();
  const reference = macroForm.dataset.reference ?? (row && new URL(linkOf(row).href).pathname.split("/").filter(Boolean).pop());
  if (!reference) return impossible();
  const url = macroForm.dataset.path.replace("REFERENCE", reference).replace("/0/", `/${id}/`);
  if (!onRequest()) return runOn(row, url, macroForm);
  macroForm.action = url;
  macroForm.requestSubmit();
}

const COMMANDS = {
  next: () => move(1),
  previous: () => move(-1),
  tick: () => press(currentRow()?.querySelector("[data-row-tick]")),
  open: () => press(linkOf(currentRow())),
  peek: () => (currentRow() ? peek.toggle(currentRow()) : impossible()),
  verb: (button) => act(button.dataset.verb),
  snooze: () => (onRequest() ? press(document.querySelector('[data-key="snooze"]')) : act("snooze")),
  map: () => press(document.querySelector('[data-key="map"]')),
  undo: () => press(document.querySelector("[data-toasts] form.undo button") ?? document.querySelector("form.undo button")),
  search: () => {
    const box = document.querySelector("#q, [role=search] input[type=search]");
    if (box) box.focus();
    else location.assign(document.querySelector(".staff-bar__name").href);
  },
  palette: openPalette,
  macro: (button) => runMacro(button.dataset.macro),
};

const run = (button) => COMMANDS[button.dataset.command](button);

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(`${FIELDS}, dialog`)) return;
  if (event.key === "?") {
    event.preventDefault();
    keys.showModal();
    return;
  }
  if (!onRequest() && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
    const row = currentRow();
    if (!row || event.target.closest?.("a, button, summary, input")?.closest("table.queue") === null) return;
    event.preventDefault();
    if (event.key === "ArrowLeft") peek.close();
    else if (!peek.isOpen()) peek.open(row);
    return;
  }
  // Elsewhere, Space scrolls, presses a button, or ticks a box.
  if (event.key === " " && !event.target.matches?.("table.queue a[href]")) return;
  // What the row or the page itself offers for this key comes first.
  const offer = (place) => place?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const own = offer(onRequest() ? document.querySelector("main") : currentRow());
  const button = own ?? keys.querySelector(`[data-press="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  if (own) press(own);
  else run(button);
});

// By pointer: the dialog closes, and the focus goes back to where it was before the button presses.
keys.addEventListener("click", (event) => {
  const button = event.target.closest("[data-command]");
  if (!button) return;
  keys.close();
  run(button);
});
document.querySelector("[data-keys-open]").addEventListener("click", () => keys.showModal());

// --- The palette ---------------------------------------------------------------------------------------------------------

const words = document.getElementById("palette-words");
const list = palette.querySelector("[data-palette-list]");
const empty = palette.querySelector("[data-palette-empty]");

function openPalette() {
  if (keys.open) keys.close();
  list.replaceChildren(...[...keys.querySelectorAll("[data-command]")].map(item), ...links().map(item));
  words.value = "";
  filter();
  palette.showModal();
  words.focus();
}

function links() {
  return [...document.querySelectorAll(".tabs a, .saved-views a, .staff-nav a, .acts a[href], .acts form button[type=submit], .rail a[href]")].filter(
    (link) => link.textContent.trim(),
  );
}

function item(source) {
  const entry = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.append(...[...source.childNodes].map((node) => node.cloneNode(true)));
  for (const hint of button.querySelectorAll(".key-hint")) hint.remove();
  button.addEventListener("click", () => {
    palette.close();
    if (source.dataset.command) run(source);
    else press(source);
  });
  entry.append(button);
  return entry;
}

const plain = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();

function filter() {
  const wanted = plain(words.value).split(/\s+/).filter(Boolean);
  for (const entry of list.children) entry.hidden = !wanted.every((word) => plain(entry.textContent).includes(word));
  empty.hidden = [...list.children].some((entry) => !entry.hidden);
}

words.addEventListener("input", filter);
palette.addEventListener("keydown", (event) => {
  const shown = [...list.querySelectorAll("li:not([hidden]) button")];
  if (event.key === "Enter" && event.target === words) {
    event.preventDefault();
    shown[0]?.click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const at = shown.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    (at < 0 ? words : (shown[at] ?? shown.at(-1)))?.focus();
  }
});

// --- Which key a button has ------------------------------------------------------------------------------

document.querySelectorAll(".keys-open").forEach((opener) => (opener.hidden = false));

function showKeys() {
  for (const button of keys.querySelectorAll("[data-verb]")) {
    const action = tabOf(button.dataset.verb) ?? actionOf(button.dataset.verb);
    if (!action || action.querySelector(".key-hint")) continue;
    const key = button.querySelector("kbd").cloneNode(true);
    key.className = "key-hint";
    key.setAttribute("aria-hidden", "true");
    action.append(" ", key);
    action.setAttribute("aria-keyshortcuts", button.dataset.press);
  }
}

if (onRequest()) {
  showKeys();
  document.addEventListener("htmx:afterSettle", showKeys);
}
