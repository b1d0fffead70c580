// Keeps the page of an open report up to date while it is seen: asks every 20 seconds whether it changed, then gets the page and
// replaces its status and timeline. Nothing that somebody is writing is touched.
const EVERY_MS = 20_000;
const PARTS = ["report-status", "report-timeline"];
const status = document.getElementById("report-status");
const said = document.createElement("p");
said.className = "usa-sr-only";
said.setAttribute("role", "status");
status.after(said);
let state = status.dataset.live;

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(status.dataset.liveUrl, { cache: "no-store" });
    // Hidden or private by now: a reload says what there is to say.
    if (answer.status === 404) return location.reload();
    if (!answer.ok) return;
    const now = (await answer.json()).state;
    if (now === state) return;
    const page = await fetch(location.href, { cache: "no-store" });
    if (!page.ok) return;
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
    for (const id of PARTS) {
      const [old, made] = [document.getElementById(id), fresh.getElementById(id)];
      if (!old || !made) continue;
      old.className = made.className;
      old.replaceChildren(...made.childNodes);
    }
    state = now;
    said.textContent = status.dataset.liveSaid;
  } catch {
    // No connection: the next look may have one.
  }
}

setInterval(look, EVERY_MS);
document.addEventListener("visibilitychange", look);
