// A service's questions, with the rules of the server's rules/intake.py: what is asked, what is missing, what stops the form.
const NUMBER = /^[+-]?\d{1,12}([.,]\d{1,6})?$/;
export const ANSWER_MAX = 1000;

const listed = (value) => (Array.isArray(value) ? value : [value ?? ""]).map(String).filter((one) => one.trim() !== "");

export function isAsked(question, answers) {
  if (!question.show_if) return true;
  const given = listed(answers[question.show_if.question]);
  return question.show_if.values.some((value) => given.includes(String(value)));
}

// The questions that are asked now. Answers to hidden questions don't count.
export function asked(questions, answers) {
  const counting = {};
  return questions.filter((question) => {
    if (question.kind === "display") return isAsked(question, counting);
    if (!isAsked(question, counting)) return false;
    counting[question.code] = answers[question.code];
    return true;
  });
}

// The errors in the answers: {code: "missing", "number" or "long"}.
export function problems(questions, answers) {
  const found = {};
  for (const question of asked(questions, answers)) {
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
export function stoppingReasons(questions, answers) {
  return asked(questions, answers).flatMap((question) => {
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
  const texts = asked(questions, report.answers).filter((question) => question.kind === "text");
  const answers = texts.map((question) => String(report.answers[question.code] ?? ""));
  return [report.words, report.place.address, report.place.note, ...answers, ...alts].join("\n");
}
