// Is anyone in danger right now? Asked on the device for the same reasons as on the server; people who continue are not asked
// again about the same words or answers.
import { stoppingReasons, freeWords } from "./questions.js";
import { redFlags } from "./plain.js";

// Returns {urgent, all, selfHarm, screen (the service's own question), stopped (the question that stops the form)}.
export function dangerIn(report, catalog, service, alts) {
  const questions = service?.questions ?? [];
  const flags = redFlags(catalog.phrases, freeWords(report, questions, alts));
  const stopping = stoppingReasons(questions, report.answers);
  const urgent = [...flags.map((flag) => `phrase:${flag.phrase}`), ...stopping.map(({ reason }) => reason)];
  const always = [];
  if (!service || service.code === "unknown" || service.screen) always.push("service");
  else if (catalog.always_ask) always.push("always");
  const open = (reasons) => reasons.filter((reason) => !report.wentOn.includes(reason));
  return {
    // Shown at once, while people type.
    urgent: open(urgent),
    // Shown before the report is saved. A "no" about words or answers also answers for the service.
    all: [...open(urgent), ...(urgent.some((reason) => report.wentOn.includes(reason)) ? [] : open(always))],
    selfHarm: flags.some((flag) => flag.self_harm),
    screen: service?.screen ?? "",
    stopped: stopping.find(({ reason }) => !report.wentOn.includes(reason))?.question ?? null,
  };
}

// The panel appears below what caused it. Its heading gets the focus if somebody selected a button.
export function dangerPanel({ panel, screen, stopped, selfHarm, call988, goOn }) {
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
      selfHarm.hidden = call988.hidden = !danger.selfHarm;
      if (panel.hidden && below) below.after(panel);
      panel.hidden = false;
      if (focus) {
        panel.querySelector("h2").focus();
        panel.scrollIntoView({ block: "start" });
      }
    },
  };
}
