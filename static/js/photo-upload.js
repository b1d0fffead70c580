// input[data-photos][data-upload]: uploads each photo as soon as it is chosen, while people fill out the rest of the page, with
// a progress bar, a Cancel button, and retries when the connection is lost. Stored photos appear as if they had been there
// when the page was loaded. Without this script, the form uploads its photos when it is sent.
import { showButton } from "./photo-button.js";
import { leftOutWords, prepared } from "./photo-shrink.js";

const AT_ONCE = 2;
const WAITS = [2000, 5000, 15000];

function element(name, properties = {}, attributes = {}) {
  const made = Object.assign(document.createElement(name), properties);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function start(input) {
  const words = input.dataset;
  const form = input.form;
  const kept = document.getElementById("kept-photos");
  const consent = form.elements.keep_taken;
  const list = element("ul", { className: "uploads" });
  const status = element("p", { className: "usa-hint" }, { role: "status" });
  // What was refused or left out, once, until other photos are chosen.
  const refusals = element("div", {}, { "aria-live": "polite" });
  const button = element("button", {
    type: "button", id: `${input.id}_button`, className: "usa-button usa-button--outline photo-button", textContent: words.choose,
  });
  input.after(button, list, refusals, status);
  showButton(input, button);
  let jobs = [];
  let pressed = null;

  // --- The photos that the server has ---------------------------------------------------------------------------------

  const count = () => kept.querySelectorAll(".kept-photo").length;
  const piece = (html) => new DOMParser().parseFromString(html, "text/html").querySelector("#photos");

  function add(html) {
    const section = kept.querySelector("#photos");
    const answer = piece(html);
    if (!section) kept.replaceChildren(...(answer ? [answer] : []));
    // Add only the new ones: somebody may be typing into the others.
    else section.append(...[...answer.querySelectorAll(".kept-photo")].filter((one) => !document.getElementById(one.id)));
  }

  function swap(html) {
    const typed = new Map([...kept.querySelectorAll("input")].map((one) => [one.name, one.value]));
    const answer = piece(html);
    kept.replaceChildren(...(answer ? [answer] : []));
    for (const one of kept.querySelectorAll("input")) if (typed.has(one.name)) one.value = typed.get(one.name);
  }

  // --- One photo on its way -------------------------------------------------------------------------------------------

  function show(job) {
    job.item = element("li");
    if (job.preview) job.item.append(element("img", { src: job.preview, alt: "" }));
    job.words = element("p", { textContent: words.sending.replace("{name}", job.name) }, { "aria-live": "polite" });
    job.bar = element("progress", { max: 100, value: 0 }, { "aria-label": job.words.textContent });
    job.cancel = element("button", { type: "button", className: "usa-button usa-button--outline", textContent: words.cancel });
    job.again = element("button", { type: "button", className: "usa-button", textContent: words.again, hidden: true });
    for (const button of [job.cancel, job.again]) button.setAttribute("aria-label", `${button.textContent}: ${job.name}`);
    job.cancel.addEventListener("click", () => {
      job.request?.abort();
      end(job, words.canceled.replace("{name}", job.name));
    });
    job.again.addEventListener("click", () => {
      job.cancel.focus();
      job.tries = 0;
      wait(job);
    });
    job.item.append(job.words, job.bar, job.again, job.cancel);
    list.append(job.item);
  }

  function wait(job) {
    job.state = "waiting";
    job.again.hidden = true;
    job.bar.hidden = false;
    job.bar.value = 0;
    job.words.textContent = words.sending.replace("{name}", job.name);
    next();
  }

  function next() {
    const free = AT_ONCE - jobs.filter((job) => job.state === "sending").length;
    jobs.filter((job) => job.state === "waiting").slice(0, Math.max(0, free)).forEach(send);
  }

  function send(job) {
    job.state = "sending";
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("key", job.key);
    data.append("photos", job.file, job.name);
    if (job.keepTaken) data.append("keep_taken", "on");
    const request = (job.request = new XMLHttpRequest());
    request.open("POST", words.upload);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) job.bar.value = Math.round((100 * event.loaded) / event.total);
    });
    request.addEventListener("load", () => answered(job, request));
    request.addEventListener("error", () => lost(job));
    request.send(data);
  }

  function answered(job, request) {
    if (request.status >= 500) return lost(job);
    // The report was sent from another tab: go to the page that says so.
    if (new URL(request.responseURL).pathname !== words.upload) return location.assign(request.responseURL);
    if (request.status === 200) {
      add(request.responseText);
      return end(job, words.added.replace("{count}", count()));
    }
    refuse(job, request.status === 422 ? request.responseText : `${job.name}: ${words.failed}`);
  }

  function lost(job) {
    job.state = "lost";
    job.words.textContent = `${job.name}: ${words.lost}`;
    job.bar.hidden = true;
    job.again.hidden = false;
    const pause = WAITS[job.tries++];
    if (pause) setTimeout(() => job.state === "lost" && wait(job), pause);
  }

  function refuse(job, reason) {
    // Nothing waits for this photo.
    const had = job.item.contains(document.activeElement);
    jobs = jobs.filter((one) => one !== job);
    job.item.remove();
    say(reason);
    if (had) button.focus();
    pressed = null;
    status.textContent = "";
    next();
  }

  function say(reason) {
    const isSaid = [...refusals.children].some((one) => one.textContent === reason);
    if (reason && !isSaid) refusals.append(element("p", { className: "usa-error-message", textContent: reason }));
  }

  function end(job, said) {
    const had = job.item.contains(document.activeElement);
    jobs = jobs.filter((one) => one !== job);
    job.item.remove();
    // The focused button is gone.
    if (had) button.focus();
    status.textContent = said;
    next();
    if (pressed && !jobs.length) form.requestSubmit(pressed);
  }

  // --- Events --------------------------------------------------------------------------------------------------------

  input.addEventListener("change", async () => {
    const chosen = [...input.files];
    // They are uploaded separately: the form must not send them again.
    input.value = "";
    refusals.replaceChildren();
    status.textContent = "";
    const room = Math.max(0, Number(words.most) - count() - jobs.length);
    say(leftOutWords(words, words.most, chosen.slice(room)));
    for (const file of chosen.slice(0, room)) {
      const keepTaken = consent?.checked ?? false;
      const job = { name: file.name, key: randomKey(), tries: 0, state: "preparing", keepTaken };
      jobs.push(job);
      const { file: smaller, preview } = await prepared(file, Number(words.longestEdge) || 2048);
      // A smaller copy no longer has the time and place it was taken.
      job.file = keepTaken && file.size <= Number(words.maxBytes) ? file : smaller;
      job.preview = preview;
      show(job);
      if (job.file.size > Number(words.maxBytes)) refuse(job, `${job.name}: ${words.tooBig}`);
      else wait(job);
    }
  });

  kept.addEventListener("click", async (event) => {
    const button = event.target.closest("button[name=remove_photo]");
    if (!button || jobs.length) return;
    event.preventDefault();
    const number = [...kept.querySelectorAll("button[name=remove_photo]")].indexOf(button);
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("remove", button.value);
    try {
      const answer = await fetch(words.upload, { method: "POST", body: data });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      swap(await answer.text());
    } catch {
      // Do as without a script.
      form.requestSubmit(button);
      return;
    }
    status.textContent = words.removed.replace("{number}", number + 1);
    const left = kept.querySelectorAll("button[name=remove_photo]");
    (left[Math.min(number, left.length - 1)] ?? button).focus();
  });

  form.addEventListener("submit", (event) => {
    if (!jobs.length) return;
    event.preventDefault();
    pressed = event.submitter;
    status.textContent = words.wait;
    jobs.filter((job) => job.state === "lost").forEach(wait);
  });

  window.addEventListener("online", () => jobs.filter((job) => job.state === "lost").forEach(wait));
}

document.querySelectorAll("input[type=file][data-upload]").forEach(start);
