// A button in place of a file control, whose own words ("No file chosen") are wrong as soon as a script has taken its files.
export function showButton(input, button) {
  button.hidden = false;
  const described = input.getAttribute("aria-describedby");
  if (described) button.setAttribute("aria-describedby", described);
  input.classList.add("usa-sr-only");
  input.tabIndex = -1;
  input.setAttribute("aria-hidden", "true");
  button.addEventListener("click", () => input.click());
  // The error summary links to the control.
  input.addEventListener("focus", () => button.focus());
}
