// The 311 desk. Its keys press the buttons that show them, digits choose, and what is typed is saved at each pause. Esc does nothing here,
// so that no word is ever lost by it.
import { nameOf } from "./desk-keys.js";

const desk = document.getElementById("desk");
const PAUSE_MS = 800;

// --- Keys ------------------------------------------------------------------------------------------------------------

const isTyping = (element) =>
  element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

// A digit takes a choice of the step: a radio button, or a button that answers it.
function choose(number) {
  // What is beside the step, such as reports to join, comes first.
  const choices = [
    ...desk.querySelectorAll(".desk-help [data-choice], #desk-step input[type=radio], #desk-step [data-choice]"),
  ]
    .filter((choice) => choice.getClientRects().length)
    .sort((one, other) => Number(Boolean(other.closest(".desk-help"))) - Number(Boolean(one.closest(".desk-help"))));
  const shown = choices.find((choice) => choice.dataset.digit === String(number));
  if (shown) {
    shown.focus();
    shown.click();
    return true;
  }
  const focused = document.activeElement;
  const group = focused?.matches?.("input[type=radio]") ? choices.filter((one) => one.name === focused.name) : choices;
  const choice = group[number - 1];
  if (!choice) return false;
  choice.focus();
  choice.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || !("keys" in desk.dataset)) return;
  const name = nameOf(event);
  if (/^[1-9]$/.test(name) && !isTyping(document.activeElement) && choose(Number(name))) event.preventDefault();
});

// Enter in a radio button sends its step, as in a field.
document.getElementById("desk-step")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input[type=radio], input[type=checkbox]")) {
    event.preventDefault();
    event.currentTarget.querySelector("button[data-key], button[type=submit]")?.click();
  }
});

// --- Where typing goes on ----------------------------------------------------------------------------------------------

// Of the questions of a step, only the one in focus is to be said.
const lines = [...desk.querySelectorAll(".desk-script [data-of]")];
document.getElementById("desk-step")?.addEventListener("focusin", (event) => {
  const { name } = event.target;
  if (lines.some((line) => line.dataset.of === name)) for (const line of lines) line.hidden = line.dataset.of !== name;
});

const fields = "input:not([type=hidden]), textarea, select, button:not([tabindex='-1'])";
const isFilled = (field) => field.matches("textarea, input:not([type=radio]):not([type=checkbox])") && field.value.trim() !== "";
const inStep =
  document.querySelector(":is(.desk-step, .desk-outcome) .usa-input--error") ??
  [...document.querySelectorAll(`.desk-step :is(${fields})`)].find((field) => !isFilled(field));
// Of radio buttons, the one that is chosen already.
const chosen = inStep?.matches("[type=radio]") && document.querySelector(`.desk-step [name="${inStep.name}"]:checked`);
// A question that no Enter may answer by itself is read first.
const first = desk.querySelector("[data-focus]") || chosen || inStep || document.getElementById("box");
first.focus();

// --- Saved at each pause -----------------------------------------------------------------------------------------------

function save(form) {
  const data = new FormData(form);
  const body = new URLSearchParams([...data].filter(([, value]) => typeof value === "string"));
  fetch(desk.dataset.save, { method: "POST", body, keepalive: true }).catch(() => {});
}

let timer;
for (const form of desk.querySelectorAll(".desk-box, [data-step], .desk-outcome form")) {
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => save(form), PAUSE_MS);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}

// --- What the box suggests ---------------------------------------------------------------------------------------------

// Selecting a suggestion is the answer: nothing else is to be typed.
document.getElementById("box").addEventListener("place-chosen", (event) => {
  const { form } = event.target;
  form.elements.pick.value = event.detail.pick ?? "";
  form.requestSubmit();
});

// --- How long it has been ----------------------------------------------------------------------------------------------

const clock = desk.querySelector("[data-since]");
const since = new Date(clock.dataset.since);
const twoDigits = (number) => String(number).padStart(2, "0");
setInterval(() => {
  const seconds = Math.max(0, Math.round((Date.now() - since) / 1000));
  clock.textContent = `${Math.floor(seconds / 60)}:${twoDigits(seconds % 60)}`;
}, 1000);
