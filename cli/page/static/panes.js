// The panes beneath the picture: plan, choices, program, things, past runs.

import { bar } from "./plots.js";

export function el(kind, attributes = {}, ...children) {
  const element = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const words = (name) => String(name).replaceAll("_", " ");
const none = (text) => el("p", { class: "none" }, text);
const percent = (share) => `${Math.round(100 * share)} %`;

function relation(told) {
  const off = Math.max(told.residual ?? 0, 0);
  const text = told.met ? "holds" : `off by ${off.toPrecision(2)}`;
  return el("div", { class: told.met ? "rel" : "rel broken" },
    el("code", {}, told.text), bar(told.tolerance ? off / told.tolerance : 0), el("span", {}, text));
}

function plan(state) {
  if (!state.plans.size) return none(state.phase === "idle" ? "Nothing is planned." : "The plan comes once it is understood.");
  const steps = [...state.plans.values()].sort((a, b) => a.index - b.index).map((one) =>
    el("div", { class: one.index === state.stage ? "step now" : "step" },
      el("h3", {}, words(one.purpose || one.stage), el("small", {}, `${one.duration.toFixed(1)} s · ${(1000 * one.clearance).toFixed(0)} mm room`)),
      ...one.relations.map(relation)));
  return el("div", {}, ...steps);
}

function choice(state) {
  if (!state.choice) return none("Nothing was weighed yet.");
  const rows = state.choice.rows.map((row, k) =>
    el("tr", { class: k === 0 ? "best" : null },
      el("td", {}, [row.skill, ...Object.values(row.arguments).map(words)].join(" ")),
      el("td", { class: "n" }, percent(row.say)), el("td", { class: "n" }, percent(row.can)),
      el("td", { class: "n" }, percent(row.score)), el("td", {}, row.reason)));
  const head = el("tr", {}, el("th", {}, "could do"), el("th", { class: "n" }, "useful"), el("th", { class: "n" }, "possible"), el("th", { class: "n" }, "both"), el("th", {}, "why"));
  return el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows));
}

function program(state) {
  if (!state.programs.length) return none("No program was written yet.");
  return el("pre", { tabindex: "0" }, state.programs.at(-1));
}

function things(state, colors) {
  if (!state.things.length) return none("Nothing is seen on the table.");
  const rows = state.things.map((one) => {
    const swatch = el("i", { class: "swatch" });
    swatch.style.background = colors[one.color] ?? "transparent";
    const doubts = one.doubts.length ? `; ${one.doubts.join("; ")}` : "";
    return el("tr", {},
      el("td", {}, swatch, words(one.name)),
      el("td", { class: "n" }, one.center.map((v) => (100 * v).toFixed(1)).join("  ")),
      el("td", { class: "n" }, one.size.map((v) => (100 * v).toFixed(1)).join(" × ")),
      el("td", {}, words(one.inside ? `in ${one.inside}` : `on ${one.on}`) + doubts),
      el("td", { class: "n" }, percent(one.confidence)));
  });
  const head = el("tr", {}, el("th", {}, "thing"), el("th", { class: "n" }, "place, cm"), el("th", { class: "n" }, "size, cm"), el("th", {}, "where"), el("th", { class: "n" }, "sure"));
  return el("div", {}, el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)), ...state.warnings.map((text) => none(text)));
}

function runs(list, play) {
  if (!list.length) return none("No run is there yet.");
  return el("div", { class: "runs" }, ...list.map((run) => {
    const file = (name, label) => run.files.includes(name)
      ? el("a", { class: "pill", href: `/runs/${encodeURIComponent(run.name)}/${name}`, target: "_blank", rel: "noopener" }, label) : null;
    const replay = run.files.includes("replay.html")
      ? el("button", { class: "pill go", type: "button", onclick: () => play(run.name) }, "Replay") : null;
    return el("div", { class: "run" },
      el("span", {}, run.instruction || run.name),
      el("div", { class: "row" }, file("plan.png", "Plan"), file("trace.jsonl", "Trace"), replay),
      el("small", {}, `${new Date(1000 * run.when).toLocaleString()} · ${run.outcome}`));
  }));
}

export function pane(name, state, { colors, past, play }) {
  switch (name) {
    case "plan": return plan(state);
    case "choice": return choice(state);
    case "program": return program(state);
    case "things": return things(state, colors);
    default: return runs(past, play);
  }
}
