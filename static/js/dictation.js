// [data-dictation="id of a text box"]: a button that adds spoken words to the box, where the browser can hear them. It's there
// before this script runs, so that nothing moves when it does, and hidden where nothing hears. What is said goes to the browser's maker, not to us, so the note beside it says so.
const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
// The browser's reasons (SpeechRecognitionErrorEvent.error) by what people are told; a second press aborts, which needs no words.
const SAID = {
  "not-allowed": "blocked",
  "service-not-allowed": "blocked",
  "audio-capture": "noMicrophone",
  "no-speech": "nothing",
  aborted: "stopped",
};

function start(box) {
  const words = box.dataset;
  const area = document.getElementById(words.dictation);
  const button = box.querySelector("button");
  const status = box.querySelector("[role=status]");
  const label = button.textContent;
  let listening;
  let isWrong;

  function add(spoken) {
    const before = area.value.trimEnd();
    area.value = before ? `${before} ${spoken}` : spoken;
    // The counter of letters listens for it, too.
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function listen() {
    const recognition = new Recognition();
    recognition.lang = document.documentElement.lang;
    recognition.continuous = true;
    recognition.addEventListener("result", ({ results, resultIndex }) => {
      for (const result of [...results].slice(resultIndex)) {
        const spoken = result[0].transcript.trim();
        if (result.isFinal && spoken) add(spoken);
      }
    });
    recognition.addEventListener("error", ({ error }) => {
      isWrong = true;
      status.textContent = words[SAID[error] ?? "failed"];
    });
    recognition.addEventListener("end", () => {
      listening = undefined;
      button.textContent = label;
      if (!isWrong) status.textContent = words.stopped;
    });
    isWrong = false;
    recognition.start();
    listening = recognition;
    button.textContent = words.stop;
    status.textContent = words.listening;
  }

  button.addEventListener("click", () => {
    // stop() still hands over what was said until now.
    if (listening) listening.stop();
    else listen();
  });
}

const hears = Recognition && window.isSecureContext;
document.querySelectorAll("[data-dictation]").forEach(hears ? start : (box) => (box.hidden = true));
