// [data-queue-map]: the list's requests as dots next to it. A row and its dot light up together; a drawn shape ticks the rows inside.
import { openMap } from "./map-base.js";

const SHOWN = "queue-map";
// How far the pointer moves before another corner of the shape is kept.
const STEP_PX = 6;
const DAY = { p1: "#b50909", late: "#b3400f", open: "#1d4e79", ended: "#1f6b3a", ring: "#ffffff", on: "#111111" };
const NIGHT = { p1: "#ff8f84", late: "#f5b27a", open: "#8cc2ee", ended: "#8fd48b", ring: "#14181d", on: "#ffffff" };

const section = document.querySelector("[data-queue-map]");
const split = document.querySelector("[data-queue-split]");
const toggle = document.querySelector("[data-map-switch]");

function remembered() {
  try {
    return localStorage.getItem(SHOWN) === "1";
  } catch {
    return false;
  }
}

function remember(isShown) {
  try {
    localStorage.setItem(SHOWN, isShown ? "1" : "0");
  } catch {
    // Asked again on the next page.
  }
}

const rowOf = (pk) => document.querySelector(`[data-request="${CSS.escape(String(pk))}"]`);

function inside([x, y], corners) {
  let isInside = false;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i, i += 1) {
    const [xi, yi] = corners[i];
    const [xj, yj] = corners[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) isInside = !isInside;
  }
  return isInside;
}

class QueueMap {
  constructor(map, maplibre) {
    Object.assign(this, { map, maplibre, features: [], lit: null, isFirst: true });
    this.words = section.querySelector("[data-map-words]");
    this.draw = section.querySelector("[data-draw]");
    this.layer = section.querySelector("[data-drawing-layer]");
    map.on("load", () => this.start());
  }

