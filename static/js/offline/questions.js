// A service's questions, with the rules of the server's rules/shared/intake.py: what is asked, what is missing, what stops the form.
const NUMBER = /^[+-]?\d{1,12}([.,]\d{1,6})?$/;
export const ANSWER_MAX = 1000;

const listed = (value) => (Array.isArray(value) ? value : [value ?? ""]).map(String).filter((one) => one.trim() !== "");

// Whether the words may be the number of one of the city's assets, by the rule of the server's places/assets.py. The server knows
// whether there is such an asset, and asks what the device didn't.
const ALONE = /^\s*#?\s*[A-Za-z]{0,3}[\s-]*\d[\w-]*\s*$/;
const ORDINAL = /^\d+(st|nd|rd|th)$/i;
export const mayNameAsset = (address) =>
  ALONE.test(address) ||
  address.split(/\s+/).some((word) => word.length >= 4 && /\d/.test(word) && /[A-Za-z]/.test(word) && !ORDINAL.test(word));

export function isAsked(question, answers, address) {
  if (question.asks_asset && mayNameAsset(address)) return false;
  if (!question.show_if) return true;
  const given = listed(answers[question.show_if.question]);
  return question.show_if.values.some((value) => given.includes(String(value)));
}

// The questions that are asked now, given what was typed as the address. Answers to hidden questions don't count.
export function asked(questions, answers, address) {
  const counting = {};
  return questions.filter((question) => {
    if (question.kind === "display") return isAsked(question, counting, address);
    if (!isAsked(question, counting, address)) return false;
    counting[question.code] = answers[question.code];
    return true;
  });
}

// The errors in the answers: {code: "missing", "number" or "long"}.
export function problems(questions, answers, address) {
  const found = {};
  for (const question of asked(questions, answers, address)) {
    if (question.kind === "display") continue;
    const [value] = listed(answers[question.code]);
    if (value === undefined) {
      if (question.required) found[question.code] = "missing";
    } else if (question.kind === "number" && !NUMBER.test(value.trim())) found[question.code] = "number";
    else if (question.kind === "text" && value.length > ANSWER_MAX) found[question.code] = "long";
  }
  return found;
}

// The reasons to show the emergency panel, in the server's format.
export function stoppingReasons(questions, answers, address) {
  return asked(questions, answers, address).flatMap((question) => {
    const given = listed(answers[question.code]);
    const stops = (question.options ?? []).some((option) => option.stop && given.includes(String(option.value)));
    return stops ? [{ question, reason: reasonOf(question, given) }] : [];
  });
}

// Formats several answers as Python's str() of a list.
function reasonOf(question, given) {
  const value = question.kind === "multi" ? `[${given.map((one) => `'${one}'`).join(", ")}]` : given[0];
  return `answer:${question.code}:${value}`;
}

// All free text, from every field.
export function freeWords(report, questions, alts) {
  const texts = asked(questions, report.answers, report.place.address).filter((question) => question.kind === "text");
  const answers = texts.map((question) => String(report.answers[question.code] ?? ""));
  return [report.words, report.place.address, report.place.note, ...answers, ...alts].join("\n");
}
