// Shows the bar of ticked rows once a row is ticked, and says how many are. Shift and a click tick all rows in between.
const bar = document.querySelector("[data-bulk-bar]");

if (bar) {
  const count = bar.querySelector("[data-bulk-count-one]");
  const all = bar.querySelector("[data-bulk-all]");
  let last = null;

  const ticks = () => [...document.querySelectorAll("[data-row-tick]")];

  const update = () => {
    const number = ticks().filter((tick) => tick.checked).length;
    bar.toggleAttribute("data-empty", number === 0 && !all.checked);
    count.textContent = number === 1 ? count.dataset.bulkCountOne : count.dataset.bulkCountMany.replace("#", number);
  };

  document.addEventListener("click", (event) => {
    if (!event.target.matches?.("[data-row-tick]")) return;
    const boxes = ticks();
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(event.target)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) {
      for (const box of boxes.slice(from, to + 1)) box.checked = event.target.checked;
    }
    last = event.target;
    update();
  });
  const tickAll = document.querySelector("[data-tick-all]");
  if (tickAll) tickAll.closest("label").hidden = false;
  tickAll?.addEventListener("change", () => ticks().forEach((tick) => (tick.checked = tickAll.checked)));
  document.addEventListener("change", update);
  document.addEventListener("htmx:afterSwap", update);
  // The Back button brings ticked boxes back.
  window.addEventListener("pageshow", update);
  update();
}
