// [data-crew]: the results that wait on this phone, each with its state. Sends them, and asks the city for the day: on each page of
// the crew, when the network is back, and every five minutes while the page is seen.
import { make, many, say } from "../offline/dom.js";
import "../offline/database.js";
import "./store.js";
import "./sending.js";

const store = self.crewStore;
const sending = self.crewSending;
const EVERY = 5 * 60 * 1000;
const section = document.querySelector("[data-crew]");
const words = JSON.parse(document.getElementById("crew-words").textContent);
const count = section.querySelector("[data-crew-count]");
const list = section.querySelector("[data-crew-list]");
const status = section.querySelector("[data-crew-status]");
const time = new Intl.DateTimeFormat(section.dataset.language, { timeStyle: "short" });
const BUTTON = { type: "button", class: "usa-button usa-button--outline" };
const OVER = ["sent", "late", "needs"];
let announced = "";

function row({ key, state, kept, said }) {
  const about = [said.number, said.place].filter(Boolean).join(", ");
  const button = (text, onclick) => make("button", { ...BUTTON, onclick }, text, make("span", { class: "usa-sr-only" }, `: ${about}`));
  const remove = button(words.remove, () => (OVER.includes(state) ? store.remove(key) : ask()));
  const actions = state === "waiting" ? [button(words.sendNow, send), remove] : state === "sending" ? [] : [remove];
  const more = { gone: words.gone, too_big: words.too_big }[said.message] ?? said.message ?? "";
  const item = make(
    "li",
    { class: "panel", "data-key": key, "data-state": state },
    make("p", {}, make("strong", {}, words[state])),
    make("p", {}, [about, said.label].filter(Boolean).join(": ")),
    more ? make("p", {}, more) : null,
    said.url ? make("p", {}, make("a", { href: said.url }, words.answer)) : null,
    state === "refused" && said.message !== "gone" ? make("p", {}, words.refusedHelp) : null,
    make("p", { class: "soft small" }, [time.format(kept), photos(said.photos)].filter(Boolean).join(" · ")),
    make("div", { class: "crew-queue__actions" }, ...actions),
  );

  // It is lost then, so it asks first.
  function ask() {
    const yes = button(words.removeYes, () => store.remove(key));
    item.lastElementChild.replaceChildren(make("p", {}, words.removeAsk), yes, button(words.removeNo, draw));
    yes.focus();
  }
  return item;
}

const photos = (number) => (number ? many(number, words.onePhoto, words.photosMany) : "");

export async function draw() {
  const results = (await store.results()).reverse();
  const waiting = results.filter(({ state }) => !OVER.includes(state)).length;
  count.hidden = waiting === 0;
  count.textContent = many(waiting, words.oneWaiting, words.manyWaiting);
  const focused = document.activeElement?.closest?.("[data-key]")?.dataset.key;
  list.replaceChildren(...results.map(row));
  if (focused) (list.querySelector(`[data-key="${focused}"] button`) ?? section.querySelector("h2")).focus();
  // For screen readers: sighted people see it in the list.
  const now = results.map(({ key, state }) => `${key}${state}`).join();
  if (announced && now !== announced) status.textContent = results.map(({ state, said }) => `${said.number}: ${words[state]}`).join(". ");
  announced = now || "-";
}

export async function send() {
  if (navigator.onLine) await sending.sendAll();
  await draw();
}

async function start() {
  const { worker, crew } = section.dataset;
  navigator.serviceWorker?.register(worker, { scope: crew, updateViaCache: "none" }).catch(() => {});
  store.onChange(draw);
  window.addEventListener("online", send);
  setInterval(() => {
    if (document.visibilityState === "visible") send();
  }, EVERY);
  await draw();
  await send();
}

export const started = start().then(
  () => true,
  // A browser that keeps nothing (a private window): the pages work as without a script.
  () => false,
);
