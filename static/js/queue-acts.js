// [data-acts]: acts on a row without leaving the list. What needs no form is sent at once; any other form opens over the list. The
// answer is the row as it is now, with a message that can undo it, and the next row has the focus. Without this script, each action
// has a page of its own.
import { bringBack, currentRow, goTo, leave, linkOf, listOf, neighborOf, replace, rowOf, rows, urlOf } from "./queue-rows.js";

const TOASTS_MAX = 3;
// As long as an action can be undone; a message without it stays for less.
const UNDO_MS = 30_000;
const READ_MS = 8_000;
const FIELDS = "input:not([type=hidden], [hidden]), select:not([hidden]), textarea, [data-first-field]";

const acts = document.querySelector("[data-acts]");
const dialog = document.getElementById("act");
const body = dialog?.querySelector("[data-act-body]");
const toasts = document.querySelector("[data-toasts]");
const tools = acts?.querySelector("template")?.content.firstElementChild;
// What the open form is about.
let open = null;

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];

async function ask(url, data) {
  // The header HX-Request leaves out what is around the page's main part.
  const headers = { "X-In-Place": "row", "HX-Request": "true", ...(data && { "X-CSRFToken": token() }) };
  return fetch(url, { method: data ? "POST" : "GET", body: data, headers, redirect: "manual" });
}

function fields(row, more = {}) {
  const data = new FormData();
  const sent = { writer: acts.dataset.writer, last_event: row.dataset.lastEvent, list: listOf(row), ...more };
  for (const [name, value] of Object.entries(sent)) data.set(name, value);
  return data;
}

// --- Acting ------------------------------------------------------------------------------------------------------------------

const isSent = (verb) => acts.dataset.sent.split(" ").includes(verb);

export function actOn(row, verb) {
  if (verb === "assign_me") return send(row, urlOf(row, "assign"), fields(row, { assignee: acts.dataset.writer }), "assign");
  if (isSent(verb)) return send(row, urlOf(row, verb), fields(row), verb);
  return openForm(row, verb);
}

export function runOn(row, url, form) {
  const data = new FormData(form);
  data.set("list", listOf(row));
  data.set("last_event", row.dataset.lastEvent);
  data.delete("seen");
  return send(row, url, data, "macro");
}

// A form about the row that is on the page already.
export function sendFrom(row, form, submitter) {
  const data = new FormData(form, submitter);
  data.set("list", listOf(row));
  const verb = new URL(form.action).pathname.split("/").filter(Boolean).pop();
  return send(row, form.action, data, verb);
}

async function send(row, url, data, verb) {
  // The answer to the first press isn't here yet.
  if (row && "busy" in row.dataset) return;
  if (row) row.dataset.busy = "";
  try {
    await take(await ask(url, data), { row, verb });
  } catch {
    say(acts.dataset.failed);
  } finally {
    if (row) delete row.dataset.busy;
  }
}

async function openForm(row, verb, query = "") {
  if ("busy" in row.dataset) return;
  row.dataset.busy = "";
  const search = query || new URLSearchParams({ list: listOf(row), last_event: row.dataset.lastEvent }).toString();
  try {
    await take(await ask(`${urlOf(row, verb)}?${search}`), { row, verb });
  } catch {
    say(acts.dataset.failed);
  } finally {
    delete row.dataset.busy;
  }
}

// What the server answered: a changed row, a form, or a sentence.
async function take(answer, about) {
  if (answer.type === "opaqueredirect") return location.assign(linkOf(about.row).href);
  const page = parsed(await answer.text());
  const acted = page.querySelector("[data-acted]");
  if (acted) return show(acted, about);
  const form = page.querySelector("#action-form, form.triage");
  if (form) return showForm(form, about);
  const words = page.querySelector("[data-signed-out]") ?? page.querySelector("main h1");
  const more = words?.matches("h1") ? page.querySelector("main h1 ~ p")?.textContent : "";
  if (words?.matches("[data-signed-out]")) {
    forget(about);
    return say("", words.firstElementChild);
  }
  say([words?.textContent, more].filter(Boolean).join(". ") || acts.dataset.failed);
}

