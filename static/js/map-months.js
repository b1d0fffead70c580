// Reports as heat, and the last months: by a slider, or a year in 20 seconds. The counts by month come in one answer, when they are first
// asked for. Heat and month are in the address, next to the view.

const YEAR_MS = 20000;
const YEAR = 12;
const FRAME_MS = 80;
// From here on the map shows single reports, and the cells of the months are too large.
const CLOSE = 15;
const MARKS = ["cells", "requests"];

// From nothing to very many.
const RAMP = ["interpolate", ["linear"], ["heatmap-density"], 0, "rgba(255,193,7,0)", 0.15, "rgba(255,193,7,0.45)", 0.45, "rgba(245,124,0,0.7)", 0.75, "rgba(214,40,40,0.8)", 1, "rgba(123,6,54,0.9)"];

export function heatLayers() {
  const heat = (id, source, weight, radius, more = {}) => ({
    id,
    type: "heatmap",
    source,
    layout: { visibility: "none" },
    paint: { "heatmap-color": RAMP, "heatmap-weight": weight, "heatmap-radius": radius, "heatmap-intensity": 1 },
    ...more,
  });
  // By its logarithm, since a cell zoomed out has many times the reports of one zoomed in.
  const weight = ["min", 1, ["/", ["ln", ["+", 1, ["get", "n"]]], 6]];
  return [
    heat("heat-cells", "requests", weight, 75, { "source-layer": "cells" }),
    heat("heat-requests", "requests", weight, 40, { "source-layer": "requests" }),
    heat("heat-months", "months", ["get", "weight"], ["interpolate", ["exponential", 2], ["zoom"], 9, 8, 12, 62, 14, 250]),
  ];
}

function inHash(name) {
  return new URLSearchParams(location.hash.slice(1)).get(name);
}

// The view stays as MapLibre wrote it.
function setInHash(name, value) {
  const others = location.hash.slice(1).split("&").filter((part) => part && !part.startsWith(`${name}=`));
  history.replaceState(history.state, "", `#${[...others, ...(value ? [`${name}=${value}`] : [])].join("&")}`);
}

class Months {
  constructor(map, section, words) {
    Object.assign(this, { map, section, words });
    this.slider = document.getElementById("map-month");
    this.said = document.getElementById("map-month-words");
    this.button = document.getElementById("map-play");
    this.now = Number(this.slider.max);
    this.name = new Intl.DateTimeFormat(document.documentElement.lang, { month: "long", year: "numeric", timeZone: "UTC" });
    this.number = new Intl.NumberFormat(document.documentElement.lang);
    this.isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.slider.addEventListener("input", () => {
      this.pause();
      this.show(Number(this.slider.value));
    });
    this.button.addEventListener("click", () => (this.timer ? this.pause() : this.play()));
    const chosen = inHash("month");
    if (chosen) this.start(chosen);
  }

  async start(chosen) {
    if (!(await this.load())) return;
    const at = this.counts.months.indexOf(`${chosen}-01`);
    if (at >= 0) this.show(at);
  }

  async load() {
    if (this.counts) return true;
    try {
      const answer = await fetch(this.section.dataset.mapMonths);
      if (!answer.ok) throw new Error(`months ${answer.status}`);
      this.counts = await answer.json();
    } catch {
      this.said.textContent = this.words.monthsFailed;
      return false;
    }
    // The usual heat of a busy cell, so that one flood doesn't make all other months pale.
    const all = this.counts.cells.flatMap(([, , numbers]) => numbers).filter(Boolean).sort((one, other) => one - other);
    this.busy = all[Math.floor(all.length * 0.97)] ?? 1;
    return true;
  }

  // at: a month, or a moment between two of them; the last is now, with all reports.
  async show(at) {
    if (at >= this.now) return this.showNow();
    if (!(await this.load())) return;
    const [month, part] = [Math.floor(at), at - Math.floor(at)];
    const weight = (numbers) => Math.sqrt((numbers[month] * (1 - part) + (numbers[month + 1] ?? numbers[month]) * part) / this.busy);
    this.map.getSource("months").setData({
      type: "FeatureCollection",
      features: this.counts.cells.map(([long, lat, numbers]) => ({
        type: "Feature",
        properties: { weight: Math.min(1, weight(numbers)) },
        geometry: { type: "Point", coordinates: [long, lat] },
      })),
    });
    this.setVisible(true);
    if (month === this.shown) return;
    this.shown = month;
    const total = this.counts.cells.reduce((sum, [, , numbers]) => sum + numbers[month], 0);
    const words = this.words.ofMonth.replace("{month}", this.name.format(new Date(this.counts.months[month]))).replace("{number}", this.number.format(total));
    this.say(month, words);
    if (!this.timer) setInHash("month", this.counts.months[month].slice(0, 7));
  }

  showNow() {
    this.shown = this.now;
    this.setVisible(false);
    this.say(this.now, this.words.now);
    setInHash("month", "");
  }

  say(value, words) {
    this.slider.value = value;
    this.slider.setAttribute("aria-valuetext", words);
    this.said.textContent = words;
  }

  setVisible(isPlayed) {
    if (isPlayed && this.map.getZoom() >= CLOSE - 1) this.map.jumpTo({ zoom: CLOSE - 2 });
    this.map.setLayoutProperty("heat-months", "visibility", isPlayed ? "visible" : "none");
    for (const layer of MARKS) this.map.setLayoutProperty(layer, "visibility", isPlayed ? "none" : "visible");
  }

  async play() {
    if (!(await this.load())) return;
    const last = this.now - 1;
    const from = Number(this.slider.value) < last ? Number(this.slider.value) : this.now - YEAR;
    const began = performance.now();
    this.button.textContent = this.words.pause;
    this.show(from);
    this.timer = setInterval(() => {
      const at = from + ((performance.now() - began) / YEAR_MS) * YEAR;
      if (at >= Math.min(from + YEAR, this.now)) {
        this.pause();
        return this.show(Math.min(from + YEAR - 1, last));
      }
      // Without motion: month by month, nothing in between.
      const next = this.isCalm ? Math.floor(at) : Math.min(at, last);
      if (next !== this.at) this.show(next);
      this.at = next;
    }, FRAME_MS);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.button.textContent = this.words.play;
    if (this.counts && this.shown < this.now) setInHash("month", this.counts.months[this.shown].slice(0, 7));
  }
}

export function heatAndMonths(map, words) {
  const section = document.querySelector(".map-months");
  const button = document.getElementById("map-heat");
  const paint = (isOn) => {
    button.setAttribute("aria-pressed", String(isOn));
    for (const layer of ["heat-cells", "heat-requests"]) map.setLayoutProperty(layer, "visibility", isOn ? "visible" : "none");
    // A count on each circle would hide the heat.
    map.setPaintProperty("cells", "icon-opacity", isOn ? 0.35 : 1);
  };
  button.addEventListener("click", () => {
    const isOn = button.getAttribute("aria-pressed") !== "true";
    paint(isOn);
    setInHash("heat", isOn ? "1" : "");
  });
  if (inHash("heat")) paint(true);
  if (section.dataset.mapMonths) new Months(map, section, words);
}
