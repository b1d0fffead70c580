// [data-acts]: acts on a row without leaving the list. What needs no form is sent at once; any other form opens over the list. The answer is the row
// as it is now, with a message that can undo it, and the next row has the focus. Without this script, each action has a page of its own.
import { FAILED, answered, ask as askFor, close, expectForm, isOpen, parsed, pieceOf, say, sayOf, show as showForm, toast, toasts } from "./act-dialog.js";
import { bringBack, currentRow, goTo, leave, linkOf, listOf, neighborOf, replace, rowOf, rows, urlOf } from "./queue-rows.js";

const acts = document.querySelector("[data-acts]");
const tools = acts?.querySelector("template")?.content.firstElementChild;
const ask = (url, data) => askFor(url, "row", data);

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
    say(FAILED);
  } finally {
    if (row) delete row.dataset.busy;
  }
}

async function openForm(row, verb, query = "") {
  if ("busy" in row.dataset) return;
  row.dataset.busy = "";
  expectForm();
  const search = query || new URLSearchParams({ list: listOf(row), last_event: row.dataset.lastEvent }).toString();
  try {
    await take(await ask(`${urlOf(row, verb)}?${search}`), { row, verb });
  } catch {
    say(FAILED);
  } finally {
    answered();
    delete row.dataset.busy;
  }
}

// What the server answered: a changed row, a form, or a sentence.
async function take(answer, about) {
  if (answer.type === "opaqueredirect") return location.assign(linkOf(about.row).href);
  const page = parsed(await answer.text());
  const acted = page.querySelector("[data-acted]");
  if (acted) return show(acted, about);
  const form = pieceOf(page);
  if (form) return showForm(form, aboutRow(about));
  sayOf(page);
}

// What the dialog needs to know of a form about a row.
function aboutRow({ row, verb }) {
  return {
    key: `act:${row.dataset.request}:${verb}`,
    title: linkOf(row)?.textContent ?? "",
    again: (query) => openForm(row, verb, query),
    back: () => goTo(row.isConnected ? row : currentRow()),
    send: async (url, data) => {
      data.set("list", listOf(row));
      await take(await ask(url, data), { row, verb });
    },
  };
}

function show(acted, { row: old, verb, isUndo }) {
  const row = acted.querySelector("tr[data-request]");
  const here = rowOf(acted.dataset.acted);
  const list = here ? listOf(here) : old ? listOf(old) : "";
  // Who has gone on meanwhile keeps the focus where it is.
  const focused = document.activeElement;
  const isHere = isOpen() || !focused || focused === document.body || Boolean(here?.contains(focused)) || toasts.contains(focused);
  const next = here && neighborOf(here, here === rows().at(-1) ? -1 : 1);
  close();
  if (row && here) replace(here, row);
  else if (row) bringBack(row);
  else if (here) leave(here);
  if (row) window.htmx?.process(row);
  for (const message of acted.querySelectorAll(".usa-alert")) toast(message, list);
  document.dispatchEvent(new CustomEvent("row-acted", { detail: { pk: acted.dataset.acted, row } }));
  if (isUndo && row) return document.contains(row) ? goTo(row) : fill(acted.dataset.acted);
  if (!rows().length) return fill();
  if (!isHere) return;
  // Triage always goes on.
  if (row && acts.dataset.after === "stay" && verb !== "suggested-services") goTo(row);
  else if (next && next !== here) goTo(next);
  else if (row) goTo(row);
}

// The list as it is now, once its last row has left or one comes back to an empty list. The messages stay, with what undoes them.
async function fill(pk) {
  const list = document.getElementById("rows");
  const answer = await ask(location.href);
  const filled = answer.ok && parsed(await answer.text()).getElementById("rows");
  if (!filled) return location.reload();
  list.replaceChildren(...filled.childNodes);
  window.htmx?.process(list);
  const row = (pk && rowOf(pk)) || rows()[0];
  if (row) goTo(row);
  else list.focus();
}

// --- Undo ------------------------------------------------------------------------------------------------------------------

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
    .catch(() => say(FAILED))
    .finally(() => message.remove());
});

// --- Buttons in the row ------------------------------------------------------------------------------------------------------

function offer(row) {
  if (!tools || !row || tools.parentElement?.parentElement === row || tools.contains(document.activeElement)) return;
  for (const button of tools.querySelectorAll("[data-statuses]")) button.hidden = !button.dataset.statuses.split(" ").includes(row.dataset.status);
  row.lastElementChild.append(tools);
}

// By pointer only, since the key does the same: no stop of the Tab key for each row.
document.getElementById("rows")?.addEventListener("click", (event) => {
  const place = event.target.closest("[data-row-act]");
  if (place && acts) actOn(place.closest("tr"), place.dataset.rowAct);
});

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
