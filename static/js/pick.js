// select[data-pick]: typing finds an option by the beginning of any of its words, and the list is in sight. Enter takes the marked
// option and sends the form, if nothing else is to be filled in; if several fit what was typed, the first Enter only says so. A digit
// takes one of the first options. Without this script, it is the select.
const DIGITS = 9;
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function fits(option, typed) {
  const words = plain(option.textContent).split(/[\s(]+/);
  return plain(typed).split(/\s+/).filter(Boolean).every((part) => words.some((word) => word.startsWith(part)));
}

function start(select) {
  if (select.dataset.pick === "on") return;
  select.dataset.pick = "on";
  const { form, id } = select;
  const input = document.createElement("input");
  const list = document.createElement("ul");
  const status = document.createElement("div");
  Object.assign(input, { id: `${id}_typed`, className: "usa-input", type: "text", autocomplete: "off" });
  input.spellcheck = false;
  Object.assign(list, { id: `${id}_options`, className: "pick" });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "true", "aria-autocomplete": "list", "aria-controls": list.id })) {
    input.setAttribute(name, value);
  }
  const label = form.querySelector(`label[for="${id}"]`);
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label?.textContent.trim() ?? "");
  status.className = "soft small";
  status.setAttribute("role", "status");
  const several = document.getElementById("act")?.dataset.several ?? "";
  if (label) label.htmlFor = input.id;
  for (const name of ["aria-invalid", "aria-describedby"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  select.hidden = true;
  select.after(input, list, status);

  let shown = [];
  let active = -1;
  // Whether the arrow keys or the pointer chose the marked option.
  let isChosen = false;

  function mark(index) {
    active = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    const item = list.children[index];
    if (item) input.setAttribute("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  }

  function show() {
    const typed = input.value.trim();
    // What stands for nothing chosen is no choice, unless nobody is one.
    const every = [...select.options].filter((option) => option.value || !select.required);
    shown = typed ? every.filter((option) => option.value && fits(option, typed)) : every;
    list.replaceChildren(
      ...shown.map((option, at) => {
        const item = document.createElement("li");
        item.id = `${list.id}_${at}`;
        item.setAttribute("role", "option");
        if (!typed && at < DIGITS) {
          const key = document.createElement("kbd");
          key.textContent = String(at + 1);
          key.setAttribute("aria-hidden", "true");
          item.append(key, " ");
        }
        item.append(option.textContent.trim());
        return item;
      }),
    );
    isChosen = false;
    mark(shown.length ? 0 : -1);
    status.textContent = "";
  }

  function choose(at) {
    if (!shown[at]) return;
    select.value = shown[at].value;
    input.value = shown[at].textContent.trim();
    select.dispatchEvent(new Event("change", { bubbles: true }));
    select.dispatchEvent(new Event("input", { bubbles: true }));
    const next = [...form.elements].find(
      (field) => field !== input && field !== select && field.willValidate && !["hidden", "submit", "button", "checkbox"].includes(field.type) && !field.value,
    );
    if (next) next.focus();
    else form.requestSubmit(form.querySelector("button[type=submit]:not([name])"));
  }

  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!shown.length) return;
      event.preventDefault();
      isChosen = true;
      mark((active + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const isSure = isChosen || shown.length === 1 || !input.value.trim() || plain(shown[0]?.textContent.trim() ?? "") === plain(input.value.trim());
      if (isSure) return choose(active);
      // The next Enter takes the marked one.
      isChosen = true;
      status.textContent = several.replace("{n}", String(shown.length));
    } else if (/^[1-9]$/.test(event.key) && !input.value && shown[Number(event.key) - 1]) {
      event.preventDefault();
      choose(Number(event.key) - 1);
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const at = [...list.children].indexOf(event.target.closest("[role=option]"));
    if (at >= 0) choose(at);
  });
  show();
}

const startAll = (root) => root.querySelectorAll?.("select[data-pick]").forEach(start);
startAll(document);
document.addEventListener("htmx:load", (event) => startAll(event.target));
