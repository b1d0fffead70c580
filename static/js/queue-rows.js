// The rows of the queue, and which of them is the current one. Shared by the keys and by what they do.
const LEAVES_MS = 160;
let current = null;
// Where a row was that has left the list: the ids of those that came after it.
const places = new Map();

export const linkOf = (row) => row?.querySelector(".queue__what a[href]");
export const rows = () => [...document.querySelectorAll("table.queue tbody tr:not([data-leaving])")].filter((row) => linkOf(row));
export const rowOf = (pk) => document.querySelector(`table.queue tr[data-request="${CSS.escape(String(pk))}"]:not([data-leaving])`);

export function currentRow() {
  const focused = document.activeElement?.closest("table.queue tbody tr:not([data-leaving])");
  if (focused) current = focused;
  return current?.isConnected && !("leaving" in current.dataset) ? current : null;
}

export function goTo(row) {
  if (!row) return;
  current = row;
  linkOf(row).focus();
  row.scrollIntoView({ block: "nearest" });
  document.dispatchEvent(new CustomEvent("row-current", { detail: row }));
}

// The row so many steps away; at the end of the list, the last one.
export function neighborOf(row, step) {
  const all = rows();
  const at = all.indexOf(row);
  return all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
}

// What the address of its request ends with, and the number of its last event, for the forms that act on it.
export const listOf = (row) => new URL(linkOf(row).href).searchParams.get("list") ?? "";
export const urlOf = (row, verb) => `${new URL(linkOf(row).href).pathname}${verb}/`;

export function replace(old, row) {
  const tick = old.querySelector("[data-row-tick]");
  if (tick?.checked) row.querySelector("[data-row-tick]").checked = true;
  if (current === old) current = row;
  old.replaceWith(row);
}

// Takes a row out of the list. Nothing can be done with it while it leaves.
export function leave(row) {
  const all = rows();
  places.set(row.dataset.request, all.slice(all.indexOf(row) + 1).map((other) => other.dataset.request));
  row.dataset.leaving = "";
  setTimeout(() => row.remove(), matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : LEAVES_MS);
}

// Puts a row back to where it was.
export function bringBack(row) {
  const next = (places.get(row.dataset.request) ?? []).map(rowOf).find(Boolean);
  if (next) next.before(row);
  else document.querySelector("table.queue tbody")?.append(row);
}
