// "Forget me on this device" on the offline page: asks for confirmation, since unsent reports are lost; works without a network.
import { forgetAll } from "./forget.js";

const byId = (id) => document.getElementById(id);
const words = JSON.parse(byId("offline-words").textContent);
const { tokenUrl } = byId("offline").dataset;

byId("forget").addEventListener("click", () => {
  byId("forget-ask").hidden = false;
  byId("forget-ask").focus();
});
byId("forget-no").addEventListener("click", () => {
  byId("forget-ask").hidden = true;
  byId("forget").focus();
});
byId("forget-yes").addEventListener("click", async () => {
  await forgetAll();
  // Only the server can delete the cookies; without a network, they stay until the button is selected again.
  let confirmed = false;
  try {
    const { token } = await (await fetch(tokenUrl, { cache: "no-store" })).json();
    const answer = await fetch(words.forgetUrl, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" });
    confirmed = answer.type === "opaqueredirect" || answer.ok;
  } catch {
    // No network.
  }
  if (confirmed) location.assign(words.homeUrl);
  else {
    byId("forget-ask").hidden = true;
    byId("forget-status").textContent = words.forgotOffline;
    document.dispatchEvent(new Event("forgotten"));
  }
});
