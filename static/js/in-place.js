// [data-in-place]: the one simple question that hangs on a choice opens right below it. Focus stays where it is; a screen
// reader hears that there is one more question. What is not open is not in the form, so that it is not sent either.
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
    // Taken out and put back with what was typed into it.
    if (asked) place.append(question);
    else question.remove();
    if (aloud) status.textContent = asked ? place.dataset.said : "";
  }

  for (const choice of choices) choice.addEventListener("change", () => show(true));
  // Back may bring the page with the choices as they were left.
  window.addEventListener("pageshow", () => show(false));
  show(false);
}

document.querySelectorAll("[data-in-place]").forEach(start);
