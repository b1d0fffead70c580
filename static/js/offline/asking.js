// The chosen service's questions, each with the control that the server's rules/shared/question_kinds.py names. They appear and disappear as their conditions change; typed answers stay.
import { make } from "./dom.js";
import { asked } from "./questions.js";

// address: what is typed as the address now.
export function questionForm({ box, heading, words, changed, address }) {
  let questions = [];
  let answers = {};

  const idOf = (question) => `id_q_${question.code}`;
  const given = (question) => {
    const value = answers[question.code];
    return Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)];
  };

  const askedNow = () => asked(questions, answers, address());

  // Only questions that depend on what changed appear or disappear: the control in use keeps its focus.
  function refresh() {
    const now = askedNow();
    for (const question of questions) {
      const row = box.querySelector(`[data-question="${CSS.escape(question.code)}"]`);
      if (row) row.hidden = !now.includes(question);
    }
    heading.hidden = now.length === 0;
  }

  function set(question, value) {
    answers = { ...answers, [question.code]: value };
    changed(answers);
    refresh();
  }

  function label(question, tag, attributes = {}) {
    const optional = question.required ? null : make("span", { class: "usa-hint" }, ` ${words.optional}`);
    return make(tag, { class: tag === "legend" ? "usa-label usa-legend" : "usa-label", ...attributes }, question.text, optional);
  }

  function choices(question) {
    const several = question.control === "checkbox";
    const kind = several ? "checkbox" : "radio";
    const chosen = given(question);
    return question.options.map((option, index) => {
      const id = `${idOf(question)}_${index}`;
      const input = make("input", {
        class: `usa-${kind}__input usa-${kind}__input--tile`, type: kind, name: `q_${question.code}`, id,
        value: option.value, checked: chosen.includes(String(option.value)),
      });
      input.addEventListener("change", () => {
        const now = [...box.querySelectorAll(`[name="${CSS.escape(input.name)}"]:checked`)].map((one) => one.value);
        set(question, several ? now : now[0]);
      });
      return make("div", { class: `usa-${kind}` }, input, make("label", { class: `usa-${kind}__label`, for: id }, option.label));
    });
  }

  function control(question, hintId) {
    const id = idOf(question);
    const input = make("input", {
      class: "usa-input", type: question.control === "date" ? "date" : "text", id, name: `q_${question.code}`,
      value: given(question)[0] ?? "", "aria-describedby": question.help ? hintId : null, ...question.attributes,
    });
    input.addEventListener("input", () => set(question, input.value));
    return input;
  }

  function row(question) {
    const hidden = !askedNow().includes(question);
    const hintId = `${idOf(question)}_helptext`;
    const hint = question.help ? make("div", { class: "usa-hint", id: hintId }, question.help) : null;
    const place = { "data-question": question.code, hidden };
    if (question.control === "note") {
      return make("p", { ...place, class: "panel panel--tint" }, [question.text, question.help].filter(Boolean).join(" "));
    }
    if (question.control === "radio" || question.control === "checkbox") {
      const fieldset = make(
        "fieldset",
        { class: "usa-fieldset", "aria-describedby": question.help ? hintId : null },
        label(question, "legend"), hint, ...choices(question),
      );
      return make("div", { ...place, class: "usa-form-group", id: `div_${idOf(question)}` }, fieldset);
    }
    return make(
      "div",
      { ...place, class: "usa-form-group", id: `div_${idOf(question)}` },
      label(question, "label", { for: idOf(question) }), hint, control(question, hintId),
    );
  }

  return {
    show(service, kept) {
      questions = service?.questions ?? [];
      answers = { ...kept };
      box.replaceChildren(...questions.map(row));
      heading.hidden = askedNow().length === 0;
    },
    refresh,
    // The control that an error about a question links to.
    firstControl: (code) => box.querySelector(`#div_${CSS.escape(`id_q_${code}`)} input`),
  };
}
