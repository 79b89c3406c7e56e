// The page: listens to the server's messages, shows them, and sends what the person wants.

import { empty, fold, KINDS } from "./fold.js";
import { el, pane } from "./panes.js";
import { motion } from "./plots.js";

const $ = (id) => document.getElementById(id);
const COLORS = {
  red: "#d1382f", green: "#3f9a4d", blue: "#3268b8", yellow: "#ecc12f", orange: "#e8822c", purple: "#7f4fa8",
  pink: "#e58fb3", cyan: "#37b3c4", brown: "#8a5a36", gray: "#8d9299", white: "#f1efe9", black: "#2b2d31",
};
const SAID = { done: "Done", failed: "Not done", refused: "I did not do it", question: "A question", answered: "Answer", stopped: "Stopped" };
const PHASES = { idle: "at rest", working: "at work", asking: "waits for your yes", stopping: "stopping" };
const PATIENCE = 1500; // Between two tries to reach the server, [ms].

let state = empty();
let hello = null;
let yours = true;
let lost = "";
let view = "camera";
let shownPane = "plan";
let past = [];
let shownRuns = -1;
let replaying = "";
let source = null;
let waits = false;

function tabName() {
  // A duplicated tab copies the storage of the one it came from; who is here already keeps the name.
  let name = sessionStorage.getItem("tab");
  const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  if (!name || !reloaded) {
    name = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem("tab", name);
  }
  return name;
}
const tab = tabName();

async function send(route, body) {
  try {
    const answer = await fetch(route, {
      method: "POST", headers: { "Content-Type": "application/json", "X-Handsel-Tab": tab },
      body: JSON.stringify(body ?? {}), keepalive: true,
    });
    if (answer.ok) return true;
    const told = await answer.json().catch(() => ({ reason: `the server answered ${answer.status}` }));
    note(told.reason);
  } catch {
    note("that did not reach the server");
  }
  return false;
}

function note(text) {
  state.lines.push({ who: "step", text, mood: "warn" });
  soon();
}

function listen() {
  source?.close();
  source = new EventSource(`/events?tab=${tab}`);
  source.addEventListener("hello", (event) => {
    hello = JSON.parse(event.data);
    if (hello.fresh) state = empty();
    ({ yours } = hello);
    state.phase = hello.status.phase;
    state.picture = Math.max(state.picture, hello.picture);
    lost = "";
    soon();
  });
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      const data = JSON.parse(event.data);
      if (kind === "seat") ({ yours } = data);
      fold(state, kind, data);
      soon();
    });
  }
  source.addEventListener("error", () => {
    const refused = source.readyState === EventSource.CLOSED;
    lost = "The connection to handsel is lost. What it was doing may go on; this page tries to reach it again.";
    if (refused) {
      source.close();
      setTimeout(again, PATIENCE);
    }
    soon();
  });
}

// A refusal ends the browser's own tries, so it is asked why, and asked again.
async function again() {
  try {
    const answer = await fetch("/runs");
    if (answer.status === 403) {
      lost = "handsel was started anew and does not know this page. Open the address that it printed.";
      soon();
    }
  } catch { /* Still gone. */ }
  listen();
}

// Names of things as a person says them.
function plainly(text) {
  return text.replace(/\b[a-z]+(?:_[a-z0-9]+)+\b/g, (name) => name.replaceAll("_", " "));
}

function line(told) {
  if (told.who === "person") return el("p", { class: "said" }, told.text);
  if (told.who === "answer") return el("pre", { class: "answer", tabindex: "0" }, told.text);
  if (told.who === "step") return el("p", { class: `did ${told.mood}` }, plainly(told.text));
  const outcome = told.outcome ?? "question";
  const box = el("div", { class: `end ${outcome}` }, el("b", {}, SAID[outcome] ?? outcome), plainly(told.reason ?? told.text));
  const options = (told.options ?? []).map((text) =>
    el("button", { class: "pill", type: "button", onclick: () => tell(text) }, text.replaceAll("_", " ")));
  if (told.folder && state.replay === told.folder) {
    options.push(el("button", { class: "pill", type: "button", onclick: () => play(told.folder) }, "Replay"));
  }
  if (told.folder && told === state.lines.findLast((one) => one.who === "end") && state.phase === "idle" && yours && outcome !== "question") {
    options.push(el("button", { class: "pill", type: "button", onclick: () => tell("/why") }, "Why?"));
    if (outcome === "done") options.push(el("button", { class: "pill", type: "button", onclick: () => tell("/undo") }, "Undo"));
  }
  if (options.length) box.append(el("div", { class: "row" }, ...options));
  return box;
}

function approval() {
  const plans = [...state.plans.values()].sort((a, b) => a.index - b.index);
  return el("div", { class: "end plan", id: "approval" },
    el("b", {}, "This is the plan. Shall I?"),
    el("ol", {}, ...plans.map((one) => el("li", {}, (one.purpose || one.stage).replaceAll("_", " ")))),
    el("div", { class: "row" },
      el("button", { class: "pill go", type: "button", id: "go", disabled: !yours || null, onclick: () => send("/approve") }, "Go"),
      el("button", { class: "pill", type: "button", id: "no", onclick: () => send("/stop") }, "Leave it")));
}

// Sentences to begin with, about what is really there.
function sentences() {
  const of = (kinds) => state.things.filter((one) => kinds.includes(one.kind)).map((one) => one.name.replaceAll("_", " "));
  const small = of(["block", "ball", "can"]);
  const wide = of(["bowl", "box", "tray"]);
  const said = [];
  if (small[0] && wide[0]) said.push(`put the ${small[0]} in the ${wide[0]}`);
  if (small[1] ?? small[0]) said.push(`pick up the ${small[1] ?? small[0]}`);
  if (small[0] && small[1]) said.push(`put the ${small[0]} to the left of the ${small[1]}`);
  return said;
}

