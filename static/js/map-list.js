// The list next to the map: it follows the view, and a row and its mark light up together.

const PAUSE_MS = 250;

const within = ([west, south, east, north], [left, low, right, high]) => west <= left && south <= low && east >= right && north >= high;

export class ListInView {
  // showOnMap(button): what a row's button does.
  constructor({ map, box, words, showOnMap }) {
    Object.assign(this, { map, box, words, showOnMap });
    this.list = document.getElementById("in-view");
    this.scroller = this.list.closest("section");
    this.said = document.getElementById("list-said");
    this.city = box.dataset.bounds?.split(",").map(Number);
    this.isOfPage = true;
    map.on("moveend", ({ originalEvent }) => {
      if (originalEvent) this.isKept = false;
      if (this.isKept) return;
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.follow(), PAUSE_MS);
    });
    this.list.addEventListener("click", (event) => {
      const more = event.target.closest("[data-more]");
      if (!more) return;
      event.preventDefault();
      this.append(more);
    });
    for (const name of ["pointerover", "focusin"]) {
      this.list.addEventListener(name, (event) => this.light(event.target.closest("li[data-long]")));
    }
    for (const name of ["pointerleave", "focusout"]) this.list.addEventListener(name, () => this.light(null));
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-show-on-map]");
      if (!button) return;
      // Who goes through the list keeps it, until they move the map themselves.
      this.isKept = true;
      this.showOnMap(button);
    });
  }

  get frame() {
    // Outward, so that all that is on the map is in the list; and whole numbers of 36 feet, for shared caches.
    const [[west, south], [east, north]] = this.map.getBounds().toArray();
    const out = (degrees, round) => round(degrees * 10000) / 10000;
    return [out(west, Math.floor), out(south, Math.floor), out(east, Math.ceil), out(north, Math.ceil)];
  }

  async follow() {
    const { frame } = this;
    // The page came with the list of the whole city.
    if (this.isOfPage && (!this.city || within(frame, this.city))) return;
    const [path, query] = this.list.dataset.source.split("?");
    const url = `${path}?${query ? `${query}&` : ""}frame=${frame.join(",")}`;
    if (url === this.shown) return;
    const html = await this.fetched(url);
    if (html === null) return;
    this.shown = url;
    this.isOfPage = false;
    this.list.innerHTML = html;
    this.list.dataset.shown = frame.join(",");
    this.scroller.scrollTop = 0;
    this.said.textContent = "";
  }

  async fetched(url) {
    this.loading?.abort();
    this.loading = new AbortController();
    try {
      const answer = await fetch(url, { signal: this.loading.signal });
      if (!answer.ok) throw new Error(`list ${answer.status}`);
      return await answer.text();
    } catch (error) {
      // What was there stays.
      if (error.name !== "AbortError") this.said.textContent = this.words.listFailed;
      return null;
    }
  }

  async append(more) {
    const html = await this.fetched(more.href);
    if (html === null) return;
    const made = document.createElement("template");
    made.innerHTML = html;
    const rows = made.content.querySelectorAll(".map-rows > li");
    this.list.querySelector(".map-rows").append(...rows);
    const next = made.content.querySelector("[data-more]");
    if (next) more.href = next.href;
    else more.closest("p").remove();
    rows[0]?.querySelector("a").focus();
  }

  // A row: its place on the map.
  light(row) {
    if (row === this.lit) return;
    this.lit = row;
    const at = row && [Number(row.dataset.long), Number(row.dataset.lat)];
    this.map.getSource("lit")?.setData({
      type: "FeatureCollection",
      features: at ? [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at } }] : [],
    });
  }

  // A mark: its rows, the first of them scrolled to inside the list.
  lightRows(references) {
    const key = references.join();
    if (key === this.litKey) return;
    this.litKey = key;
    for (const row of this.list.querySelectorAll("li[data-lit]")) delete row.dataset.lit;
    const rows = references.map((reference) => this.list.querySelector(`li[data-reference="${CSS.escape(reference)}"]`)).filter(Boolean);
    for (const row of rows) row.dataset.lit = "";
    if (!rows.length || this.scroller.scrollHeight <= this.scroller.clientHeight) return;
    const [row, whole] = [rows[0].getBoundingClientRect(), this.scroller.getBoundingClientRect()];
    if (row.top < whole.top || row.bottom > whole.bottom) this.scroller.scrollTop += row.top - whole.top - 16;
  }
}
