// #act: the dialog that the form of an action opens in, over the list or over the page of a request, and the messages about
// actions. Without this script, each action has a page of its own.
const TOASTS_MAX = 3;
// As long as an action can be undone; a message without it stays for less.
const UNDO_MS = 30_000;
const READ_MS = 8_000;
const FIELDS = "input:not([type=hidden], [hidden]), select:not([hidden]), textarea, [data-first-field]";

const dialog = document.getElementById("act");
const body = dialog?.querySelector("[data-act-body]");
export const FAILED = dialog?.dataset.failed;
export const toasts = document.querySelector("[data-toasts]");
// The keys that were pressed since a form was asked for, until it is there; null if none is on its way.
let early = null;
// What the open form is about: the key of its kept words, a title, what sends it, what asks for it again, and where the focus was.
let about = null;

const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];

// place: what is answered after an action, the changed row or where the page goes on to.
export async function ask(url, place, data) {
  // The header HX-Request leaves out what is around the page's main part.
  const headers = { "X-In-Place": place, "HX-Request": "true", "HX-Current-URL": location.href, ...(data && { "X-CSRFToken": token() }) };
  return fetch(url, { method: data ? "POST" : "GET", body: data, headers, redirect: "manual" });
}

export const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

// --- Messages ----------------------------------------------------------------------------------------------------------------

export function toast(message, list = "") {
  message.dataset.list = list;
  message.removeAttribute("role");
  toasts.prepend(message);
  while (toasts.children.length > TOASTS_MAX) toasts.lastElementChild.remove();
  setTimeout(() => message.remove(), message.querySelector("form") ? UNDO_MS : READ_MS);
}

export function say(words, content) {
  const message = document.createElement("div");
  message.className = "usa-alert usa-alert--slim usa-alert--warning";
  const inner = document.createElement("div");
  inner.className = "usa-alert__body";
  const text = content ?? document.createElement("p");
  if (!content) text.textContent = words;
  text.className = "usa-alert__text";
  inner.append(text);
  message.append(inner);
  if (!isOpen()) return toast(message);
  // What is behind the dialog can be neither read aloud nor selected.
  message.setAttribute("role", "alert");
  body.prepend(message);
}

// What a page that is no form says, or that the session has ended.
export function sayOf(page) {
  const words = page.querySelector("[data-signed-out]") ?? page.querySelector("main h1");
  if (words?.matches("[data-signed-out]")) {
    // The server keeps what was typed.
    close();
    return say("", words.firstElementChild);
  }
  const more = words ? page.querySelector("main h1 ~ p")?.textContent : "";
  say([words?.textContent, more].filter(Boolean).join(". ") || FAILED);
}

// --- Forms ----------------------------------------------------------------------------------------------------------------------

export const isOpen = () => Boolean(dialog?.open);

function typed(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && form.elements[name]?.type !== "hidden" && name !== "csrfmiddlewaretoken");
}

function keep() {
  const form = body.querySelector("form[method=post]");
  if (!about?.isTouched || !form) return;
  sessionStorage.setItem(about.key, JSON.stringify(typed(form)));
}

function forget() {
  if (about) sessionStorage.removeItem(about.key);
}

function giveBack(form) {
  const kept = JSON.parse(sessionStorage.getItem(about.key) ?? "[]");
  for (const [name, value] of kept) {
    for (const field of [form.elements[name]].flatMap((one) => (one instanceof RadioNodeList ? [...one] : [one])).filter(Boolean)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value || field.checked;
      else if (field.type !== "file") field.value = value;
    }
  }
  return kept.length > 0;
}

// Until answered() is called, keys are kept for the form, since elsewhere they would mean something else.
export function expectForm() {
  early = [];
}

export function answered() {
  early = null;
}

document.addEventListener(
  "keydown",
  (event) => {
    if (!early || event.ctrlKey || event.metaKey || event.altKey || (event.key.length > 1 && event.key !== "Enter")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) early.push(event.key);
  },
  true,
);

function typeEarly() {
  const keys = early ?? [];
  early = null;
  for (const key of keys) {
    const place = document.activeElement;
    if (!dialog.contains(place)) return;
    if (!place.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })) || key.length > 1) continue;
    if (!place.matches("textarea, input[type=text]")) continue;
    place.setRangeText(key, place.selectionStart, place.selectionEnd, "end");
    place.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Where the form of an action, or what else opens over the page, is in its page.
export const pieceOf = (page) => page.querySelector("#action-form, #compare-body, form.triage");

export function show(piece, aboutIt) {
  const isAgain = dialog.open;
  const title = piece.querySelector("h1, h2, .triage__title");
  about = { ...aboutIt, isTouched: isAgain && Boolean(about?.isTouched) };
  body.replaceChildren(piece);
  if (title) title.id = "act-title";
  title?.removeAttribute("autofocus");
  dialog.querySelector("[data-act-about]").textContent = about.title;
  const form = piece.matches("form") ? piece : piece.querySelector("form[method=post]");
  const hasKept = form && !isAgain && giveBack(form);
  numberChoices(piece);
  window.htmx?.process(body);
  window.htmx?.trigger(body, "htmx:load");
  // The email that is shown next to the words is one with these.
  if (hasKept) form.dispatchEvent(new Event("input", { bubbles: true }));
  if (!isAgain) dialog.showModal();
  const wrong = piece.querySelector("[aria-invalid=true]");
  const choice = piece.querySelector("[data-key][aria-current]") ?? piece.querySelector("[data-key]");
  const field = wrong ?? choice ?? form?.querySelector(FIELDS) ?? form?.querySelector("button[type=submit]");
  const first = field?.type === "radio" ? [...form.elements[field.name]].find((one) => one.checked) ?? field : field;
  first?.focus();
  // What is proposed is replaced by what is typed.
  if (first?.matches("input[type=text]")) first.select();
  typeEarly();
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

// After what it asked for was done.
export function close() {
  if (!dialog?.open) return;
  forget();
  about = null;
  dialog.close();
}

// Escape and [Close]: the words are given back when the form is opened again.
dialog?.addEventListener("close", () => {
  if (!about) return;
  const { back } = about;
  keep();
  about = null;
  back?.();
});

dialog?.addEventListener("input", () => about && (about.isTouched = true));

dialog?.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || !about) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  const data = new FormData(form, event.submitter);
  if (form.method === "get") {
    about.again(new URLSearchParams(data).toString());
    return;
  }
  form.dataset.sending = "yes";
  about
    .send(form.action, data)
    .catch(() => say(FAILED))
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
    if (choice) {
      event.preventDefault();
      choice.focus();
      choice.click();
      return;
    }
  }
  if (event.target.matches("textarea, select, input:not([type=radio])")) return;
  const own = body.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!own) return;
  event.preventDefault();
  if (own.matches("input")) own.focus();
  own.click();
});
