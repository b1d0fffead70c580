// [data-outcomes]: part of a form that only some outcomes ask for. What css/composer.css doesn't show isn't sent, whatever was typed
// into it before another outcome was chosen. A photo of the finished work answers whether someone visited, if nobody has said.
document.addEventListener("formdata", ({ target, formData }) => {
  // A form that was closed is only kept for later.
  if (!target.checkVisibility()) return;
  for (const part of target.querySelectorAll("[data-outcomes]")) {
    if (part.checkVisibility()) continue;
    for (const field of part.querySelectorAll("[name]")) formData.delete(field.name);
  }
});

// In the capture phase, since the event doesn't bubble.
document.addEventListener(
  "photos-chosen",
  ({ target, detail }) => {
    if (target.name !== "photos" || !detail.added) return;
    const visited = [...target.form.querySelectorAll("[data-outcomes] input[name=visited]")];
    if (visited.length && !visited.some((one) => one.checked)) visited.find((one) => one.value === "yes").click();
  },
  true,
);
