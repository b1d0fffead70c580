// Is anyone in danger right now? Asked on the device for what the server would ask it for; who goes on is asked no more
// about the same words or answers.
import { stoppingReasons, freeWords } from "./questions.js";
import { redFlags } from "./plain.js";

// What stands in the report: {reasons, selfHarm, service (its own sentence), stopped (the question that stops the form)}
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
    // At once, while one types.
    urgent: open(urgent),
    // Before it is kept. Who has said no about these words or answers is not asked again because of the service.
    all: [...open(urgent), ...(urgent.some((reason) => report.wentOn.includes(reason)) ? [] : open(always))],
    selfHarm: flags.some((flag) => flag.self_harm),
    screen: service?.screen ?? "",
    stopped: stopping.find(({ reason }) => !report.wentOn.includes(reason))?.question ?? null,
  };
}

// The panel: shown below what caused it, with its heading in focus where somebody pressed a button.
export function dangerPanel({ panel, screen, stopped, selfHarm, call988, goOn }) {
  let reasons = [];
  const button = panel.querySelector("[data-go-on]");
  button.addEventListener("click", () => {
    const answered = reasons;
    panel.hidden = true;
    goOn(answered);
  });
  return {
    show(danger, wanted, { below, focus }) {
      reasons = wanted;
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
