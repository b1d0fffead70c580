// input[data-source]: suggestions below an address box, following the combobox pattern of ARIA 1.2. Focus stays in the
// box, the arrow keys move through the list, Enter selects, Escape closes. The box alone is enough: without a selection,
// or without this script, the next page offers the matching places.
const PAUSE = 200;

function start(input) {
  const { source, lat, long } = input.dataset;
  const least = Number(input.dataset.least) || 3;
  const id = `${input.id}_list`;
  let places = [];
  let active = -1;
  let pause;
  let search = new AbortController();

  // Moving the box takes the focus away, and whoever types already would type into nothing.
  const isTyping = document.activeElement === input;
  const { selectionStart, selectionEnd } = input;
  const box = document.createElement("div");
  box.className = "usa-combo-box";
  input.before(box);
  const list = document.createElement("ul");
  Object.assign(list, { id, className: "usa-combo-box__list", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.listLabel);
  const status = document.createElement("div");
  status.className = "usa-sr-only";
  status.setAttribute("role", "status");
  box.append(input, list, status);

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", id);
  // The browser's list of earlier entries would cover ours.
  input.autocomplete = "off";

  function close() {
    clearTimeout(pause);
    search.abort();
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", at === index ? "true" : "false"));
    if (index < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", list.children[index].id);
    list.children[index].scrollIntoView({ block: "nearest" });
  }

  function setPoint(place) {
    if (lat) document.getElementById(lat).value = place?.lat ?? "";
    if (long) document.getElementById(long).value = place?.long ?? "";
  }

  function take(place) {
    input.value = place.label;
    setPoint(place);
    close();
    input.dispatchEvent(new CustomEvent("place-chosen", { bubbles: true, detail: place }));
  }

  function open() {
    list.replaceChildren(
      ...places.map((place, index) => {
        const option = document.createElement("li");
        Object.assign(option, { id: `${id}_${index}`, className: "usa-combo-box__list-option" });
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = place.choice ?? place.label;
        // Otherwise pointerdown would move focus out of the box before the click.
        option.addEventListener("pointerdown", (event) => event.preventDefault());
        option.addEventListener("click", () => take(place));
        return option;
      }),
    );
    active = -1;
    list.hidden = places.length === 0;
    input.setAttribute("aria-expanded", String(places.length > 0));
    input.removeAttribute("aria-activedescendant");
    const { none, one, many } = input.dataset;
    status.textContent = places.length === 0 ? none : places.length === 1 ? one : many.replace("{count}", places.length);
  }

  async function suggest() {
    search.abort();
    search = new AbortController();
    const text = input.value.trim();
    if (text.length < least) {
      close();
      return;
    }
    const { signal } = search;
    try {
      const url = new URL(source, location.href);
      url.searchParams.set("q", text);
      const answer = await fetch(url, { signal, headers: { Accept: "application/json" } });
      const found = answer.ok ? await answer.json() : [];
      if (signal.aborted) return;
      places = found;
      open();
    } catch {
      // Aborted by the next key, or no network: the box still works without suggestions.
    }
  }

  input.addEventListener("input", () => {
    // The address changed, so the selected point no longer applies.
    setPoint(null);
    clearTimeout(pause);
    pause = setTimeout(suggest, PAUSE);
  });

  input.addEventListener("keydown", (event) => {
    const isOpen = !list.hidden;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.altKey) {
      if (!isOpen) {
        if (event.key === "ArrowDown") suggest();
        return;
      }
      event.preventDefault();
      // Before the first option and after the last one comes the box itself.
      const step = event.key === "ArrowDown" ? 1 : -1;
      const count = places.length + 1;
      mark(((active + 1 + step + count) % count) - 1);
    } else if (event.key === "Enter" && isOpen && active >= 0) {
      event.preventDefault();
      take(places[active]);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      close();
    }
  });

  input.addEventListener("blur", close);

  if (isTyping) {
    input.focus({ preventScroll: true });
    input.setSelectionRange(selectionStart, selectionEnd);
    // What was typed before this script was there.
    if (input.value !== input.defaultValue) pause = setTimeout(suggest, PAUSE);
  }
}

document.querySelectorAll("input[data-source]").forEach(start);
