// [data-routing-map]: the picture of a simulation as a map that can be moved, with the colors of its legend.
import { openMap } from "./map-base.js";

async function start(box) {
  const picture = document.querySelector("[data-routing-picture]");
  const dots = JSON.parse(document.getElementById("routing-dots").textContent);
  box.hidden = false;
  const opened = await openMap(box);
  if (!opened) {
    box.hidden = true;
    return;
  }
  picture.setAttribute("hidden", "");
  const { map } = opened;
  const colors = [...document.querySelectorAll("[data-color]")].map((swatch) => [
    Number(swatch.dataset.color),
    getComputedStyle(swatch).backgroundColor,
  ]);
  const unique = [...new Map(colors)].flat();
  map.on("load", () => {
    map.addSource("routing", {
      type: "geojson",
      data: {
        type: "FeatureCollection",
        features: dots.map((dot) => ({
          type: "Feature",
          geometry: { type: "Point", coordinates: [dot.long, dot.lat] },
          properties: { color: dot.color },
        })),
      },
    });
    map.addLayer({
      id: "routing",
      type: "circle",
      source: "routing",
      paint: {
        "circle-radius": 5,
        "circle-stroke-width": 1,
        "circle-stroke-color": "#ffffff",
        "circle-color": ["match", ["get", "color"], ...unique, "#555555"],
      },
    });
  });
}

document.querySelectorAll("[data-routing-map]").forEach(start);
