// "Forget me on this device": deletes what scripts saved before the form is sent, even in browsers without support for the
// response's Clear-Site-Data header.
import "./database.js";
import "./store.js";

export async function forgetAll() {
  await self.offlineStore.forget();
  for (const name of (await self.caches?.keys()) ?? []) await caches.delete(name);
  for (const registration of (await navigator.serviceWorker?.getRegistrations()) ?? []) await registration.unregister();
  localStorage.clear();
  sessionStorage.clear();
}

for (const form of document.querySelectorAll("form[data-forget]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await forgetAll();
    } finally {
      // submit() fires no event, so it doesn't call this listener again.
      form.submit();
    }
  });
}
