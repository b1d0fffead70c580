// [data-outcomes]: part of a form that only some outcomes ask for. What css/composer.css doesn't show isn't sent, whatever was typed
// into it before another outcome was chosen.
document.addEventListener("formdata", ({ target, formData }) => {
  // A form that was closed is only kept for later.
  if (!target.checkVisibility()) return;
  for (const part of target.querySelectorAll("[data-outcomes]")) {
    if (part.checkVisibility()) continue;
    for (const field of part.querySelectorAll("[name]")) formData.delete(field.name);
  }
});
