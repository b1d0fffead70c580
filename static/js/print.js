// button[data-print]: opens the print dialog. Hidden without this script: the browser's menu can print, too.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
