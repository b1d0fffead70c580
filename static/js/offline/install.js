// [data-install]: a quiet hint, only where the browser offers to install, and never again on a device that said no.
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
  // Its own time: when somebody presses the button.
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
      // A browser that keeps nothing asks again.
    }
  });
});
