// [data-numbered-map]: a map with a numbered pin for each [data-pin] in it. The addresses on the page say the same.
import { openMap } from "./map-base.js";

const CLOSE_UP = 17.5;
// The buttons that zoom are on the right.
const PADDING = { top: 48, bottom: 32, left: 32, right: 88 };

async function start(box) {
  const pins = [...box.querySelectorAll("[data-pin]")].map(({ dataset }) => ({
    at: [Number(dataset.long), Number(dataset.lat)],
    number: dataset.pin,
    label: dataset.label,
  }));
  box.replaceChildren();
  box.hidden = false;
  const opened = await openMap(box, { bounds: undefined, center: pins[0].at, zoom: CLOSE_UP });
  if (!opened) return;
  const { map, maplibre } = opened;
  for (const { at, number, label } of pins) {
    const element = document.createElement("span");
    element.className = "numbered-pin";
    element.textContent = number;
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", label);
    new maplibre.Marker({ element, anchor: "bottom" }).setLngLat(at).addTo(map);
  }
  const bounds = new maplibre.LngLatBounds();
  for (const { at } of pins) bounds.extend(at);
  map.fitBounds(bounds, { padding: PADDING, maxZoom: CLOSE_UP, animate: false });
  map.once("load", () => (box.dataset.ready = ""));
}

document.querySelectorAll("[data-numbered-map]").forEach(start);
