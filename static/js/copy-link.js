// [data-copy="id of the element to copy"]: a copy button, hidden without this script.
async function copy(text, source) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without HTTPS there is no clipboard API: select the text, so that people can copy it themselves.
  const selection = window.getSelection();
  selection.selectAllChildren(source);
  if (!document.execCommand("copy")) throw new Error("no clipboard");
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) continue;
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  button.after(status);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await copy(source.value ?? source.textContent.trim(), source);
      status.textContent = button.dataset.copied;
    } catch {
      status.textContent = button.dataset.failed;
    }
  });
}
