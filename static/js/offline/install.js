// [data-install]: a hint shown only if the browser offers to install the app, and never again after "Not now".
const hint = document.querySelector("[data-install]");
const NO = "install-hint";

function wasRefused() {
  try {
    return localStorage.getItem(NO) === "no";
  } catch {
    return false;
  }
}

window.addEventListener("beforeinstallprompt", (event) => {
  if (!hint || wasRefused()) return;
  // Prompt later, when somebody selects the button.
  event.preventDefault();
  hint.hidden = false;
  const [yes, no] = hint.querySelectorAll("button");
  yes.addEventListener("click", () => {
    hint.hidden = true;
    event.prompt();
  });
  no.addEventListener("click", () => {
    hint.hidden = true;
    try {
      localStorage.setItem(NO, "no");
    } catch {
      // A browser without storage shows the hint again.
    }
  });
});
