// The day without a network: the stops that the phone has, and the form for the result of each.
import { make, say } from "../offline/dom.js";
import { draw as drawQueue, send, started } from "./queue.js";
import { start } from "./form.js";
import { drawServices } from "./report.js";

const store = self.crewStore;
const byId = (id) => document.getElementById(id);
const words = JSON.parse(byId("crew-words").textContent);
const OVER = ["sent", "late", "needs", "refused"];
let openStop = "";
let byDrive = true;

function choice(one) {
  const item = byId("choice-template").content.cloneNode(true);
  const input = item.querySelector("input");
  const id = `outcome_${one.code}`;
  Object.assign(input, { id, value: one.code });
  if (one.posts_words) input.dataset.posts = "";
  if (one.posts_words && !one.text) input.dataset.noWords = "";
  item.querySelector("label").htmlFor = id;
  for (const [name, text] of [["label", one.label], ["hint", one.hint], ["words", one.text]]) {
    item.querySelector(`[data-${name}]`).textContent = text;
  }
  return item;
}

function resultForm(stop, day) {
  const form = byId("result-template").content.cloneNode(true).querySelector("form");
  Object.assign(form.dataset, { number: stop.number, place: stop.address, photoUrl: stop.photo_url, foreign: stop.foreign });
  if (stop.asks_for_photo) form.dataset.asksForPhoto = "";
  form.action = stop.result_url;
  form.elements.last_event.value = stop.last_event;
  const [done, other] = ["done", "other"].map((name) => form.querySelector(`[data-choices=${name}]`));
  done.append(...stop.choices.filter((one) => one.is_done).map(choice));
  other.append(...stop.choices.filter((one) => !one.is_done).map(choice));
  form.elements.no_evidence.append(...day.no_evidence.map(({ code, words: why }) => make("option", { value: code }, why)));
  const vouch = form.querySelector("[data-vouch]");
  vouch.hidden = !stop.foreign;
  vouch.querySelector("label").textContent = say(words.vouch, { language: stop.foreign });
  if (stop.is_task) {
    form.querySelector("[data-more-summary]").textContent = words.taskMore;
    form.querySelector("[data-words-label]").textContent = words.taskWords;
    form.querySelector("[data-words-hint]").textContent = words.taskWordsHint;
    form.querySelector("[data-no-evidence]").hidden = true;
  }
  start(form, { done: () => finished() });
  return form;
}

async function finished() {
  openStop = "";
  await drawQueue();
  await drawDay();
  document.querySelector("[data-crew-count]").focus();
  document.querySelector("[data-crew-status]").textContent = words.kept;
  await send();
}

function row(stop, day, waiting) {
  const item = make(
    "li",
    { class: "kept-stop", "data-stop": stop.reference },
    make("h3", {}, stop.address || stop.service),
    make("p", {}, [stop.is_task ? words.task : "", stop.service, stop.number, stop.due].filter(Boolean).join(" · ")),
  );
  if (stop.words) item.append(make("p", { lang: stop.language, dir: "auto" }, stop.words));
  if (stop.place_note) item.append(make("p", { class: "soft", lang: stop.language, dir: "auto" }, stop.place_note));
  if (stop.is_confidential) item.append(make("p", {}, words.confidential));
  if (waiting.has(new URL(stop.result_url, location.href).href)) item.append(make("p", {}, make("strong", {}, words.isWaiting)));
  else if (stop.choices?.length) item.append(opener(item, stop, day));
  return item;
}

function opener(item, stop, day) {
  const isOpen = openStop === stop.reference;
  const button = make(
    "button",
    { type: "button", class: "usa-button usa-button--outline", "aria-expanded": String(isOpen) },
    isOpen ? words.close : words.finish,
    make("span", { class: "usa-sr-only" }, `: ${stop.address || stop.service}`),
  );
  button.addEventListener("click", async () => {
    openStop = isOpen ? "" : stop.reference;
    await drawDay({ anyway: true });
    byId("stops").querySelector(`[data-stop="${stop.reference}"] button`)?.focus();
  });
  return isOpen ? make("div", {}, button, resultForm(stop, day)) : button;
}

function inOrder({ stops, drive = [] }) {
  if (!byDrive) return stops;
  const place = new Map(drive.map((name, at) => [name, at]));
  return [...stops].sort((one, other) => place.get(one.reference) - place.get(other.reference));
}

function showOrders({ stops, drive_words: length = "" }) {
  byId("orders").hidden = stops.length < 2;
  for (const button of byId("orders").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String((button.value === "drive") === byDrive));
  }
  byId("drive-words").textContent = byDrive ? length : "";
}

for (const button of byId("orders").querySelectorAll("button")) {
  button.addEventListener("click", async () => {
    byDrive = button.value === "drive";
    await drawDay({ anyway: true });
  });
}

async function drawDay({ anyway = false } = {}) {
  // Not while somebody fills in a form.
  if (openStop && !anyway) return;
  const owner = await store.owner();
  byId("locked").hidden = Boolean(owner);
  byId("day").hidden = !owner;
  if (!owner) {
    openStop = "";
    byId("stops").replaceChildren();
    return;
  }
  const { day } = owner;
  const waiting = new Set((await store.results()).filter(({ state }) => !OVER.includes(state)).map(({ said }) => said.resultUrl));
  byId("day-heading").textContent = day.day;
  byId("stops").replaceChildren(...inOrder(day).map((stop) => row(stop, day, waiting)));
  showOrders(day);
  drawServices(day.services ?? []);
  if (!day.stops.length) byId("stops").append(make("li", {}, words.nothing));
}

// Also deletes a day that is too old while the page stays open, whatever is being filled in.
async function watch() {
  if (!(await store.owner())) openStop = "";
  await drawDay();
}

function showNetwork() {
  byId("network-off").hidden = navigator.onLine;
  byId("network-on").hidden = !navigator.onLine;
}

window.addEventListener("online", showNetwork);
window.addEventListener("offline", showNetwork);
showNetwork();
store.onChange(watch);
setInterval(watch, 60 * 1000);
await drawDay();
await started;
await drawDay();
document.querySelector("[data-crew]").dataset.ready = "yes";
