// Puts a newer preview into the frames that are there, so that they keep their place and don't flash.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "typed-preview") return;
  const newer = new DOMParser().parseFromString(event.detail.serverResponse, "text/html").querySelectorAll("#typed-pages iframe");
  const frames = [...document.querySelectorAll("#typed-pages iframe")];
  const pairs = [...newer].map((page) => [page, frames.find((frame) => frame.dataset.language === page.dataset.language)]);
  if (!pairs.length || !pairs.every(([, frame]) => frame?.contentDocument?.querySelector("main"))) return;
  for (const [page, frame] of pairs) {
    const body = new DOMParser().parseFromString(page.srcdoc, "text/html").body;
    frame.contentDocument.querySelector("main").replaceWith(frame.contentDocument.importNode(body.querySelector("main"), true));
  }
  event.detail.shouldSwap = false;
});

// A frame begins at the question that is edited, and then stays where one scrolls it.
document.addEventListener("load", (event) => {
  const frame = event.target;
  if (!frame.matches?.("#typed-pages iframe[data-field]")) return;
  const field = frame.contentDocument.getElementById(`div_id_${frame.dataset.field}`);
  if (field) frame.contentWindow.scrollTo(0, field.getBoundingClientRect().top - 16);
}, true);
