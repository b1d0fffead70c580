// Ignores a second submit of a form that is already being sent. The server is safe without this (each form has a key), but it
// spares people the wait and the doubt. Forms sent by htmx have hx-disabled-elt and are left alone.
const RELEASE_AFTER = 10000;

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
  // After people stop the page from loading, they can submit again.
  setTimeout(() => release(form), RELEASE_AFTER);
});

function release(form) {
  delete form.dataset.sending;
  for (const button of form.elements) button.removeAttribute("aria-disabled");
}

// The Back button restores the page from the cache as it was left: being sent.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