  start() {
    const { map } = this;
    map.addSource("rows", { type: "geojson", data: { type: "FeatureCollection", features: [] }, promoteId: "pk" });
    const colors = matchMedia("(prefers-color-scheme: dark)").matches ? NIGHT : DAY;
    const isLit = ["boolean", ["feature-state", "lit"], false];
    map.addLayer({
      id: "rows",
      type: "circle",
      source: "rows",
      layout: { "circle-sort-key": ["-", 10, ["get", "priority"]] },
      // Open is a disk, ended a ring; priority 1 is larger and late has a wide rim: color alone carries no meaning.
      paint: {
        "circle-radius": ["case", isLit, 12, ["==", ["get", "priority"], 1], 9, 6.5],
        "circle-color": ["case", ["!", ["get", "open"]], colors.ring, ["==", ["get", "priority"], 1], colors.p1, ["get", "late"], colors.late, colors.open],
        "circle-stroke-color": ["case", isLit, colors.on, ["!", ["get", "open"]], colors.ended, colors.ring],
        "circle-stroke-width": ["case", isLit, 4, ["get", "late"], 3, 1.5],
      },
    });
    map.on("moveend", () => this.load());
    map.on("click", "rows", (event) => this.open(event.features[0]));
    map.on("mousemove", "rows", (event) => this.light(event.features[0].properties.pk, { scroll: false }));
    map.on("mouseleave", "rows", () => this.light(null));
    for (const [name, listener] of [["pointerover", true], ["focusin", true], ["pointerleave", false]]) {
      split.addEventListener(name, (event) => {
        const row = event.target.closest?.("[data-request]");
        if (listener && row) this.light(Number(row.dataset.request));
        else if (!section.contains(event.target)) this.light(null);
      });
    }
    this.draw.addEventListener("click", () => this.setDrawing(this.draw.getAttribute("aria-pressed") !== "true"));
    section.querySelector("[data-tick-frame]").addEventListener("click", () => {
      const bounds = map.getBounds();
      this.tick((place) => bounds.contains(place));
    });
    section.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.setDrawing(false);
    });
    this.listenToPointer();
    this.load();
  }

  async load() {
    const query = new URLSearchParams(section.dataset.list);
    if (!this.isFirst) query.set("frame", this.map.getBounds().toArray().flat().map((degrees) => degrees.toFixed(6)).join(","));
    this.loading?.abort();
    this.loading = new AbortController();
    try {
      const answer = await fetch(`${section.dataset.url}?${query}`, { signal: this.loading.signal, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      this.features = found.features;
      this.map.getSource("rows").setData(found);
      this.say(found.more ? section.dataset.more : this.count("count", found.features.length));
      if (this.isFirst) this.frame();
      this.isFirst = false;
      section.dataset.loaded = String(found.features.length);
    } catch (error) {
      if (error.name !== "AbortError") this.say(section.dataset.failedRows);
    }
  }

  // The map first shows all of the list.
  frame() {
    if (!this.features.length) return;
    const bounds = new this.maplibre.LngLatBounds();
    for (const feature of this.features) bounds.extend(feature.geometry.coordinates);
    this.map.fitBounds(bounds, { padding: 48, maxZoom: 16, animate: false });
  }

  count(name, n) {
    return (n === 1 ? section.dataset[`${name}One`] : section.dataset[`${name}Many`]).replace("{n}", String(n));
  }

  say(words) {
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  light(pk) {
    if (pk === this.lit) return;
    if (this.lit !== null) {
      this.map.setFeatureState({ source: "rows", id: this.lit }, { lit: false });
      rowOf(this.lit)?.removeAttribute("data-lit");
    }
    this.lit = pk;
    this.map.getCanvas().style.cursor = "";
    if (pk === null) return;
    this.map.setFeatureState({ source: "rows", id: pk }, { lit: true });
    rowOf(pk)?.setAttribute("data-lit", "");
  }

  // A dot leads to its row; one whose row is on another page, to the request.
  open(feature) {
    if (this.draw.getAttribute("aria-pressed") === "true") return;
    const { pk, number, service, url } = feature.properties;
    const link = rowOf(pk)?.querySelector(".queue__what a, a");
    if (link) {
      link.scrollIntoView({ block: "center" });
      link.focus();
      return;
    }
    const words = document.createElement("p");
    const anchor = Object.assign(document.createElement("a"), { href: url, textContent: `${number} ${service}` });
    words.append(anchor);
    this.popup?.remove();
    this.popup = new this.maplibre.Popup({ focusAfterOpen: true }).setLngLat(feature.geometry.coordinates).setDOMContent(words).addTo(this.map);
  }

  setDrawing(isOn) {
    this.draw.setAttribute("aria-pressed", String(isOn));
    this.layer.toggleAttribute("hidden", !isOn);
    this.layer.firstElementChild.setAttribute("d", "");
    this.corners = null;
    if (isOn) this.say(section.dataset.drawing);
  }

  listenToPointer() {
    const { layer } = this;
    const at = (event) => {
      const box = layer.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    layer.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      layer.setPointerCapture(event.pointerId);
      this.corners = [at(event)];
    });
    layer.addEventListener("pointermove", (event) => {
      if (!this.corners) return;
      const [x, y] = at(event);
      const [lastX, lastY] = this.corners.at(-1);
      if (Math.hypot(x - lastX, y - lastY) < STEP_PX) return;
      this.corners.push([x, y]);
      layer.firstElementChild.setAttribute("d", `M${this.corners.map((corner) => corner.join(" ")).join("L")}Z`);
    });
    layer.addEventListener("pointerup", () => {
      const { corners } = this;
      this.setDrawing(false);
      if (!corners || corners.length < 3) return;
      this.tick((place) => {
        const { x, y } = this.map.project(place);
        return inside([x, y], corners);
      });
      this.draw.focus();
    });
    layer.addEventListener("pointercancel", () => this.setDrawing(false));
  }

  tick(isChosen) {
    let ticked = 0;
    let elsewhere = 0;
    for (const feature of this.features) {
      if (!isChosen(feature.geometry.coordinates)) continue;
      const box = document.querySelector(`input[name="request"][value="${feature.properties.pk}"]`);
      if (!box) {
        elsewhere += 1;
        continue;
      }
      ticked += 1;
      if (box.checked) continue;
      box.checked = true;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.say([this.count("ticked", ticked), elsewhere ? this.count("elsewhere", elsewhere) : ""].filter(Boolean).join(" · "));
  }
}

async function show() {
  section.hidden = false;
  split.classList.add("queue-split--map");
  if (section.dataset.started) return;
  section.dataset.started = "1";
  const box = section.querySelector("[data-map-box]");
  const opened = await openMap(box, { cooperativeGestures: false });
  if (opened) new QueueMap(opened.map, opened.maplibre);
}

if (section && split && toggle) {
  toggle.hidden = false;
  const paint = (isShown) => {
    toggle.setAttribute("aria-pressed", String(isShown));
    section.hidden = !isShown;
    split.classList.toggle("queue-split--map", isShown);
    if (isShown) show();
  };
  toggle.addEventListener("click", () => {
    const isShown = toggle.getAttribute("aria-pressed") !== "true";
    remember(isShown);
    paint(isShown);
  });
  // The overview links to the map itself, which is below the rows on a narrow screen.
  const isLinked = location.hash === "#queue-map";
  const isWide = matchMedia("(min-width: 62em)").matches;
  paint(isLinked || (remembered() && isWide));
  if (isLinked && !isWide) section.scrollIntoView();
}
