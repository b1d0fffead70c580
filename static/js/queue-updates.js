// [data-updates]: asks every 20 seconds, while the tab is seen, what is new in the list and who is on which request. It only says so:
// rows stay where they are until somebody selects “Show”.
import { showAlarms, shownAlarms } from "./staff-alarms.js";

const EVERY_MS = 20_000;
const OFF = "announcements-off";

const box = document.querySelector("[data-updates]");

function remembered() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function start() {
  const { url, page } = box.dataset;
  const words = box.querySelector("[data-updates-words]");
  const link = box.querySelector("[data-updates-show]");
  const present = document.querySelector("[data-present]");
  const toggle = document.querySelector("[data-updates-switch]");
  const arrived = new Set();
  const changed = new Set();
  let since = "";
  let timer = 0;
  let last = 0;
  let isOff = remembered();
  let people = {};

  const rowOf = (pk) => document.querySelector(`[data-request="${CSS.escape(pk)}"]`);

  function count(name, n) {
    if (!n) return "";
    return (n === 1 ? box.dataset[`${name}One`] : box.dataset[`${name}Many`])?.replace("{n}", String(n)) ?? "";
  }

  function announce() {
    const said = [count("arrived", arrived.size), count("changed", changed.size)].filter(Boolean).join(" · ");
    const isShown = Boolean(said) && !isOff;
    box.classList.toggle("updates--some", isShown);
    link.hidden = !isShown;
    // The element is live, so the same words again would be read again.
    const shown = isShown ? said : "";
    if (words.textContent !== shown) words.textContent = shown;
  }

  function mark() {
    for (const pk of changed) rowOf(pk)?.toggleAttribute("data-changed", !isOff);
  }

  function show(now) {
    if (present) {
      const said = Object.values(now)[0] ?? "";
      if (present.textContent !== said) present.textContent = said;
      present.hidden = !said;
      return;
    }
    for (const pk of Object.keys(people)) if (!(pk in now)) rowOf(pk)?.querySelector("[data-presence]")?.remove();
    for (const [pk, said] of Object.entries(now)) {
      const row = rowOf(pk);
      if (!row) continue;
      let flag = row.querySelector("[data-presence]");
      if (!flag) {
        flag = document.createElement("span");
        flag.className = "flag presence";
        flag.dataset.presence = "";
        // Before the report's words, which may be cut off.
        const link = row.querySelector(".queue__what a");
        if (link) link.after(" ", flag);
        else row.lastElementChild.append(flag);
      }
      if (flag.textContent !== said) flag.textContent = said;
    }
    people = now;
  }

  async function ask() {
    clearTimeout(timer);
    if (document.visibilityState !== "visible") return;
    last = Date.now();
    timer = setTimeout(ask, EVERY_MS);
    const query = new URLSearchParams(location.search);
    // The address without a tab is not the same list everywhere ("/staff/mine/").
    for (const [name, value] of new URLSearchParams(box.dataset.list ?? "")) query.set(name, value);
    query.set("page", page);
    query.set("since", since);
    const peek = document.querySelector("[data-peek]:not([hidden])")?.dataset.shown;
    if (peek) query.set("peek", peek);
    query.set("alarms", shownAlarms());
    try {
      const answer = await fetch(`${url}?${query}`, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) {
        // Signed out, or a page from yesterday: its reader notices by the next link.
        if (answer.status < 500) clearTimeout(timer);
        return;
      }
      const found = await answer.json();
      if (found.outdated) {
        clearTimeout(timer);
        return;
      }
      showAlarms(found.alarms);
      since = String(found.since);
      for (const pk of found.arrived) arrived.add(String(pk));
      for (const pk of found.changed) changed.add(String(pk));
      show(found.people);
      mark();
      announce();
    } catch {
      // Offline for a moment; the next poll tries again.
    }
  }

  const address = new URL(location.href);
  address.searchParams.delete("cursor");
  link.href = address.href;
  if (toggle) {
    const paint = () => toggle.setAttribute("aria-pressed", String(!isOff));
    toggle.hidden = false;
    paint();
    toggle.addEventListener("click", () => {
      isOff = !isOff;
      try {
        localStorage.setItem(OFF, isOff ? "1" : "0");
      } catch {
        // Kept until the page is left.
      }
      paint();
      mark();
      announce();
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - last >= EVERY_MS) ask();
    else if (document.visibilityState === "visible") timer = setTimeout(ask, EVERY_MS - (Date.now() - last));
    else clearTimeout(timer);
  });
  box.hidden = false;
  ask();
}

if (box) start();
