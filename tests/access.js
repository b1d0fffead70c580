// What a page must keep to besides axe's rules, asked in the page itself. Each function answers with what breaks the rule.
(() => {
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex='0']";

  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && element.getClientRects().length > 0;
  // For ears alone, or waiting off the screen for the focus.
  const isHeard = (element) => element.closest(".usa-sr-only, .usa-skipnav:not(:focus), [aria-hidden=true]") !== null;
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => isShown(one) && !isHeard(one));
  const name = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 160);

  // What a finger may touch: the control and the labels that press it.
  function target(control) {
    const boxes = [control, ...(control.labels ?? [])].filter(isShown).map((one) => one.getBoundingClientRect());
    return { width: Math.max(...boxes.map((one) => one.width)), height: Math.max(...boxes.map((one) => one.height)) };
  }

  function sidesOf(element) {
    const style = getComputedStyle(element);
    return {
      border: ["top", "right", "bottom", "left"].some(
        (side) => parseFloat(style[`border-${side}-width`]) > 0 && style[`border-${side}-style`] !== "none",
      ),
      outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    };
  }

  window.access = {
    tooWide: () => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      const outside = seen("body *").filter((one) => {
        const box = one.getBoundingClientRect();
        return box.right > width + 1 || box.left < -1;
      });
      return [`${document.documentElement.scrollWidth} px`, ...outside.slice(0, 3).map(name)];
    },

    // Letters that their own box cuts off. A row that is shortened with "…" says the whole on its own page.
    cutOff: () =>
      seen("body *")
        .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .filter((one) => {
          const style = getComputedStyle(one);
          if (style.overflowX === "visible" && style.overflowY === "visible") return false;
          if (style.textOverflow === "ellipsis" || ["auto", "scroll"].includes(style.overflowY)) return false;
          return one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2;
        })
        .map(name),

    // 44 pixels for what one presses to get anything done, 24 for what one fills in. Links are axe's (target-size).
    smallTargets: () =>
      seen("button, .usa-button, summary, input:not([type=hidden]), select, textarea")
        .filter((one) => !one.disabled)
        .filter((one) => {
          const { width, height } = target(one);
          const least = one.matches("button, .usa-button, summary") ? 44 : 24;
          return width < 24 - 0.5 || height < least - 0.5;
        })
        .map((one) => `${Math.round(target(one).width)}×${Math.round(target(one).height)} ${name(one)}`),

    // For gloves: everything that one can tap, links in sentences too.
    smallForGloves: () =>
      seen(CONTROLS)
        .filter((one) => !one.disabled && one.tabIndex >= 0)
        .filter((one) => {
          const { width, height } = target(one);
          return width < 48 - 0.5 || height < 48 - 0.5;
        })
        .map((one) => `${Math.round(target(one).width)}×${Math.round(target(one).height)} ${name(one)}`),

    // In forced colors backgrounds are gone: what one presses or fills in needs a line around it or below its words.
    withoutEdge: () =>
      seen("button, .usa-button, input:not([type=hidden]), select, textarea, .status-tag, .usa-alert, .usa-tag")
        .filter((one) => !["checkbox", "radio", "file"].includes(one.type))
        .filter((one) => {
          const isUnderlined = getComputedStyle(one).textDecorationLine.includes("underline");
          return !isUnderlined && !sidesOf(one).border && !sidesOf(one.parentElement).border;
        })
        .map(name),

    moving: () =>
      [...document.querySelectorAll("*")]
        .filter((one) => {
          const style = getComputedStyle(one);
          const moves = style.transitionDuration.split(",").some((seconds) => parseFloat(seconds) > 0);
          return moves || style.animationName !== "none" || style.scrollBehavior === "smooth";
        })
        .map(name),

    // The focus ring of each control in turn, and whether anything that sticks to the screen lies over it.
    focusLost: () =>
      seen(CONTROLS)
        .filter((one) => !one.disabled)
        .filter((one) => {
          one.focus();
          if (document.activeElement !== one) return one.tabIndex >= 0;
          const label = one.labels?.[0];
          const visible = one.matches(".usa-radio__input, .usa-checkbox__input") && label ? label : one;
          const style = getComputedStyle(visible);
          const before = getComputedStyle(visible, "::before");
          const ring = [style, before].some((it) => it.outlineStyle !== "none" && parseFloat(it.outlineWidth) > 0);
          const box = visible.getBoundingClientRect();
          // Of what is taller than the window, the part in sight.
          const [from, to] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
          const isUncovered = [0.1, 0.5, 0.9].some((x) =>
            [0.25, 0.5, 0.75].some((y) => {
              const top = document.elementFromPoint(box.left + box.width * x, from + (to - from) * y);
              return top !== null && (visible.contains(top) || top.contains(visible));
            }),
          );
          return !ring || !isUncovered;
        })
        .map(name),

    // Where a page that is turned around keeps to left or right: its inner and outer edges, and where its pieces lie.
    notMirrored: () => {
      const root = document.documentElement;
      const all = [...document.querySelectorAll("body, body *")].filter(
        (one) => !one.closest("svg, .maplibregl-map, [dir]:not(html)") && one.checkVisibility(),
      );
      const look = (side) =>
        all.map((one) =>
          [null, "::before", "::after"].map((part) => {
            const style = getComputedStyle(one, part);
            if (part && (style.content === "none" || style.content === "normal")) return null;
            const edges = [style[`margin-${side}`], style[`padding-${side}`], style[`border-${side}-width`]];
            const place = ["absolute", "fixed"].includes(style.position) ? style[side] : "";
            const float = style.float === "none" ? "" : String(style.float === side);
            const words = part ? "" : ["left", "right"].includes(style.textAlign) ? String(style.textAlign === side) : "";
            return [...edges, place, float, words].join(" ");
          }),
        );
      const box = (one) => one.getBoundingClientRect();
      const width = root.clientWidth;
      // The boxes first: measuring them lays the page out, so that no margin is of the width before.
      root.dir = "ltr";
      const lefts = all.map((one) => box(one).left);
      const before = look("left");
      root.dir = "rtl";
      const rights = all.map((one) => width - box(one).right);
      const after = look("right");
      root.dir = "ltr";
      const isBox = (one) => getComputedStyle(one).display !== "inline";
      return all.flatMap((one, at) => {
        const edges = before[at].findIndex((part, kind) => part !== after[at][kind]);
        if (edges >= 0) return [`${before[at][edges]} → ${after[at][edges]} ${["", "::before", "::after"][edges]} ${name(one)}`];
        const off = Math.abs(lefts[at] - rights[at]);
        return isBox(one) && off > 2 ? [`${Math.round(off)} px off: ${name(one)}`] : [];
      });
    },

    // One h1, and a title that begins with what the page is about; after an error, with "Error:".
    heading: () => {
      const found = [...document.querySelectorAll("h1")].filter(isShown);
      const wrong = found.length === 1 ? [] : [`${found.length} h1`];
      if (!document.title.trim() || /^[\s–]/.test(document.title)) wrong.push(`title: ${document.title}`);
      return wrong;
    },

    // What an error owes its reader: the word in the title, the focus on the summary, a link to each box, and the box
    // says that it is wrong and why.
    wrongErrors: () => wrongErrors(document),

    // The same of the answer to the empty form, without showing it.
    wrongErrorsUnseen: async () => {
      const form = document.querySelector("main form[method=post]");
      const typed = new FormData(form);
      const body = form.enctype === "multipart/form-data" ? typed : new URLSearchParams(typed);
      const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body });
      return wrongErrors(new DOMParser().parseFromString(await answer.text(), "text/html"));
    },
  };

  function wrongErrors(page) {
    const summary = page.getElementById("error-summary");
    if (!summary) return [];
    const wrong = page.title.startsWith("Error:") ? [] : [`title: ${page.title}`];
    if (page === document && page.activeElement !== summary) wrong.push(`focus: ${name(page.activeElement)}`);
    if (page !== document && !summary.hasAttribute("autofocus")) wrong.push("no focus");
    for (const link of summary.querySelectorAll("a[href^='#']")) {
      const id = link.getAttribute("href").slice(1);
      const target = page.getElementById(id);
      const box = target?.matches("input, select, textarea, fieldset") ? target : target?.querySelector("input, select, textarea");
      if (!box) wrong.push(`no box: ${id}`);
      else {
        const said = box.closest("[aria-describedby]") ?? box;
        const ids = (said.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
        if (!ids.some((one) => /error/.test(one) && page.getElementById(one))) wrong.push(`no reason: ${name(box)}`);
        if (!box.closest("[aria-invalid=true]") && !target.querySelector?.("[aria-invalid=true]"))
          wrong.push(`not invalid: ${name(box)}`);
      }
    }
    return wrong;
  }
})();
