// "Forget me on this device": what scripts kept goes before the form is sent, also where the browser does not know the
// answer's Clear-Site-Data.
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
      // Past this listener: submit() sends no event.
      form.submit();
    }
  });
}
