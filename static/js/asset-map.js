// details[data-thing-map]: shows the assets of the list next to it as buttons on a map. Selecting one checks its radio button,
// and the other way around. The list is enough for people who can't see the map or have no script.
import { openMap } from "./map-base.js";
import { icon } from "./place-around.js";

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
    const label = radio.labels[0].textContent.trim();
    Object.assign(button, { type: "button", className: "map-icon", title: label });
    button.setAttribute("aria-label", label);
    const drawn = icon(thing.kind, words.icons);
    if (drawn) button.append(drawn);
    button.addEventListener("click", (event) => {
      // The map below listens for clicks, too.
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