function show(acted, { row: old, verb, isUndo }) {
  const row = acted.querySelector("tr[data-request]");
  const here = rowOf(acted.dataset.acted);
  const list = here ? listOf(here) : old ? listOf(old) : "";
  // Who has gone on meanwhile keeps the focus where it is.
  const focused = document.activeElement;
  const isHere = dialog.open || !focused || focused === document.body || Boolean(here?.contains(focused)) || toasts.contains(focused);
  const next = here && neighborOf(here, here === rows().at(-1) ? -1 : 1);
  close();
  if (row && here) replace(here, row);
  else if (row) bringBack(row);
  else if (here) leave(here);
  if (row) window.htmx?.process(row);
  for (const message of acted.querySelectorAll(".usa-alert")) toast(message, list);
  document.dispatchEvent(new CustomEvent("row-acted", { detail: { pk: acted.dataset.acted, row } }));
  if (isUndo && row) return goTo(row);
  if (!isHere) return;
  // Triage always goes on.
  if (row && acts.dataset.after === "stay" && verb !== "suggested-services") goTo(row);
  else if (next && next !== here) goTo(next);
  else if (row) goTo(row);
  else if (!rows().length) location.reload();
}

// --- Messages ----------------------------------------------------------------------------------------------------------------

function toast(message, list = "") {
  message.dataset.list = list;
  message.removeAttribute("role");
  toasts.prepend(message);
  while (toasts.children.length > TOASTS_MAX) toasts.lastElementChild.remove();
  setTimeout(() => message.remove(), message.querySelector("form") ? UNDO_MS : READ_MS);
}

function say(words, content) {
  const message = document.createElement("div");
  message.className = "usa-alert usa-alert--slim usa-alert--warning";
  const inner = document.createElement("div");
  inner.className = "usa-alert__body";
  const text = content ?? document.createElement("p");
  if (!content) text.textContent = words;
  text.className = "usa-alert__text";
  inner.append(text);
  message.append(inner);
  toast(message);
}

toasts?.addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  const data = new FormData(form);
  const message = form.closest(".usa-alert");
  data.set("list", message.dataset.list);
  ask(form.action, data)
    .then((answer) => take(answer, { isUndo: true }))
    .catch(() => say(acts.dataset.failed))
    .finally(() => message.remove());
});

// --- Forms over the list -----------------------------------------------------------------------------------------------------

const keyOf = ({ row, verb }) => `act:${row.dataset.request}:${verb}`;

function typed(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && form.elements[name]?.type !== "hidden" && name !== "csrfmiddlewaretoken");
}

function keep() {
  const form = body.querySelector("form[method=post]");
  if (!open || !form || !open.isTouched) return;
  sessionStorage.setItem(keyOf(open), JSON.stringify(typed(form)));
}

function forget(about) {
  if (about?.row && about.verb) sessionStorage.removeItem(keyOf(about));
}

function giveBack(form) {
  for (const [name, value] of JSON.parse(sessionStorage.getItem(keyOf(open)) ?? "[]")) {
    for (const field of [form.elements[name]].flatMap((one) => (one instanceof RadioNodeList ? [...one] : [one])).filter(Boolean)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value || field.checked;
      else if (field.type !== "file") field.value = value;
    }
  }
}

function showForm(piece, about) {
  const isAgain = dialog.open;
  const title = piece.querySelector("h1, h2, .triage__title");
  open = { ...about, isTouched: isAgain && Boolean(open?.isTouched) };
  body.replaceChildren(piece);
  if (title) title.id = "act-title";
  title?.removeAttribute("autofocus");
  dialog.querySelector("[data-act-about]").textContent = linkOf(about.row)?.textContent ?? "";
  const form = piece.matches("form") ? piece : piece.querySelector("form[method=post]");
  if (form && !isAgain) giveBack(form);
  numberChoices(piece);
  window.htmx?.process(body);
  window.htmx?.trigger(body, "htmx:load");
  if (!isAgain) dialog.showModal();
  const wrong = piece.querySelector("[aria-invalid=true]");
  const field = wrong ?? piece.querySelector("[data-key]") ?? form?.querySelector(FIELDS) ?? form?.querySelector("button[type=submit]");
  const first = field?.type === "radio" ? [...form.elements[field.name]].find((one) => one.checked) ?? field : field;
  first?.focus();
  // What is proposed is replaced by what is typed.
  if (first?.matches("input[type=text]")) first.select();
}

