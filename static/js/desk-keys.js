// The keys of the 311 desk: each presses the button, link or box that shows it, [data-key].

// As staff_app/desk/keys.py writes it. With Alt, some keyboards type another sign, so the key itself counts.
export function nameOf(event) {
  const isHeld = event.ctrlKey || event.metaKey || event.altKey;
  const code = event.altKey && /^(Digit|Key)(.)$/.exec(event.code);
  const key = code ? code[2] : event.key.length === 1 && isHeld ? event.key.toUpperCase() : event.key;
  return [
    event.ctrlKey || event.metaKey ? "Ctrl+" : "",
    event.altKey ? "Alt+" : "",
    event.shiftKey && (isHeld || event.key.length > 1) ? "Shift+" : "",
    key,
  ].join("");
}

function press(element) {
  if (element.matches("input")) {
    element.focus();
    element.select();
  } else if (element.matches("a[href]")) {
    // While Alt or Ctrl is down, a browser may save what is clicked, or open it in another tab.
    location.assign(element.href);
  } else {
    element.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat) return;
  const target = document.querySelector(`[data-key="${CSS.escape(nameOf(event))}"]`);
  if (!target) return;
  event.preventDefault();
  press(target);
});
