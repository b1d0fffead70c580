// On every staff page: nobody finds the day of another on this phone, and nobody deletes unsent results without being told.
// form[data-crew-sign-out]: the sign-out, with the user's id. [data-crew-signed-out]: the sign-in page.
import { many } from "../offline/dom.js";

// Doesn't create a database on a device that never was a crew's.
async function isKnown() {
  try {
    const known = (await indexedDB.databases?.()) ?? [{ name: "crew" }];
    return known.some(({ name }) => name === "crew");
  } catch {
    return false;
  }
}

function ask(form, count) {
  const box = form.querySelector("[data-unsent]");
  box.querySelector("[data-unsent-words]").textContent = many(count, form.dataset.oneUnsent, form.dataset.manyUnsent);
  box.hidden = false;
  box.querySelector("button").focus();
}

if (await isKnown()) {
  await import("../offline/database.js");
  await import("./store.js");
  const store = self.crewStore;
  const forms = document.querySelectorAll("form[data-crew-sign-out]");
  const owner = await store.owner();
  const user = forms[0]?.dataset.crewSignOut;
  if (owner && (document.querySelector("[data-crew-signed-out]") || (user && user !== owner.user))) await store.lock();
  for (const form of forms) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const count = event.submitter?.hasAttribute("data-anyway") ? 0 : await store.unsent(user);
      if (count) return ask(form, count);
      await store.wipe(user);
      // submit() fires no event.
      form.submit();
    });
  }
}