// The digits that take the choices of a question, and those of buttons.
function numberChoices(piece) {
  const counts = new Map();
  const hint = (number) => {
    const key = document.createElement("kbd");
    Object.assign(key, { textContent: String(number), className: "key-hint" });
    key.setAttribute("aria-hidden", "true");
    return key;
  };
  for (const button of piece.querySelectorAll("[data-key]")) button.append(" ", hint(button.dataset.key));
  for (const radio of piece.querySelectorAll("input[type=radio]")) {
    const number = (counts.get(radio.name) ?? 0) + 1;
    counts.set(radio.name, number);
    if (number > 9) continue;
    const label = radio.labels[0];
    const about = label?.querySelector("[class*=description]");
    if (about) about.before(" ", hint(number));
    else label?.append(" ", hint(number));
  }
}

function close() {
  if (!dialog?.open) return;
  forget(open);
  open = null;
  dialog.close();
}

// Escape and [Close]: the words are given back when the form is opened again.
dialog?.addEventListener("close", () => {
  if (!open) return;
  const { row } = open;
  keep();
  open = null;
  goTo(row.isConnected ? row : currentRow());
});

dialog?.addEventListener("input", () => open && (open.isTouched = true));

dialog?.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || !open) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  const { row, verb } = open;
  const data = new FormData(form, event.submitter);
  if (form.method === "get") {
    openForm(row, verb, new URLSearchParams(data).toString());
    return;
  }
  form.dataset.sending = "yes";
  data.set("list", listOf(row));
  ask(form.action, data)
    .then((answer) => take(answer, { row, verb }))
    .catch(() => say(acts.dataset.failed))
    .finally(() => delete form.dataset.sending);
});

dialog?.addEventListener("click", (event) => {
  // [Cancel] leads to the request's page where there is no list.
  if (!event.target.closest(".form-buttons a")) return;
  event.preventDefault();
  dialog.close();
});

dialog?.addEventListener("keydown", (event) => {
  const form = event.target.closest("form[method=post]");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    // Not the button that only previews.
    const send = form?.querySelector("button[type=submit]:not([name])");
    if (send) form.requestSubmit(send);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Enter" && event.target.matches("input") && !event.defaultPrevented) {
    // What is still to be filled in comes first.
    const missing = form?.querySelector(":is(input, select, textarea):invalid:not([hidden])");
    if (!missing || missing === event.target) return;
    event.preventDefault();
    missing.focus();
    return;
  }
  if (event.key === "/" && event.target.matches("textarea") && !event.target.value) {
    const template = body.querySelector("form[method=get] :is(input[role=combobox], select)");
    if (!template) return;
    event.preventDefault();
    template.focus();
    return;
  }
  if (event.target.matches("input[type=radio]") && /^[1-9]$/.test(event.key)) {
    const choice = [...form.elements[event.target.name]][Number(event.key) - 1];
    if (!choice) return;
    event.preventDefault();
    choice.focus();
    choice.click();
    return;
  }
  if (event.target.matches("textarea, select, input")) return;
  const own = body.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!own) return;
  event.preventDefault();
  own.click();
});

// --- Buttons in the row ------------------------------------------------------------------------------------------------------

function offer(row) {
  if (!tools || !row || tools.parentElement?.parentElement === row || tools.contains(document.activeElement)) return;
  for (const button of tools.querySelectorAll("[data-statuses]")) button.hidden = !button.dataset.statuses.split(" ").includes(row.dataset.status);
  row.lastElementChild.append(tools);
}

if (tools) {
  for (const name of ["pointerover", "focusin"]) {
    document.getElementById("rows")?.addEventListener(name, (event) => offer(event.target.closest?.("table.queue tbody tr:not([data-leaving])")));
  }
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    const row = button?.closest("tr");
    if (row) actOn(row, button.dataset.act);
  });
}
