// details[data-thing-map]: the things of the list beside it, as buttons on a map. To press one is to choose its radio
// button, and the other way around: who sees no map, or has no script, chooses from the list.
import { openMap } from "./map-base.js";

function start(details) {
  const words = details.dataset;
  const box = details.querySelector(".map");
  const radios = new Map(
    [...details.closest("form").querySelectorAll("input[name=asset]")].map((one) => [one.value, one]),
  );
  const things = JSON.parse(words.things);
  const place = [Number(words.long), Number(words.lat)];
  const pins = new Map();
  let isOpen = false;

  details.hidden = false;

  function mark() {
    for (const [number, pin] of pins) pin.setAttribute("aria-pressed", String(Boolean(radios.get(number)?.checked)));
  }

  function pin(thing) {
    const radio = radios.get(thing.number);
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "asset-pin", textContent: thing.number });
    button.setAttribute("aria-label", radio.labels[0].textContent.trim());
    button.addEventListener("click", (event) => {
      // The map under it listens too.
      event.stopPropagation();
      radio.checked = true;
      mark();
    });
    pins.set(thing.number, button);
    return button;
  }

  async function open() {
    isOpen = true;
    const bounds = [...things.map((one) => [one.long, one.lat]), place].reduce(
      ([west, south, east, north], [x, y]) => [Math.min(west, x), Math.min(south, y), Math.max(east, x), Math.max(north, y)],
      [180, 90, -180, -90],
    );
    const opened = await openMap(box, { bounds, fitBoundsOptions: { padding: 48, maxZoom: 18 } });
    if (!opened) return;
    const { map, maplibre } = opened;
    const marker = new maplibre.Marker({ color: "#b3261e" }).setLngLat(place).addTo(map);
    marker.getElement().setAttribute("role", "img");
    marker.getElement().setAttribute("aria-label", words.place);
    for (const thing of things) {
      new maplibre.Marker({ element: pin(thing) }).setLngLat([thing.long, thing.lat]).addTo(map);
    }
    mark();
    map.once("load", () => (box.dataset.ready = ""));
  }

  for (const radio of radios.values()) radio.addEventListener("change", mark);
  details.addEventListener("toggle", () => {
    if (details.open && !isOpen) open();
  });
  if (details.open) open();
}

document.querySelectorAll("details[data-thing-map]").forEach(start);
