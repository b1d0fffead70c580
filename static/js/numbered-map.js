// [data-compare-map]: a map with a numbered pin for each [data-pin] in it. The addresses on the page say the same.
import { openStaffMap } from "./night-map.js";

const CLOSE_UP = 17.5;
const PADDING = 48;

async function start(box) {
  const pins = [...box.querySelectorAll("[data-pin]")].map(({ dataset }) => ({
    at: [Number(dataset.long), Number(dataset.lat)],
    number: dataset.pin,
    label: dataset.label,
  }));
  box.replaceChildren();
  box.hidden = false;
  const center = [Number(box.dataset.long), Number(box.dataset.lat)];
  const opened = await openStaffMap(box, { bounds: undefined, center, zoom: CLOSE_UP });
  if (!opened) return;
  const { map, maplibre } = opened;
  for (const { at, number, label } of pins) {
    const element = document.createElement("span");
    element.className = "compare-pin";
    element.textContent = number;
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", label);
    new maplibre.Marker({ element, anchor: "bottom" }).setLngLat(at).addTo(map);
  }
  const bounds = new maplibre.LngLatBounds();
  for (const { at } of pins) bounds.extend(at);
  map.fitBounds(bounds, { padding: PADDING, maxZoom: CLOSE_UP, animate: false });
}

document.querySelectorAll("[data-compare-map]").forEach(start);
