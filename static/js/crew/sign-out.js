// On every staff page: nobody finds the day of another on this phone, and nobody deletes unsent results without being told.
// form[data-crew-sign-out]: the sign-out, with the user's id. [data-crew-signed-out]: the sign-in page.
import { many } from "../offline/dom.js";

const PATIENCE_MS = 5000;
const forms = document.querySelectorAll("form[data-crew-sign-out]");
const user = forms[0]?.dataset.crewSignOut;

// Doesn't create a database on a device that never was a crew's.
async function isKnown() {
  try {
    const known = (await indexedDB.databases?.()) ?? [{ name: "crew" }];
    return known.some(({ name }) => name === "crew");
  } catch {
    return false;
  }
}

// The store of this device, once the day of somebody else in it is locked; undefined on one that never was a crew's.
async function openStore() {
  if (!(await isKnown())) return undefined;
  await import("../offline/database.js");
  await import("./store.js");
  const store = self.crewStore;
  const owner = await store.owner();
  if (owner && (document.querySelector("[data-crew-signed-out]") || (user && user !== owner.user))) await store.lock();
  return store;
}

function ask(form, count) {
  const box = form.querySelector("[data-unsent]");
  box.querySelector("[data-unsent-words]").textContent = many(count, form.dataset.oneUnsent, form.dataset.manyUnsent);
  box.hidden = false;
  box.querySelector("button").focus();
}

const opened = openStore();
// From the beginning: a press must not sign out before the store could tell what isn't sent yet.
for (const form of forms) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const anyway = event.submitter?.hasAttribute("data-anyway");
    // Somebody who wants to leave can, even if the browser doesn't open its database. What isn't sent stays sealed then.
    const store = await Promise.race([opened.catch(() => undefined), new Promise((go) => setTimeout(go, PATIENCE_MS))]);
    const count = !store || anyway ? 0 : await store.unsent(user);
    if (count) return ask(form, count);
    await store?.wipe(user);
    // submit() fires no event.
    form.submit();
  });
}
