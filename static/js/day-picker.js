// input[data-day]: takes dates as people type them; this adds a button for the browser's own calendar.
function start(input) {
  if (input.dataset.day === "on") return;
  input.dataset.day = "on";
  const calendar = document.createElement("input");
  if (!calendar.showPicker) return;
  const label = input.labels[0]?.textContent.trim() ?? "";
  Object.assign(calendar, { type: "date", className: "day-picker", tabIndex: -1 });
  calendar.setAttribute("aria-label", label);
  calendar.addEventListener("change", () => {
    if (!calendar.value) return;
    input.value = calendar.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });
  input.after(calendar);
}

const startAll = (root) => root.querySelectorAll?.("input[data-day]").forEach(start);
startAll(document);
document.addEventListener("htmx:load", (event) => startAll(event.target));
