// The city's services by category, with a search box. "I don't know" is selected by default.
import { make, many } from "./dom.js";
import { plain } from "./plain.js";

export function serviceList({ box, filter, status, words, services, chosen }) {
  const entries = services.map((service) => ({ service, text: plain(service.find), row: radio(service) }));
  const unknown = entries.filter(({ service }) => service.code === "unknown").map(({ row }) => row);
  const groups = [...new Set(services.map((service) => service.category))].map((category) => {
    const own = entries.filter(({ service }) => service.category === category && service.code !== "unknown");
    const body = make("div", { class: "fold__body" }, ...own.map(({ row }) => row));
    return { own, fold: make("details", { class: "fold" }, make("summary", {}, category), body) };
  });
  box.append(...unknown, ...groups.filter(({ own }) => own.length).map(({ fold }) => fold));

  function radio(service) {
    const id = `service-${service.code}`;
    const input = make("input", {
      class: "usa-radio__input", type: "radio", name: "service", id, value: service.code,
      onchange: () => chosen(service.code),
    });
    const about = service.about ? make("span", { class: "usa-radio__label-description" }, service.about) : null;
    return make("div", { class: "usa-radio" }, input, make("label", { class: "usa-radio__label", for: id }, service.name, about));
  }

  function filterList() {
    const terms = plain(filter.value).trim().split(" ").filter(Boolean);
    let count = 0;
    for (const { own, fold } of groups) {
      let shown = 0;
      for (const { text, row } of own) {
        // The start of a word is enough: "pot" finds pothole.
        const fits = terms.every((word) => text.includes(` ${word}`));
        row.hidden = !fits && !row.querySelector("input").checked;
        if (fits) shown += 1;
      }
      fold.hidden = own.every(({ row }) => row.hidden);
      fold.open = terms.length > 0;
      count += shown;
    }
    status.textContent = terms.length ? (count ? many(count, words.foundOne, words.foundMany) : words.foundNone) : "";
  }
  filter.addEventListener("input", filterList);

  return {
    choose(code) {
      const { row } = entries.find(({ service }) => service.code === code) ?? entries.find((one) => one.service.code === "unknown") ?? {};
      if (!row) return;
      filter.value = "";
      row.querySelector("input").checked = true;
      filterList();
      const fold = row.closest("details");
      if (fold) fold.open = true;
    },
  };
}