function welcome() {
  const examples = sentences().map((text) => el("button", { class: "pill", type: "button", disabled: !yours || null, onclick: () => tell(text) }, text));
  return el("div", { class: "welcome" }, el("b", {}, "What shall I do?"), el("span", {}, examples.length ? "Say it in plain words, or try one of these." : "Say it in plain words."), ...examples);
}

function drawTalk() {
  const box = $("lines");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  const shown = state.lines.slice(-200).map(line);
  const latest = ["idle", "asking"].includes(state.phase) ? null : shown.findLast((one) => one.classList.contains("did") && !one.classList.contains("warn"));
  latest?.classList.add("now");
  if (state.phase === "asking") shown.push(approval());
  box.replaceChildren(...(shown.length ? shown : [welcome()]));
  if (atEnd) box.scrollTop = box.scrollHeight;
  $("seat").hidden = yours;
  $("text").disabled = $("send").disabled = !yours || lost !== "";
  $("text").placeholder = state.phase === "idle" ? "Say what to do" : "Say something while it works";
}

function drawState() {
  const phase = lost ? "lost" : state.phase;
  $("state").dataset.phase = phase;
  $("state").textContent = lost ? "not connected" : phase === "working" && state.doing ? state.doing : PHASES[phase];
  $("lost").hidden = lost === "";
  $("lost").textContent = lost;
  if (hello) $("where").textContent = `${hello.robot} · ${hello.scene} scene · ${hello.mind}`;
}

function drawView() {
  document.querySelector('[data-view="space"]').hidden = !hello?.view;
  document.querySelector('[data-view="replay"]').hidden = !replaying;
  for (const one of document.querySelectorAll("[data-view]")) one.setAttribute("aria-selected", String(one.dataset.view === view));
  const address = { space: hello?.view, replay: replaying && `/runs/${encodeURIComponent(replaying)}/replay.html` }[view] ?? "";
  const frame = $("stage").querySelector("iframe");
  if (frame && frame.dataset.address !== address) frame.remove();
  if (address && frame?.dataset.address !== address) {
    const made = el("iframe", { src: address, title: view === "space" ? "3-D view" : "Replay", "data-address": address });
    // An animation is no part of this page; the 3-D view needs its own origin for its socket.
    made.setAttribute("sandbox", view === "space" ? "allow-scripts allow-same-origin" : "allow-scripts");
    $("stage").append(made);
  }
  $("camera").hidden = view !== "camera" || !state.picture;
  $("blind").hidden = view !== "camera" || state.picture > 0;
  drawCamera();
}

// One picture at a time: the next is asked for when the last has come.
function drawCamera() {
  const image = $("camera");
  if (view !== "camera" || !state.picture || waits || document.hidden) return;
  // What is believed is drawn into the picture, so a new belief makes it a new one.
  const version = `${state.picture}-${state.looks}-${state.runs}`;
  if (image.dataset.version === version) return;
  waits = true;
  const next = new Image();
  next.onload = next.onerror = () => {
    waits = false;
    if (next.naturalWidth) image.src = next.src;
    soon();
  };
  image.dataset.version = version;
  next.src = `/camera.jpg?v=${version}`;
}

function drawPane() {
  for (const one of document.querySelectorAll("[data-pane]")) one.setAttribute("aria-selected", String(one.dataset.pane === shownPane));
  if (shownPane === "runs" && shownRuns !== state.runs) {
    shownRuns = state.runs;
    fetch("/runs").then((answer) => (answer.ok ? answer.json() : [])).then((list) => { past = list; soon(); }).catch(() => {});
  }
  const key = JSON.stringify([shownPane, state.stage, state.phase, state.plans.size, state.programs.length, state.things, past.length, past.map((one) => one.files.length), state.choice?.subtask]);
  if ($("pane").dataset.key === key) return;
  $("pane").dataset.key = key;
  $("pane").replaceChildren(pane(shownPane, state, { colors: COLORS, past, play }));
}

let asked = false;
function soon() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    drawState();
    drawTalk();
    drawView();
    drawPane();
    motion(state, { go: $("plot-go"), off: $("plot-off"), room: $("plot-room") }, { go: $("now-go"), off: $("now-off"), room: $("now-room") });
  });
}

function play(folder) {
  replaying = folder;
  view = "replay";
  $("watch").scrollIntoView({ block: "start" });
  soon();
}

async function tell(text) {
  if (!text.trim()) return;
  if (await send("/tell", { text, ask: $("ask").checked })) $("text").value = "";
  fit();
}

function fit() {
  $("text").style.height = "auto";
  $("text").style.height = `${$("text").scrollHeight + 2}px`;
}

$("say").addEventListener("submit", (event) => { event.preventDefault(); tell($("text").value); });
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); tell($("text").value); }
});
$("text").addEventListener("input", fit);
$("stop").addEventListener("click", () => send("/stop"));
$("take").addEventListener("click", () => send("/seat"));
$("ask").checked = localStorage.getItem("ask") === "yes";
$("ask").addEventListener("change", () => localStorage.setItem("ask", $("ask").checked ? "yes" : "no"));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") send("/stop"); });
document.addEventListener("visibilitychange", soon);
addEventListener("resize", soon);
for (const one of document.querySelectorAll("[data-view]")) one.addEventListener("click", () => { view = one.dataset.view; soon(); });
for (const one of document.querySelectorAll("[data-pane]")) one.addEventListener("click", () => { shownPane = one.dataset.pane; soon(); });
listen();
soon();
