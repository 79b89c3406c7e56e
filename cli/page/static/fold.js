// The page's state, folded from the server's messages: the same messages give the same page, also after a reload.

const MOST_LIVE = 3000;

export function empty() {
  return {
    phase: "idle", doing: "", lines: [], things: [], warnings: [], picture: 0, choice: null, programs: [],
    plans: new Map(), stage: null, live: [], stages: [], run: 0, instruction: "", asking: false, replay: null, runs: 0, looks: 0,
  };
}

const words = (name) => String(name).replaceAll("_", " ");

function did(state, text, mood = "") {
  state.lines.push({ who: "step", text, mood });
}

function begin(state, data) {
  Object.assign(state, { run: data.run, instruction: data.text, choice: null, programs: [], stage: null, live: [], stages: [] });
  state.plans = new Map();
  state.doing = "looking";
}

function end(state, data) {
  state.lines.push({ who: "end", ...data });
  Object.assign(state, { stage: null, doing: "" });
  state.runs += 1;
}

const takes = {
  line(state, data) { state.lines.push(data); },
  answer(state, data) { state.lines.push({ who: "answer", text: data.text }); },
  begin,
  end,
  phase(state, data) { state.phase = data.phase; },
  seat() {},
  note(state, data) { did(state, data.text, "warn"); },
  gone(state) { did(state, "The agent has ended; start handsel anew.", "warn"); },
  frame(state, data) { state.picture = data.version; },
  replay(state, data) { state.replay = data.folder; state.runs += 1; },
  scene(state, data) {
    state.things = data.things;
    state.looks += 1;
    state.warnings = data.warnings;
    state.doing = data.why === "to judge" ? "judging" : "understanding";
  },
  subtasks(state, data) {
    for (const text of data.texts) did(state, `I will ${words(text)}`);
    state.doing = "planning";
  },
  choice(state, data) { state.choice = data; state.plans = new Map(); state.stage = null; state.doing = "planning"; },
  program(state, data) { state.programs.push(data.text); },
  refusal(state, data) { did(state, `That program was refused by ${data.by}: ${data.reason}`, "warn"); },
  plan(state, data) { state.plans.set(data.index, data); },
  stage(state, data) {
    state.stage = data.index;
    state.stages.push({ index: data.index, t: data.t, plan: state.plans.get(data.index) });
    did(state, words(data.purpose || data.name));
    state.doing = words(data.purpose || data.name);
  },
  grasped(state, data) { did(state, `holds ${words(data.thing)}`); },
  released(state, data) { did(state, `let go of ${words(data.thing)}`); },
  replan(state, data) { did(state, `planned anew: ${data.reason || data.cause}`); },
  waiting(state, data) { did(state, `waits: ${data.reason}`, "warn"); },
  thing_moved(state, data) { did(state, `${words(data.thing)} was moved by ${(100 * data.by).toFixed(0)} cm`, "warn"); },
  thing_lost(state, data) { did(state, `${words(data.thing)} is out of sight`); },
  trouble(state, data) { did(state, data.reason, "warn"); },
  failure(state, data) { did(state, data.reason, "warn"); },
  verdict(state, data) { if (!data.success) did(state, data.reason, "warn"); },
  live(state, data) {
    state.live.push(data);
    if (state.live.length > MOST_LIVE) state.live.splice(0, MOST_LIVE / 4);
  },
};

export const KINDS = Object.keys(takes);

export function fold(state, kind, data) {
  takes[kind]?.(state, data);
}
