// A service's own questions, as the server's rules/intake.py reads them: what is asked, what is missing, what stops the form.
const NUMBER = /^[+-]?\d{1,12}([.,]\d{1,6})?$/;
export const ANSWER_MAX = 1000;

const listed = (value) => (Array.isArray(value) ? value : [value ?? ""]).map(String).filter((one) => one.trim() !== "");

export function isAsked(question, answers) {
  if (!question.show_if) return true;
  const given = listed(answers[question.show_if.question]);
  return question.show_if.values.some((value) => given.includes(String(value)));
}

// The questions that are asked now, each with the answer that counts: a hidden one neither asks nor answers.
export function asked(questions, answers) {
  const counting = {};
  return questions.filter((question) => {
    if (question.kind === "display") return isAsked(question, counting);
    if (!isAsked(question, counting)) return false;
    counting[question.code] = answers[question.code];
    return true;
  });
}

// {code: "missing", "number", "long"} of what is wrong with the answers.
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

// Why the emergency page must be shown, in the server's words for it.
export function stoppingReasons(questions, answers) {
  return asked(questions, answers).flatMap((question) => {
    const given = listed(answers[question.code]);
    const stops = (question.options ?? []).some((option) => option.stop && given.includes(String(option.value)));
    return stops ? [{ question, reason: reasonOf(question, given) }] : [];
  });
}

// As Python writes a list of several answers.
function reasonOf(question, given) {
  const value = question.kind === "multi" ? `[${given.map((one) => `'${one}'`).join(", ")}]` : given[0];
  return `answer:${question.code}:${value}`;
}

// All that was typed in free words, wherever it was.
export function freeWords(report, questions, alts) {
  const texts = asked(questions, report.answers).filter((question) => question.kind === "text");
  const answers = texts.map((question) => String(report.answers[question.code] ?? ""));
  return [report.words, report.place.address, report.place.note, ...answers, ...alts].join("\n");
}
