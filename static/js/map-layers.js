// How the public map draws reports: zoomed out, circles that say how many; zoomed in, the kind of each report in a ring or on a
// disk, and one circle for several at one spot; and the line around the place that was searched for.

// The states' colors, by the map's own: white, or dark for who reads in the dark.
export const DAY = { open: "#b3400f", ended: "#1f6b3a", several: "#1d4e79", edge: "#ffffff", inside: "#ffffff", ink: "#1b1b1b", number: "#ffffff", lit: "#111111" };
export const NIGHT = { open: "#f5a35c", ended: "#6fbf73", several: "#a9d1f2", edge: "#14181d", inside: "#1b2128", ink: "#f0f0f0", number: "#14181d", lit: "#ffffff" };

const WORK = "#6a1b9a";
const M_PER_DEGREE = 111320;
const SHARES = 12;
// Of the image of several (js/map-marks.js), in pixels.
const SHARE_RADIUS = 28;

const count = ["get", "n"];
const isOpen = [">", ["get", "open"], 0];
const several = [">", count, 1];
const number = [
  "case",
  ["!", several],
  "",
  [">=", count, 1000],
  ["concat", ["/", ["round", ["/", count, 100]], 10], "k"],
  ["to-string", count],
];
const share = ["concat", "share:", ["to-string", ["ceil", ["*", SHARES, ["/", ["get", "open"], count]]]], ":", number];
const kind = ["concat", "kind:", ["get", "icon"], ":", ["case", isOpen, "open", "ended"]];

function marks(id, layer, image, size) {
  return {
    id,
    type: "symbol",
    source: "requests",
    "source-layer": layer,
    layout: {
      "icon-image": image,
      "icon-size": size,
      "icon-allow-overlap": true,
      // Several above one, open above closed.
      "symbol-sort-key": ["case", several, 2, isOpen, 1, 0],
    },
  };
}

export function layers(near, colors) {
  const around = near && { id: "near", type: "line", source: near, paint: { "line-color": colors.several, "line-width": 2, "line-dasharray": [3, 2] } };
  const byCount = [0, 6, 2.3, 14, 4.6, 19, 6.9, 25, 9.2, 31];
  return [
    ...(around ? [around] : []),
    {
      id: "lit",
      type: "circle",
      source: "lit",
      paint: { "circle-radius": 20, "circle-color": colors.lit, "circle-opacity": 0.2, "circle-stroke-color": colors.lit, "circle-stroke-width": 3 },
    },
    marks(
      "cells",
      "cells",
      share,
      ["interpolate", ["linear"], ["ln", count], ...byCount.map((stop, at) => (at % 2 ? stop / SHARE_RADIUS : stop))],
    ),
    marks(
      "requests",
      "requests",
      ["case", several, share, kind],
      ["interpolate", ["linear"], ["zoom"], 15, ["case", several, 0.45, 0.72], 18, ["case", several, 0.6, 1.1]],
    ),
  ];
}

// Street works: dashed lines, and at a point a disk with a cross, so that neither is told by its color alone.
export function workLayers(source) {
  const isPoint = ["in", ["geometry-type"], ["literal", ["Point", "MultiPoint"]]];
  return [
    {
      id: "work-lines",
      type: "line",
      source,
      filter: ["!", isPoint],
      paint: { "line-color": WORK, "line-width": ["interpolate", ["linear"], ["zoom"], 11, 3, 17, 7], "line-dasharray": [2, 1] },
    },
    {
      id: "work-points",
      type: "circle",
      source,
      filter: isPoint,
      paint: { "circle-color": WORK, "circle-radius": 9, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.5 },
    },
    {
      id: "work-crosses",
      type: "symbol",
      source,
      filter: isPoint,
      layout: { "text-field": "×", "text-font": ["Public Sans Bold"], "text-size": 16, "text-allow-overlap": true },
      paint: { "text-color": "#ffffff" },
    },
  ];
}

// A circle with a radius in meters around a point.
export function circle(lng, lat, meters) {
  const high = meters / M_PER_DEGREE;
  const wide = high / Math.max(Math.cos((lat * Math.PI) / 180), 0.01);
  const corners = Array.from({ length: 73 }, (_, step) => {
    const turn = (step * Math.PI) / 36;
    return [lng + wide * Math.cos(turn), lat + high * Math.sin(turn)];
  });
  return { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: corners } };
}
