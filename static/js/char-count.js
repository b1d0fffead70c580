// Counts down in text areas with a limit. The page already shows the limit; this shows how much is left.
const PAUSE = 1000;
const written = new Intl.NumberFormat(document.documentElement.lang);

// Counts as the server does: code points, not UTF-16 units, and a line break as the two characters that a browser sends.
function lengthOf(text) {
  return [...text.replace(/\r?\n/g, "\r\n")].length;
}

function textFor(message, left) {
  const count = Math.abs(left);
  const kind = (count === 1 ? "one" : "") + (left < 0 ? (count === 1 ? "Over" : "over") : count === 1 ? "Left" : "left");
  return message.dataset[kind].replace("{count}", written.format(count));
}

function start(area) {
  const message = document.getElementById(`${area.id}_count`);
  if (!message || area.dataset.counting) return;
  area.dataset.counting = "yes";
  const limit = Number(area.dataset.maxCharacters);
  const spoken = document.createElement("div");
  spoken.className = "usa-sr-only";
  spoken.setAttribute("role", "status");
  message.after(spoken);
  let pause;

  function count(event) {
    const left = limit - lengthOf(area.value);
    message.textContent = textFor(message, left);
    message.classList.toggle("usa-character-count__status--invalid", left < 0);
    clearTimeout(pause);
    // Announced only near the limit and after a pause: a number for every key would drown out the text.
    if (event && left < limit / 5) pause = setTimeout(() => (spoken.textContent = textFor(message, left)), PAUSE);
  }

  area.addEventListener("input", count);
  if (area.value) count();
}

function startAll(root) {
  // What htmx swaps in may be the text area itself.
  if (root instanceof Element && root.matches("textarea[data-max-characters]")) start(root);
  root.querySelectorAll("textarea[data-max-characters]").forEach(start);
}

startAll(document);
document.addEventListener("htmx:load", (event) => startAll(event.target));
