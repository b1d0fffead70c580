// [data-in-place]: opens the question that depends on a choice right below it. Focus stays where it is, and screen readers
// announce the new question. A closed question is not in the form, so it isn't sent.
function start(place) {
  const template = place.querySelector("template");
  const question = document.createElement("div");
  question.append(...(template ? template.content : place).childNodes);
  const status = document.createElement("p");
  status.className = "usa-sr-only";
  status.setAttribute("role", "status");
  place.replaceChildren();
  place.after(status);
  const choices = [...document.getElementsByName(place.dataset.inPlace)];
  const values = place.dataset.values.split("\n");

  function show(aloud) {
    const asked = choices.some((choice) => choice.checked && values.includes(choice.value));
    if (asked === question.isConnected) return;
    // Removed and put back with what was typed into it.
    if (asked) place.append(question);
    else question.remove();
    if (aloud) status.textContent = asked ? place.dataset.said : "";
  }

  for (const choice of choices) choice.addEventListener("change", () => show(true));
  // The Back button may restore the page with its choices.
  window.addEventListener("pageshow", () => show(false));
  show(false);
}

document.querySelectorAll("[data-in-place]").forEach(start);
