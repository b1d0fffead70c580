// For place-map.js on the report's place page: the city's lamps, bins or trees as icons, and open reports of the same kind as dots.
// Selecting one opens a card over the map's lower edge. The pages after this one ask the same without a map or a script.
const METERS_IN_A_FOOT = 0.3048;
const PAUSE = 250;
// What was hidden or became private leaves an open card within half a minute.
const AGAIN_MS = 15000;
// Icons from here on: farther out they would cover each other.
const ICONS_FROM = 16.9;
const DOTS_FROM = 15;
// Of the icons that ship; whatever else a city has is a plain ring.
const ICONS = [
  [/light|lamp|signal/, "lightbulb"],
  [/bin|cart|trash/, "delete"],
  [/tree/, "park"],
  [/hydrant/, "local_fire_department"],
  [/sign/, "info"],
];

export function icon(kind, sprite) {
  const name = ICONS.find(([pattern]) => pattern.test(kind))?.[1];
  if (!name) return null;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "usa-icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

function meters([x, y], [toX, toY]) {
  const across = (toX - x) * Math.cos((y * Math.PI) / 180);
  return Math.hypot(across, toY - y) * 111195;
}

// start({ map, maplibre, details, put, pinAt }): put([x, y]) sets the pin, pinAt() answers where it is.
export function start({ map, maplibre, details, put, pinAt }) {
  const form = details.closest("form");
  const stage = details.querySelector(".place-map__stage");
  const assetCard = stage.querySelector("[data-asset-card]");
  const reportCard = stage.querySelector("[data-report-card]");
  const metric = details.querySelector(".map").dataset.units === "metric";
  const shown = new Map();
  const declined = new Set();
  let card;
  let opener;
  let pause;
  let loading = new AbortController();
  let again;
  let ofCard;

  function field(name) {
    const found = form.querySelector(`input[type=hidden][name=${name}]`);
    if (found) return found;
    const made = Object.assign(document.createElement("input"), { type: "hidden", name });
    form.append(made);
    return made;
  }

  function close() {
    clearInterval(again);
    ofCard = null;
    card?.remove();
    card = null;
    if (opener?.isConnected) opener.focus();
  }

  function open(template, button) {
    clearInterval(again);
    ofCard = null;
    card?.remove();
    opener = button;
    card = document.importNode(template.content, true).firstElementChild;
    stage.append(card);
    card.querySelector("[data-close]").addEventListener("click", close);
    card.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
    });
    return card;
  }

  // Its nearest address, and the side of the street.
  async function whereIs({ lat, long }) {
    const query = new URLSearchParams({ lat, long, side: 1, language: document.documentElement.lang });
    try {
      const answer = await fetch(`${details.dataset.nearest}?${query}`);
      const [place] = answer.ok ? await answer.json() : [];
      return place ? [place.side, place.label].filter(Boolean).join(" · ") : "";
    } catch {
      // The number is enough.
      return "";
    }
  }

  async function showAsset(asset, button) {
    const opened = open(assetCard, button);
    opened.querySelector("[data-name]").textContent = asset.name;
    opened.querySelector("[data-use]").addEventListener("click", () => {
      put([asset.long, asset.lat]);
      field("asset").value = asset.number;
      for (const { element } of shown.values()) element.removeAttribute("aria-pressed");
      button.setAttribute("aria-pressed", "true");
      close();
    });
    opened.focus();
    opened.querySelector("[data-address]").textContent = await whereIs(asset);
  }

  function away(report) {
    const pin = pinAt();
    if (!pin) return "";
    const length = meters(pin, [report.long, report.lat]);
    return metric ? `${Math.round(length)} m` : `${Math.round(length / METERS_IN_A_FOOT / 10) * 10} ft`;
  }

  function showReport(report, button) {
    const opened = open(reportCard, button);
    const name = opened.querySelector("[data-name]");
    Object.assign(name, { href: report.url, textContent: report.title });
    opened.querySelector("[data-facts]").textContent = [report.status, report.ago, away(report)].filter(Boolean).join(" · ");
    const words = opened.querySelector("[data-words]");
    words.textContent = report.words;
    words.lang = report.language;
    const photo = opened.querySelector("[data-photo]");
    if (report.photo) photo.src = report.photo;
    else photo.remove();
    const same = opened.querySelector("[data-same]");
    same.value = report.reference;
    same.formAction = details.dataset.follow;
    opened.querySelector("[data-different]").addEventListener("click", () => {
      declined.add(report.reference);
      const kept = Object.assign(document.createElement("input"), { type: "hidden", name: "not_same", value: report.reference });
      form.append(kept);
      shown.get(`r${report.reference}`)?.marker.remove();
      shown.delete(`r${report.reference}`);
      close();
    });
    ofCard = report;
    again = setInterval(load, AGAIN_MS);
    opened.focus();
  }

  // The card of a report that isn't among the public ones anymore.
  function empty() {
    clearInterval(again);
    const gone = Object.assign(document.createElement("p"), { textContent: reportCard.dataset.gone });
    gone.setAttribute("role", "status");
    const button = card.querySelector("[data-close]");
    card.replaceChildren(gone, button);
    ofCard = null;
    button.focus({ preventScroll: true });
  }

  function add(key, place, className, label, select, content) {
    if (shown.has(key)) return;
    const element = document.createElement("button");
    // Without a stop for the Tab key: there may be hundreds, and the next pages list the nearest.
    Object.assign(element, { type: "button", className, title: label, tabIndex: -1 });
    element.setAttribute("aria-label", label);
    if (content) element.append(content);
    element.addEventListener("click", (event) => {
      // The map below would set the pin.
      event.stopPropagation();
      select(element);
    });
    const marker = new maplibre.Marker({ element }).setLngLat([place.long, place.lat]).addTo(map);
    element.setAttribute("role", "button");
    shown.set(key, { marker, element });
  }

  function draw({ assets, reports }) {
    const keys = new Set();
    if (map.getZoom() >= ICONS_FROM) {
      for (const asset of assets) {
        keys.add(`a${asset.number}`);
        const content = icon(asset.kind, assetCard.dataset.icons);
        add(`a${asset.number}`, asset, "map-icon", asset.name, (button) => showAsset(asset, button), content);
      }
    }
    for (const report of reports) {
      if (declined.has(report.reference)) continue;
      keys.add(`r${report.reference}`);
      const label = `${report.title} · ${report.status} · ${report.ago}`;
      add(`r${report.reference}`, report, "map-dot", label, (button) => showReport(report, button));
    }
    for (const [key, { marker }] of shown) {
      if (keys.has(key)) continue;
      marker.remove();
      shown.delete(key);
    }
  }

  async function load() {
    loading.abort();
    if (map.getZoom() < DOTS_FROM) {
      draw({ assets: [], reports: [] });
      return;
    }
    loading = new AbortController();
    const bounds = map.getBounds();
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((one) => one.toFixed(5));
    try {
      const answer = await fetch(`${details.dataset.around}?box=${box.join(",")}`, { signal: loading.signal });
      if (!answer.ok) return;
      const found = await answer.json();
      draw(found);
      const isHere = ofCard && bounds.contains([ofCard.long, ofCard.lat]);
      if (isHere && !found.reports.some(({ reference }) => reference === ofCard.reference)) empty();
    } catch {
      // The next pages ask the same.
    }
    stage.dataset.around = "";
  }

  map.on("moveend", () => {
    clearTimeout(pause);
    pause = setTimeout(load, PAUSE);
  });
  load();
}
