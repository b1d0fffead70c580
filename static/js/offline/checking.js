// Validates the report that is being written, with the same messages as the server's.
import { make, say } from "./dom.js";
import { mayNameAsset, problems } from "./questions.js";

const WORDS = 4000;
const byId = (id) => document.getElementById(id);

// Returns [id of the control, message] pairs.
export function whatIsWrong(report, service, words, { firstControl }) {
  const questions = service?.questions ?? [];
  const found = [];
  if (!report.words.trim() && !questions.some((question) => question.required && !(question.asks_asset && mayNameAsset(report.place.address)))) found.push(["words", words.wordsMissing]);
  if (report.words.length > WORDS) found.push(["words", words.wordsLong]);
  const about = { missing: words.answerMissing, number: words.answerNumber, long: words.answerLong };
  for (const [code, kind] of Object.entries(problems(questions, report.answers, report.place.address))) {
    const { text } = questions.find((question) => question.code === code);
    found.push([firstControl(code)?.id ?? "words", say(about[kind], { question: text })]);
  }
  const { address, lat, long } = report.place;
  if ((service?.place_required ?? true) && !address.trim() && !(lat && long)) found.push(["address", words.placeMissing]);
  if (!byId("email").validity.valid) found.push(["email", words.emailWrong]);
  return found;
}

export function showErrors(form, found) {
  for (const old of form.querySelectorAll(".usa-error-message")) old.remove();
  for (const control of form.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    const described = (control.getAttribute("aria-describedby") ?? "").split(" ");
    control.setAttribute("aria-describedby", described.filter((id) => id !== `${control.id}_error`).join(" "));
    control.closest(".usa-form-group")?.classList.remove("usa-form-group--error");
  }
  byId("error-summary").hidden = found.length === 0;
  byId("error-list").replaceChildren(
    ...found.map(([id, text]) => make("li", {}, make("a", { href: `#${id}` }, text))),
  );
  for (const [id, text] of found) {
    const control = byId(id);
    const error = `${id}_error`;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${error}`.trim());
    control.closest(".usa-form-group")?.classList.add("usa-form-group--error");
    const legend = control.closest("fieldset.usa-fieldset")?.querySelector("legend");
    (legend ?? control.labels?.[0] ?? control).after(make("span", { class: "usa-error-message", id: error }, text));
  }
  if (found.length) byId("error-summary").focus();
}
