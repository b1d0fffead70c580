// textarea[data-mentions]: suggests colleagues once @ is typed, from the options of the form's own list (input[name=tell]). Focus stays
// in the text: the arrow keys move through the list, Enter or Tab selects, Escape closes. Without this script, @name works as typed.
const MOST = 8;
// As in rules/work/mentions.py: not inside an email address.
const BEFORE = /(?:^|[^\p{L}\p{N}_@.+-])@([\p{L}\p{N}_.+'’-]*)$/u;
let open = null;

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function typedBefore(area) {
  if (area.selectionStart !== area.selectionEnd) return null;
  return BEFORE.exec(area.value.slice(0, area.selectionStart))?.[1] ?? null;
}

function found(area, typed) {
  const options = [...(area.form?.elements.tell?.list?.options ?? [])];
  const start = plain(typed);
  const fits = ({ value, label }) => [value.slice(1), ...label.split(/\s+/)].some((word) => plain(word).startsWith(start));
  return options.filter(fits).slice(0, MOST);
}

function boxOf(area) {
  const known = document.getElementById(`${area.id}_colleagues`);
  if (known) return { list: known, status: known.nextElementSibling };
  const list = document.createElement("ul");
  Object.assign(list, { id: `${area.id}_colleagues`, className: "usa-combo-box__list mention-list", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", area.dataset.listLabel);
  const status = document.createElement("div");
  status.className = "usa-sr-only";
  status.setAttribute("role", "status");
  area.after(list, status);
  area.setAttribute("aria-autocomplete", "list");
  return { list, status };
}

function close() {
  if (!open) return;
  open.list.hidden = true;
  for (const name of ["aria-controls", "aria-activedescendant"]) open.area.removeAttribute(name);
  open = null;
}

function mark(index) {
  open.active = index;
  [...open.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
  if (index < 0) return open.area.removeAttribute("aria-activedescendant");
  open.area.setAttribute("aria-activedescendant", open.list.children[index].id);
  open.list.children[index].scrollIntoView({ block: "nearest" });
}

function take(handle) {
  const { area } = open;
  const typed = typedBefore(area) ?? "";
  close();
  const at = area.selectionStart;
  area.setRangeText(`${handle} `, at - typed.length - 1, at, "end");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function item(area, { value, label }, index) {
  const option = document.createElement("li");
  Object.assign(option, { id: `${area.id}_colleague_${index}`, className: "usa-combo-box__list-option" });
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.dataset.handle = value;
  option.append(label, " ");
  const handle = document.createElement("span");
  handle.textContent = value;
  option.append(handle);
  return option;
}

function suggest(area) {
  const typed = typedBefore(area);
  const people = typed === null ? [] : found(area, typed);
  if (!people.length) return close();
  const { list, status } = boxOf(area);
  open = { area, list, active: -1 };
  list.replaceChildren(...people.map((one, index) => item(area, one, index)));
  list.hidden = false;
  area.setAttribute("aria-controls", list.id);
  status.textContent = people.length === 1 ? area.dataset.one : area.dataset.many.replace("{count}", people.length);
  // With a letter typed, Enter takes the first; right after @ it still begins a new line.
  mark(typed ? 0 : -1);
}

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("textarea[data-mentions]")) suggest(target);
});

document.addEventListener("keydown", (event) => {
  if (!open || event.target !== open.area || event.isComposing) return;
  const count = open.list.children.length;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const step = event.key === "ArrowDown" ? 1 : -1;
    mark(open.active < 0 ? (step > 0 ? 0 : count - 1) : (open.active + step + count) % count);
  } else if ((event.key === "Enter" || event.key === "Tab") && open.active >= 0) take(open.list.children[open.active].dataset.handle);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});

// Otherwise the press would move the focus out of the text before the click.
document.addEventListener("pointerdown", (event) => {
  if (event.target.closest?.(".mention-list")) event.preventDefault();
});
document.addEventListener("click", ({ target }) => {
  const option = target.closest?.(".mention-list [role=option]");
  if (option && open) take(option.dataset.handle);
});
document.addEventListener("focusout", ({ target }) => {
  if (open && target === open.area) close();
});
