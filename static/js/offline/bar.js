// On every page: shows that reports are waiting on this device, and sends them.
import { many } from "./dom.js";
import "./database.js";
import "./store.js";
import "./sending.js";

const bar = document.querySelector("[data-outbox-bar]");

async function draw() {
  const reports = await self.offlineStore.all();
  const count = (...states) => reports.filter((report) => states.includes(report.state)).length;
  const waiting = count("waiting", "sending", "failed");
  const asks = count("needs");
  const { oneWaiting, manyWaiting, oneAsks, manyAsks } = bar.dataset;
  const said = [];
  if (waiting) said.push(many(waiting, oneWaiting, manyWaiting));
  if (asks) said.push(many(asks, oneAsks, manyAsks));
  bar.hidden = said.length === 0;
  const words = bar.querySelector("[data-outbox-words]");
  if (words.textContent !== said.join(" ")) words.textContent = said.join(" ");
}

// Don't create a database on a device that never saved anything.
async function isKnown() {
  try {
    const known = (await indexedDB.databases?.()) ?? [{ name: "reports" }];
    return known.some(({ name }) => name === "reports");
  } catch {
    return false;
  }
}

if (bar && (await isKnown())) {
  self.offlineStore.onChange(draw);
  await draw();
  window.addEventListener("online", () => self.offlineSending.sendAll());
  await self.offlineSending.sendAll();
}
