// The popup of the public map. For reports it fetches their cards, and asks again while it is open: what was hidden or became
// private meanwhile leaves it within half a minute.

const AGAIN_MS = 15000;

function anchor(href, text) {
  const made = document.createElement("a");
  made.href = href;
  made.textContent = text;
  return made;
}

function paragraph(className, text) {
  const made = document.createElement("p");
  made.className = className;
  made.textContent = text;
  return made;
}

export class Popups {
  // listAround(lngLat): the address of a list of what is around there.
  constructor({ map, maplibre, box, words, listAround }) {
    Object.assign(this, { map, maplibre, box, words, listAround });
    this.day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
    // Who has moved the map stays there.
    map.on("movestart", ({ originalEvent }) => originalEvent && delete this.popup?.pannedFrom);
  }

  close() {
    this.popup?.remove();
  }

  // Closes it and takes back the pan that brought it into view, so that the same key opens the same reports again.
  leave() {
    const from = this.popup?.isOpen() && this.popup.pannedFrom;
    this.close();
    if (from) this.map.panTo(from);
  }

  show(lngLat, inside, from) {
    this.close();
    const popup = new this.maplibre.Popup({ maxWidth: "20rem", offset: 14 }).setLngLat(lngLat).setDOMContent(inside).addTo(this.map);
    this.popup = popup;
    this.bringIntoView();
    popup.on("close", () => {
      clearInterval(popup.again);
      // Return focus for keyboard users.
      from.focus({ preventScroll: true });
    });
    return popup;
  }

  // Pans so that the whole popup is visible.
  bringIntoView() {
    const part = this.popup.getElement().getBoundingClientRect();
    const whole = this.box.getBoundingClientRect();
    const over = (low, high, from, to) => Math.min(0, low - from) || Math.max(0, high - to);
    const by = [over(part.left, part.right, whole.left, whole.right), over(part.top, part.bottom, whole.top, whole.bottom)];
    if (!by.some(Boolean)) return;
    this.popup.pannedFrom ??= this.map.getCenter();
    this.map.panBy(by.map((pixels) => pixels + 8 * Math.sign(pixels)));
  }

  // Of reports: [reference, service, status or outcome, state, day]. number: how many there are, named or not.
  showReports(lngLat, reports, number, from) {
    const inside = document.createElement("div");
    if (number > 1) inside.append(paragraph("map-popup__several", this.words.several.replace("{number}", number)));
    const cards = document.createElement("div");
    cards.append(this.inWords(reports));
    inside.append(cards);
    if (number > reports.length) inside.append(anchor(this.listAround(lngLat), this.words.all));
    const popup = this.show(lngLat, inside, from);
    const url = this.box.dataset.cards.replace("REFERENCE", reports.map(([reference]) => encodeURIComponent(reference)).join(","));
    this.fill(popup, cards, url);
    popup.again = setInterval(() => this.fill(popup, cards, url), AGAIN_MS);
  }

  // What the tile says, until the cards are there, and if they can't be had.
  inWords(reports) {
    const list = document.createElement("ul");
    list.className = "map-popup";
    for (const [reference, service, code, state, on] of reports) {
      const item = document.createElement("li");
      const status = document.createElement("span");
      status.textContent = `${this.words.statuses[code] ?? this.words[state]} · ${this.day.format(new Date(on))}`;
      item.append(anchor(this.box.dataset.track.replace("REFERENCE", encodeURIComponent(reference)), service), status);
      list.append(item);
    }
    return list;
  }

  async fill(popup, cards, url) {
    let html;
    try {
      // Again: what the browser kept may be about a report that isn't public anymore.
      const answer = await fetch(url, cards.dataset.html === undefined ? {} : { cache: "no-cache" });
      if (answer.status === 404) html = "";
      else if (answer.ok) html = await answer.text();
      else return;
    } catch {
      return;
    }
    if (!popup.isOpen() || cards.dataset.html === html) return;
    const isFirst = cards.dataset.html === undefined;
    cards.dataset.html = html;
    const hadFocus = cards.contains(document.activeElement);
    if (html) {
      const made = document.createElement("template");
      made.innerHTML = html;
      cards.replaceChildren(made.content);
    } else {
      cards.replaceChildren(paragraph("", this.words.gone));
    }
    if (hadFocus) (cards.querySelector("a") ?? popup.getElement().querySelector("button")).focus({ preventScroll: true });
    if (isFirst) this.bringIntoView();
  }
}
