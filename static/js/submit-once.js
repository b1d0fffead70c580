// A second press on a form that is on its way does nothing. The server is safe without this (each form carries a key);
// it saves people the wait and the doubt. Forms that htmx sends have hx-disabled-elt and are left alone.
const PATIENCE = 10000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method.toLowerCase() !== "post") return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  // Not `disabled`: a disabled button's name and value would not be sent, and focus would be lost.
  event.submitter?.setAttribute("aria-disabled", "true");
  // Whoever stopped the page from loading can press again.
  setTimeout(() => release(form), PATIENCE);
});

function release(form) {
  delete form.dataset.sending;
  for (const button of form.elements) button.removeAttribute("aria-disabled");
}

// Back brings the page out of the browser's memory as it was left: on its way.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
