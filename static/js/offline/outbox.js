// The reports saved on this device: each with its text, its number of photos and its state.
import { make, many, say } from "./dom.js";

const BUTTON = { type: "button", class: "usa-button usa-button--outline" };

export function outbox({ section, list, status, announced, words, language, edit }) {
  const store = self.offlineStore;
  const sending = self.offlineSending;
  const day = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
  let said = "";

  const link = (url, text) => make("a", { class: "usa-button", href: url }, text);
  const button = (text, about, onclick) =>
    make("button", { ...BUTTON, onclick }, text, make("span", { class: "usa-sr-only" }, `: ${about}`));

  function state(report) {
    const about = report.words || words.noWords;
    const remove = button(words.remove, about, () => askToRemove(report, about));
    if (report.state === "sending") return { text: words.sending, actions: [] };
    if (report.state === "needs") {
      return { text: words.needs, more: report.message, actions: [link(report.url, words.answer), remove] };
    }
    if (report.state === "sent") {
      return {
        text: say(words.sent, { reference: report.reference }),
        more: [report.isDoubtful ? words.sentEarlier : "", report.message].filter(Boolean).join(" "),
        actions: [...(report.url ? [link(report.url, words.open)] : []), remove],
      };
    }
    if (report.state === "gone") return { text: words.gone, actions: [remove] };
    const change = button(words.edit, about, () => edit(report));
    const now = button(words.sendNow, about, () => sendNow(report));
    if (report.state === "failed") {
      const reasons = [report.reason === "too_big" ? words.tooBig : report.message, ...Object.values(report.problems ?? {})];
      return { text: words.failed, more: reasons.filter(Boolean).join(" "), actions: [change, now, remove] };
    }
    return {
      text: sending.isOld(report) ? words.old : words.waiting,
      more: [report.message, words.urgent].filter(Boolean).join(" "),
      actions: [now, change, remove],
    };
  }

  async function sendNow(report) {
    await store.update(report.key, { state: "waiting", confirmed: Date.now(), message: "", problems: {} });
    status.textContent = navigator.onLine ? words.sending : words.noNetwork;
    await sending.sendAll();
  }

  function askToRemove(report, about) {
    if (["sent", "gone"].includes(report.state)) {
      remove(report);
      return;
    }
    const item = list.querySelector(`[data-key="${report.key}"]`);
    const yes = button(words.removeYes, about, () => remove(report));
    item.querySelector(".actions").replaceChildren(
      make("p", {}, words.removeAsk), yes, button(words.removeNo, about, draw),
    );
    yes.focus();
  }

  async function remove(report) {
    await store.remove(report.key);
    await draw();
    status.textContent = words.removed;
    (section.hidden ? document.getElementById("words") : section.querySelector("h2")).focus();
  }

  function row(report) {
    const { text, more = "", actions } = state(report);
    const facts = [day.format(report.kept)];
    if (report.photos) facts.push(many(report.photos, words.onePhoto, words.photosMany));
    return make(
      "li",
      { class: "outbox__item panel", "data-key": report.key, "data-state": report.state },
      make("p", { class: "outbox__state" }, make("strong", {}, text)),
      more ? make("p", {}, more) : null,
      make("p", { class: "quoted", lang: report.wordsLanguage ?? report.language, dir: "auto" }, report.words || words.noWords),
      make("p", { class: "soft small" }, facts.join(" · ")),
      make("div", { class: "actions" }, ...actions),
    );
  }

  async function draw() {
    const reports = (await store.all()).filter((report) => report.state !== "writing");
    reports.sort((one, other) => other.kept - one.kept);
    section.hidden = reports.length === 0;
    // Redrawing removes focus from the list: return it to the same report.
    const focused = document.activeElement?.closest?.("[data-key]")?.dataset.key;
    list.replaceChildren(...reports.map(row));
    if (focused) list.querySelector(`[data-key="${focused}"] :is(a, button)`)?.focus();
    const now = reports.map((report) => `${report.key}${report.state}`).join();
    if (said && now !== said) {
      // For screen readers: sighted people see it in the list.
      announced.textContent = reports.map((report) => state(report).text).join(" ");
      status.textContent = "";
    }
    said = now || "-";
  }

  store.onChange(draw);
  return { draw };
}
