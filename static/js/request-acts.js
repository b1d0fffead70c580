// [data-request-acts]: the forms of a request's actions open over its page, where one looks, and nothing below them moves. Sent, the page
// goes on as it does without this script, by which each link leads to a page of its own.
import { FAILED, answered, ask, close, expectForm, parsed, pieceOf, say, sayOf, show } from "./act-dialog.js";

const page = document.querySelector("[data-request-acts]");

async function open(link, query = "") {
  if ("busy" in link.dataset) return;
  link.dataset.busy = "";
  expectForm();
  const url = new URL(link.href);
  for (const [name, value] of new URLSearchParams(query)) url.searchParams.set(name, value);
  url.searchParams.set("last_event", page.dataset.lastEvent);
  try {
    await take(await ask(url, "page"), link);
  } catch {
    say(FAILED);
  } finally {
    answered();
    delete link.dataset.busy;
  }
}

async function take(answer, link) {
  const next = answer.headers.get("X-Goes-To");
  if (next) {
    close();
    return location.assign(next);
  }
  if (answer.type === "opaqueredirect") return location.assign(link.href);
  const answered = parsed(await answer.text());
  const piece = pieceOf(answered);
  if (!piece) return sayOf(answered);
  show(piece, {
    key: `act:${page.dataset.requestActs}:${link.dataset.form}`,
    title: page.dataset.about,
    again: (query) => open(link, query),
    send: async (url, data) => take(await ask(url, "page", data), link),
  });
}

if (page) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-form]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    // A menu that it was in would be over the form's own page.
    link.closest("details.acts__more")?.removeAttribute("open");
    open(link);
  });
}
