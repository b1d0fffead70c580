// [data-ring]: whose call rings at the taker's telephone. Asks every 1.5 seconds, also in a tab that isn't seen, at an address that
// ends with the session. A call is announced once, politely; its link is reached by Alt+0.
import "./desk-keys.js";

const EVERY_MS = 1500;

const box = document.querySelector("[data-ring]");

function start() {
  const words = box.querySelector("[data-ring-words]");
  const list = box.querySelector("[data-ring-calls]");
  const none = box.querySelector("[data-ring-none]");
  const reload = box.querySelector("[data-ring-reload]");
  if (reload) reload.hidden = true;

  function row(call, isFirst) {
    const item = document.createElement("li");
    item.dataset.call = call.id;
    const text = document.createElement("bdi");
    text.textContent = call.text;
    const link = document.createElement("a");
    link.className = "usa-button";
    link.href = call.url;
    link.textContent = call.action;
    if (isFirst) {
      link.dataset.key = "Alt+0";
      const key = document.createElement("kbd");
      key.textContent = "Alt 0";
      link.prepend(key, " ");
    }
    item.append(text, " ", link);
    return item;
  }

  function show(calls) {
    const others = calls.filter((call) => new URL(call.url, location.href).pathname !== location.pathname);
    const state = (call) => `${call.id} ${call.url}`;
    const shown = [...list.children].map((item) => item.dataset.state);
    if (shown.join("\n") === others.map(state).join("\n") && shown.every(Boolean)) return;
    const before = new Set([...list.children].map((item) => item.dataset.call));
    const focused = list.contains(document.activeElement) ? document.activeElement.closest("li").dataset.call : "";
    list.replaceChildren(
      ...others.map((call, index) => {
        const item = row(call, index === 0);
        item.dataset.state = state(call);
        return item;
      }),
    );
    if (focused) list.querySelector(`[data-call="${CSS.escape(focused)}"] a`)?.focus();
    const first = others.find((call) => !before.has(call.id));
    if (first) words.textContent = first.text;
    else if (!others.length) words.textContent = "";
    if (none) none.hidden = others.length > 0;
    else box.hidden = others.length === 0;
  }

  async function ask() {
    try {
      const answer = await fetch(box.dataset.ring, {
        headers: { Accept: "application/json" },
        credentials: "omit",
        redirect: "error",
      });
      if (answer.ok) show((await answer.json()).calls);
      // Signed out: the next link says so.
      else if (answer.status < 500) return;
    } catch {
      // Offline for a moment; the next question tries again.
    }
    setTimeout(ask, EVERY_MS);
  }

  ask();
}

if (box) start();
