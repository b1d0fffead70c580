// [data-answers]: the answers of a question are added, moved and removed in place. Without this, the same buttons send the form,
// and the server does it. The order of the rows on the page is that of the answers.
function start(form) {
  const list = form.querySelector("[data-answer-rows]");
  const template = form.querySelector("[data-answer-template]");
  const status = form.querySelector("[data-answer-status]");
  if (!list || !template) return;
  const rows = () => [...list.querySelectorAll(":scope > [data-answer-row]")];
  let next = rows().length;

  function renumber() {
    rows().forEach((row, at, all) => {
      row.setAttribute("aria-label", list.dataset.number.replace("#", at + 1));
      for (const [verb, place] of [["up", 0], ["down", all.length - 1]]) {
        const button = row.querySelector(`button[value^="${verb}:"]`);
        button.setAttribute("aria-disabled", String(at === place));
      }
    });
  }

  function prepare(row) {
    const handle = row.querySelector("[data-handle]");
    handle.hidden = false;
    handle.addEventListener("pointerdown", (event) => drag(event, row, handle));
  }

  function add() {
    const row = template.content.firstElementChild.cloneNode(true);
    number(row, next);
    next += 1;
    list.append(row);
    prepare(row);
    renumber();
    row.querySelector("input:not([type=hidden])").focus();
  }

  function moved(row) {
    renumber();
    status.textContent = list.dataset.moved.replace("#", rows().indexOf(row) + 1);
  }

  function move(row, direction, button) {
    const other = direction === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (direction === "up") other.before(row);
    else other.after(row);
    moved(row);
    button.focus();
  }

  function remove(row) {
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    renumber();
    (beside?.querySelector('button[value^="remove:"]') ?? form.querySelector("[data-add-answer]")).focus();
  }

  function drag(event, row, handle) {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    row.classList.add("answer-row--dragged");
    // The others move around it: an element that is moved itself loses the pointer.
    const follow = ({ clientY }) => {
      const [before, after] = [row.previousElementSibling, row.nextElementSibling];
      if (before && clientY < middle(before)) row.after(before);
      else if (after && clientY > middle(after)) row.before(after);
      else return;
      follow({ clientY });
    };
    const drop = () => {
      handle.removeEventListener("pointermove", follow);
      row.classList.remove("answer-row--dragged");
      moved(row);
    };
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("lostpointercapture", drop, { once: true });
  }

  // A part is chosen in the last menu of a sentence: there is another one after it.
  function extend(sentence) {
    const parts = [...sentence.querySelectorAll(".sentence__part")];
    const last = parts.at(-1);
    if (!last.querySelector("select").value) return;
    const part = last.cloneNode(true);
    const [menu, label] = [part.querySelector("select"), part.querySelector("label")];
    menu.id = `${parts[0].querySelector("select").id}_${parts.length}`;
    menu.value = "";
    if (sentence.dataset.noMore) menu.options[0].textContent = sentence.dataset.noMore;
    label.htmlFor = menu.id;
    label.textContent = sentence.dataset.next;
    sentence.append(part);
  }

  function showTarget(row) {
    const asked = [...row.querySelectorAll("select[name$='-then']")].some((menu) => menu.value === "target");
    const shown = row.querySelector("[data-answer-target]");
    if (!asked) shown?.remove();
    if (!asked || shown) return;
    const target = form.querySelector("[data-target-template]").content.firstElementChild.cloneNode(true);
    number(target, row.querySelector("select[name$='-then']").name.split("-")[1]);
    row.querySelector("[data-sentence]").closest(".usa-form-group").after(target);
  }

  form.addEventListener("change", (event) => {
    const sentence = event.target.closest("[data-sentence]");
    if (!sentence) return;
    extend(sentence);
    const row = sentence.closest("[data-answer-row]");
    if (row) showTarget(row);
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=act]");
    const verb = button?.value.split(":")[0];
    const row = button?.closest("[data-answer-row]");
    if (verb === "add") add();
    else if (verb === "remove") remove(row);
    else if (verb === "up" || verb === "down") move(row, verb, button);
    else return;
    event.preventDefault();
  });

  rows().forEach(prepare);
  renumber();
}

// Puts a row's number into the names and ids of its fields.
function number(part, value) {
  for (const element of part.querySelectorAll("*")) {
    for (const attribute of element.attributes) attribute.value = attribute.value.replaceAll("__prefix__", value);
  }
}

function middle(row) {
  const box = row.getBoundingClientRect();
  return box.top + box.height / 2;
}

document.querySelectorAll("[data-answers]").forEach(start);
