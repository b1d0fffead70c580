// The offline page's own "Forget me on this device": asks once more, since what is not sent is lost; works without a network.
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
  // The cookies are the server's to take back; without a network they stay until the button is pressed with one.
  let told = false;
  try {
    const { token } = await (await fetch(tokenUrl, { cache: "no-store" })).json();
    const answer = await fetch(words.forgetUrl, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" });
    told = answer.type === "opaqueredirect" || answer.ok;
  } catch {
    // No network.
  }
  if (told) location.assign(words.homeUrl);
  else {
    byId("forget-ask").hidden = true;
    byId("forget-status").textContent = words.forgotOffline;
    document.dispatchEvent(new Event("forgotten"));
  }
});
