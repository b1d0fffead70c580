// For maps of the report form: the city's lamps, bins or trees as icons, open reports as dots, and the card that opens over the
// map's lower edge when one is selected.

// Of the icons that ship; whatever else a city has is a plain ring.
const ICONS = [
  [/light|lamp|signal/, "lightbulb"],
  [/bin|cart|trash/, "delete"],
  [/tree/, "park"],
  [/hydrant/, "local_fire_department"],
  [/sign/, "info"],
];

function icon(kind, sprite) {
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

// Round buttons on the map by key, each with select(button) for a press. `tabIndex` is -1 where there may be hundreds.
export function marksOn(map, maplibre, tabIndex) {
  const shown = new Map();

  function add(key, place, className, label, select, content) {
    if (shown.has(key)) return;
    const element = document.createElement("button");
    Object.assign(element, { type: "button", className, title: label, tabIndex });
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

  function remove(key) {
    shown.get(key)?.marker.remove();
    shown.delete(key);
  }

  return {
    add,
    addAsset: (asset, sprite, select) => add(`a${asset.number}`, asset, "map-icon", asset.name, select, icon(asset.kind, sprite)),
    remove,
    keep: (keys) => [...shown.keys()].filter((key) => !keys.has(key)).forEach(remove),
    press(chosen) {
      for (const [key, { element }] of shown) {
        if (element.classList.contains("map-icon")) element.setAttribute("aria-pressed", String(key === chosen));
      }
    },
  };
}

// One card at a time, made from a template; closed() is called when it goes.
export function cardOn(stage, closed = () => {}) {
  let card;
  let opener;

  function remove() {
    closed();
    card?.remove();
    card = null;
  }

  function close() {
    remove();
    if (opener?.isConnected) opener.focus();
  }

  function open(template, button) {
    remove();
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

  return { open, close, current: () => card };
}

// Its nearest address, and the side of the street.
async function whereIs({ lat, long }, nearest) {
  const query = new URLSearchParams({ lat, long, side: 1, language: document.documentElement.lang });
  try {
    const answer = await fetch(`${nearest}?${query}`);
    const [place] = answer.ok ? await answer.json() : [];
    return place ? [place.side, place.label].filter(Boolean).join(" · ") : "";
  } catch {
    // The number is enough.
    return "";
  }
}

// The card of an asset. use() is called when it is chosen; `nearest` looks up addresses.
export async function showAsset(cards, template, asset, button, nearest, use) {
  const opened = cards.open(template, button);
  opened.querySelector("[data-name]").textContent = asset.name;
  opened.querySelector("[data-use]").addEventListener("click", () => {
    use();
    cards.close();
  });
  opened.focus();
  opened.querySelector("[data-address]").textContent = await whereIs(asset, nearest);
}
