// [data-alarms]: the alarms that ring, on every staff page. Asks every 20 seconds, also in a tab that isn't seen, unless the page's
// other poll (queue-updates.js) has just brought them. Title, bell and lines say it; the sound is for those who switched it on.
const EVERY_MS = 20_000;
const SOUND = "alarm-sound";

const box = document.querySelector("[data-alarms]");
const bell = document.querySelector(".staff-bell");
const toggle = document.querySelector("[data-alarm-sound]");
const title = document.title;
let heard = 0;
let audio = null;

function isLoud() {
  try {
    return localStorage.getItem(SOUND) === "1";
  } catch {
    return toggle?.getAttribute("aria-pressed") === "true";
  }
}

// Two short tones. A browser that lets no page sound before somebody has used it stays silent.
async function ring() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, 500))]);
  if (audio.state !== "running") return;
  for (const [at, pitch] of [[0, 880], [0.25, 660]]) {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    tone.frequency.value = pitch;
    loudness.gain.value = 0.15;
    tone.connect(loudness).connect(audio.destination);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + at + 0.2);
  }
}

function ids() {
  return [...box.querySelectorAll("[data-alarm]")].map((line) => line.dataset.alarm);
}

function words(n) {
  return n === 1 ? box.dataset.one : box.dataset.many.replace("{n}", String(n));
}

function mark(n) {
  // After an error, its word stays first.
  const at = title.startsWith("Error: ") ? "Error: ".length : 0;
  document.title = n ? `${title.slice(0, at)}(${words(n)}) ${title.slice(at)}` : title;
  bell?.classList.toggle("staff-bell--alarm", n > 0);
}

export function shownAlarms() {
  return box ? ids().join(",") : "";
}

export function showAlarms(found) {
  if (!box || !found) return;
  heard = Date.now();
  const before = new Set(ids());
  const isNew = found.ids.some((id) => !before.has(String(id)));
  if (found.html !== null) {
    const lines = box.querySelector("[data-alarms-lines]");
    const wasOpen = Boolean(lines.querySelector("details[open]"));
    lines.replaceChildren(...new DOMParser().parseFromString(found.html, "text/html").body.children);
    if (wasOpen) lines.querySelector("details")?.setAttribute("open", "");
    box.querySelector("[data-alarms-words]").textContent = isNew ? words(found.ids.length) : "";
  }
  mark(found.ids.length);
  if (isNew && isLoud()) ring();
}

async function ask() {
  if (Date.now() - heard < EVERY_MS - 1000) return;
  try {
    const query = new URLSearchParams({ alarms: shownAlarms() });
    const answer = await fetch(`${box.dataset.url}?${query}`, { headers: { Accept: "application/json" }, redirect: "error" });
    if (answer.ok) showAlarms((await answer.json()).alarms);
    else if (answer.status < 500) clearInterval(timer);
  } catch {
    // Offline for a moment; the next poll tries again.
  }
}

let timer = 0;
if (box) {
  heard = Date.now();
  mark(ids().length);
  timer = setInterval(ask, EVERY_MS);
  if (toggle) {
    const paint = () => toggle.setAttribute("aria-pressed", String(isLoud()));
    toggle.hidden = false;
    paint();
    toggle.addEventListener("click", () => {
      const on = toggle.getAttribute("aria-pressed") !== "true";
      try {
        localStorage.setItem(SOUND, on ? "1" : "0");
      } catch {
        // Kept until the page is left.
      }
      toggle.setAttribute("aria-pressed", String(on));
      if (on) ring();
    });
  }
}
