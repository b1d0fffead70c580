// Words typed while an answer was on its way stay: what it brings, such as the template for another outcome, doesn't replace them.
const plain = (words) => (words ?? "").replaceAll("\r\n", "\n");

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target, requestConfig } = detail;
  if (target instanceof HTMLTextAreaElement && plain(target.value) !== plain(requestConfig.parameters[target.name])) {
    detail.shouldSwap = false;
  }
});
