// Is anyone in danger right now? Asked on the device for the same reasons as on the server; people who continue are not asked
// again about the same words or answers.
import { stoppingReasons, freeWords } from "./questions.js";
import { redFlags } from "./plain.js";

// Which kind decides whom to call, if phrases of several kinds are found: as on the server (rules/alarms/screening.py).
const FIRST = [
  "self_harm", "child_abuse", "sexual_violence", "trafficking", "elder_abuse", "domestic_violence", "overdose", "poison", "red_flag",
  "threat", "utility", "hazard",
];

// Returns {urgent, all, kind (who can help), screen (the service's own question), stopped (the question that stops the form)}.
export function dangerIn(report, catalog, service, alts) {
  const questions = service?.questions ?? [];
  const flags = redFlags(catalog.phrases, freeWords(report, questions, alts));
  const stopping = stoppingReasons(questions, report.answers, report.place.address);
  const urgent = [...flags.map((flag) => `phrase:${flag.phrase}`), ...stopping.map(({ reason }) => reason)];
  const always = [];
  if (!service || service.code === "unknown") always.push("service");
  else if (catalog.always_ask) always.push("always");
  const open = (reasons) => reasons.filter((reason) => !report.wentOn.includes(reason));
  return {
    // Shown at once, while people type.
    urgent: open(urgent),
    // Shown before the report is saved. A "no" about words or answers also answers for the service.
    all: [...open(urgent), ...(urgent.some((reason) => report.wentOn.includes(reason)) ? [] : open(always))],
    kind: FIRST.find((kind) => flags.some((flag) => flag.kind === kind)) ?? "",
    screen: service?.screen ?? "",
    stopped: stopping.find(({ reason }) => !report.wentOn.includes(reason))?.question ?? null,
  };
}

// The panel appears below what caused it. Its heading gets the focus if somebody selected a button.
// helpers: elements about a kind of danger, with data-danger-kind.
export function dangerPanel({ panel, screen, stopped, helpers, goOn }) {
  let reasons = [];
  const button = panel.querySelector("[data-go-on]");
  button.addEventListener("click", () => {
    const answered = reasons;
    panel.hidden = true;
    goOn(answered);
  });
  return {
    show(danger, newReasons, { below, focus }) {
      reasons = newReasons;
      if (!reasons.length) {
        panel.hidden = true;
        return;
      }
      screen.hidden = !danger.screen;
      screen.textContent = danger.screen;
      stopped.hidden = !danger.stopped;
      for (const helper of helpers) helper.hidden = helper.dataset.dangerKind !== danger.kind;
      if (panel.hidden && below) below.after(panel);
      panel.hidden = false;
      if (focus) {
        panel.querySelector("h2").focus();
        panel.scrollIntoView({ block: "start" });
      }
    },
  };
}
