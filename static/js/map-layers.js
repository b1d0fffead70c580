// How the public map draws reports: zoomed out, cells with a count; zoomed in, a dot for one report and a circle with a count for
// several at one point; and the circle around the place that was searched for.

const OPEN = "#b3400f";
const ENDED = "#1f6b3a";
const CELL = "#1d4e79";
const WORK = "#6a1b9a";
const M_PER_DEGREE = 111320;

const count = ["get", "n"];
const isOpen = [">", ["get", "open"], 0];
const several = [">", count, 1];

function numbers(id, source, layer, filter, size) {
  return {
    id,
    type: "symbol",
    source,
    "source-layer": layer,
    filter,
    layout: {
      "text-field": ["case", [">=", count, 1000], ["concat", ["/", ["round", ["/", count, 100]], 10], "k"], ["to-string", count]],
      "text-font": ["Public Sans SemiBold"],
      "text-size": size,
      // Hides street and neighborhood names under a number, rather than letting them show through.
      "text-allow-overlap": true,
      "text-padding": 9,
    },
    paint: { "text-color": "#ffffff" },
  };
}

export function layers(source, near) {
  const around = near && { id: "near", type: "line", source: near, paint: { "line-color": CELL, "line-width": 2, "line-dasharray": [3, 2] } };
  return [
    ...(around ? [around] : []),
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
    numbers("cell-counts", source, "cells", several, ["interpolate", ["linear"], ["ln", count], 0, 10.5, 6.9, 13.5]),
    {
      id: "requests",
      type: "circle",
      source,
      "source-layer": "requests",
      layout: { "circle-sort-key": ["case", several, 2, isOpen, 1, 0] },
      // Open is a disk, closed is a ring, several have a number: color alone carries no meaning.
      paint: {
        "circle-color": ["case", several, CELL, isOpen, OPEN, "#ffffff"],
        "circle-radius": [
          "interpolate",
          ["linear"],
          ["zoom"],
          15,
          ["case", several, 9, isOpen, 6, 3.5],
          18,
          ["case", several, 12, isOpen, 9.5, 6.5],
        ],
        "circle-stroke-color": ["case", several, "#ffffff", isOpen, "#ffffff", ENDED],
        "circle-stroke-width": ["case", several, 1.5, isOpen, 1.5, 2.25],
      },
    },
    numbers("request-counts", source, "requests", several, 11),
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
      layout: { "text-field": "×", "text-font": ["Public Sans SemiBold"], "text-size": 16, "text-allow-overlap": true },
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
