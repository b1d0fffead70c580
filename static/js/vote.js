// a[data-vote] leads to a page with one button. Selecting it once is enough: this fetches that page, which brings the token, sends its form,
// and puts what the page then says in place of the link. Anything unexpected (closed, too many, offline) opens the page instead.
const parser = new DOMParser();

async function page(url, options) {
  const answer = await fetch(url, { credentials: "same-origin", ...options });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return parser.parseFromString(await answer.text(), "text/html");
}

async function send(form, url) {
  const body = new URLSearchParams(new FormData(form));
  return page(url, { method: "POST", body });
}

async function vote(link) {
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  try {
    let found = await page(link.href);
    const form = found.querySelector("form[data-vote-form]");
    if (form) found = await send(form, link.href);
    const result = found.querySelector("template[data-vote-result]");
    if (!result) throw new Error("no result");
    const place = document.createElement("span");
    place.className = "vote__result";
    place.tabIndex = -1;
    place.append(document.importNode(result.content, true));
    place.original = link;
    link.replaceWith(place);
    place.focus();
  } catch {
    location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-vote]");
  // With a key held down, people open it in a new tab.
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  vote(link);
});

// Before submit-once.js, which leaves alone what was prevented.
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    const place = form.closest(".vote__result");
    if (!place || !("voteUndo" in form.dataset)) return;
    event.preventDefault();
    try {
      await send(form, form.action);
      place.replaceWith(place.original);
      place.original.focus();
    } catch {
      form.submit();
    }
  },
  { capture: true },
);
