// Who waits for the desk: a digit takes the row that shows it.
document.addEventListener("keydown", (event) => {
  const isTyped = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.defaultPrevented || event.repeat || isTyped || event.ctrlKey || event.metaKey || event.altKey) return;
  const button = [...document.querySelectorAll("[data-waiting] [data-key]")].find((one) => one.dataset.key === event.key);
  if (button) {
    event.preventDefault();
    button.click();
  }
});
