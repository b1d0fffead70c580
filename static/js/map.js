// The public map: reports counted in circles from afar, single from near, each with a link to its page. The list beside
// the map says the same; its buttons show a report's place.
import { openMap } from "./map-base.js";

const OPEN = "#b3400f";
const ENDED = "#1f6b3a";
const CELL = "#1d4e79";
// Where a finger may miss a point by.
const NEAR_PX = 8;
const MOST_LINKS = 8;

const box = document.getElementById("map");
const section = box.closest("[data-needs-script]");
section.hidden = false;

function layers(source) {
  const count = ["get", "n"];
  return [
    {
      id: "cells",
      type: "circle",
      source,
      "source-layer": "cells",
      paint: {
        "circle-color": CELL,
        "circle-opacity": 0.88,
        "circle-radius": ["interpolate", ["linear"], ["ln", count], 0, 5, 2.3, 11, 4.6, 16, 6.9, 22, 9.2, 28],
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 1.5,
      },
    },
    {
      id: "cell-counts",
      type: "symbol",
      source,
      "source-layer": "cells",
      filter: [">", count, 1],
      layout: {
        "text-field": ["case", [">=", count, 1000], ["concat", ["/", ["round", ["/", count, 100]], 10], "k"], ["to-string", count]],
        "text-font": ["Public Sans SemiBold"],
        "text-size": ["interpolate", ["linear"], ["ln", count], 0, 10.5, 6.9, 13.5],
        // A street's or quarter's name gives way to a number, rather than showing through it.
        "text-allow-overlap": true,
        "text-padding": 9,
      },
      paint: { "text-color": "#ffffff" },
    },
    {
      id: "requests",
      type: "circle",
      source,
      "source-layer": "requests",
      layout: { "circle-sort-key": ["match", ["get", "state"], "open", 1, 0] },
      // Open is full, closed is a ring: the color alone says nothing.
      paint: {
        "circle-color": ["match", ["get", "state"], "open", OPEN, "#ffffff"],
        "circle-radius": [
          "interpolate",
          ["linear"],
          ["zoom"],
          15,
          ["match", ["get", "state"], "open", 6, 3.5],
          18,
          ["match", ["get", "state"], "open", 9.5, 6.5],
        ],
        "circle-stroke-color": ["match", ["get", "state"], "open", "#ffffff", ENDED],
        "circle-stroke-width": ["match", ["get", "state"], "open", 1.5, 2.25],
      },
    },
  ];
}

function link(reference, text) {
  const anchor = document.createElement("a");
  anchor.href = box.dataset.track.replace("REFERENCE", encodeURIComponent(reference));
  anchor.textContent = text;
  return anchor;
}

function listOf(features) {
  const list = document.createElement("ul");
  list.className = "map-popup";
  const seen = new Set();
  for (const { properties } of features) {
    if (seen.has(properties.reference)) continue;
    seen.add(properties.reference);
    if (seen.size > MOST_LINKS) {
      const item = document.createElement("li");
      item.textContent = box.dataset.many;
      list.append(item);
      break;
    }
    const item = document.createElement("li");
    const state = document.createElement("span");
    state.textContent = box.dataset[properties.state];
    item.append(link(properties.reference, properties.service), state);
    list.append(item);
  }
  return list;
}

const opened = await openMap(box, { hash: "view" });
if (opened) {
  const { map, maplibre } = opened;
  let popup;

  function show(lngLat, content, from) {
    popup?.remove();
    popup = new maplibre.Popup({ maxWidth: "18rem", offset: 8 }).setLngLat(lngLat).setDOMContent(content).addTo(map);
    // Who came here by keyboard goes back to where they were.
    if (from) popup.on("close", () => from.focus());
  }

  map.on("load", () => {
    const [path, query] = box.dataset.requests.split("?");
    const parameters = new URLSearchParams(query);
    parameters.set("language", document.documentElement.lang);
    map.addSource("requests", {
      type: "vector",
      tiles: [`${location.origin}${path.replace("/0/0/0", "/{z}/{x}/{y}")}?${parameters}`],
      minzoom: 8,
      maxzoom: 15,
    });
    layers("requests").forEach((layer) => map.addLayer(layer));
    box.dataset.ready = "";
  });

  map.on("click", ({ point, lngLat }) => {
    if (!map.getLayer("requests")) return;
    const around = [
      [point.x - NEAR_PX, point.y - NEAR_PX],
      [point.x + NEAR_PX, point.y + NEAR_PX],
    ];
    const found = map.queryRenderedFeatures(around, { layers: ["requests", "cells"] });
    const requests = found.filter((feature) => feature.layer.id === "requests");
    if (requests.length) {
      show(lngLat, listOf(requests), map.getCanvas());
    } else if (found.length) {
      map.easeTo({ center: found[0].geometry.coordinates, zoom: Math.min(map.getZoom() + 2, 16) });
    }
  });

  for (const layer of ["requests", "cells"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }

  for (const button of document.querySelectorAll("[data-show-on-map]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const at = [Number(button.dataset.long), Number(button.dataset.lat)];
      const row = button.closest("li").querySelector("a");
      map.jumpTo({ center: at, zoom: Math.max(map.getZoom(), 16) });
      const content = document.createElement("div");
      content.append(row.cloneNode(true));
      show(at, content, button);
      box.scrollIntoView({ block: "nearest" });
    });
  }
}
