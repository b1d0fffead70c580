// [data-staff-map]: a small map with a pin at the request's location. The address next to it gives the same information.
import { openMap } from "./map-base.js";

async function start(box) {
  const place = [Number(box.dataset.long), Number(box.dataset.lat)];
  box.hidden = false;
  const opened = await openMap(box, { bounds: undefined, center: place, zoom: 16 });
  if (!opened) return;
  new opened.maplibre.Marker({ color: "#b50909" }).setLngLat(place).addTo(opened.map);
}

document.querySelectorAll("[data-staff-map]").forEach(start);
