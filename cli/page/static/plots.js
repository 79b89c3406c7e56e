// Small plots of motion over robot time, drawn as SVG.

const NS = "http://www.w3.org/2000/svg";
const HEIGHT = 64;
const SPAN = 12; // Seconds that are shown at least.

function make(kind, attributes, text) {
  const element = document.createElementNS(NS, kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function path(points) {
  return points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

// Runs of points without a gap: a stage's end or a pause breaks the curve.
function pieces(points) {
  const parts = [];
  let last = null;
  for (const point of points) {
    if (last === null || point.t - last.t > 0.5 || point.piece !== last.piece) parts.push([]);
    parts.at(-1).push(point);
    last = point;
  }
  return parts;
}

export function plot(svg, { points, ahead = [], cuts = [], from, to, least, unit }) {
  const width = svg.clientWidth || 200;
  const height = svg.clientHeight || HEIGHT;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const most = Math.max(least, ...points.map((one) => one.v), ...ahead.map((one) => one.v)) * 1.1;
  const x = (t) => ((t - from) / Math.max(to - from, SPAN)) * (width - 8) + 4;
  const y = (v) => height - 3 - (Math.min(v, most) / most) * (height - 14);
  const parts = [make("line", { class: "axis", x1: 0, x2: width, y1: height - 2.5, y2: height - 2.5 })];
  for (const t of cuts) parts.push(make("line", { class: "cut", x1: x(t), x2: x(t), y1: 10, y2: height - 3 }));
  for (const part of pieces(ahead)) parts.push(make("path", { class: "ahead", d: path(part.map((one) => [x(one.t), y(one.v)])) }));
  for (const part of pieces(points)) parts.push(make("path", { class: "curve", d: path(part.map((one) => [x(one.t), y(one.v)])) }));
  const last = points.at(-1);
  if (last) parts.push(make("circle", { class: "now", cx: x(last.t), cy: y(last.v), r: 2.8 }));
  if (last || ahead.length) parts.push(make("text", { x: 2, y: 9 }, `${(most / 1.1).toPrecision(2)} ${unit}`));
  svg.replaceChildren(...parts);
}

export function bar(share) {
  const svg = make("svg", { viewBox: "0 0 90 6", "aria-hidden": "true" });
  svg.append(make("rect", { class: "base", width: 90, height: 6, rx: 3 }));
  svg.append(make("rect", { class: "fill", width: Math.max(2, 90 * Math.min(1, share)), height: 6, rx: 3 }));
  return svg;
}

export function motion(state, svgs, outputs) {
  const live = state.live;
  const from = live.length ? live[0].t : 0;
  const to = live.length ? live.at(-1).t : SPAN;
  const cuts = state.stages.map((one) => one.t);
  const with_way = live.filter((one) => one.to_go !== undefined);
  const series = (key, scale) => with_way.map((one) => ({ t: one.t, v: one[key] * scale, piece: `${one.arm} ${one.stage}` }));
  const room = [];
  const ahead = [];
  for (const [k, stage] of state.stages.entries()) {
    const told = stage.plan?.clearances ?? [];
    const next = state.stages[k + 1]?.t ?? Infinity;
    told.forEach((v, i) => {
      const t = stage.t + (stage.plan.duration * i) / Math.max(1, told.length - 1);
      if (t < next && v !== null) (t <= to ? room : ahead).push({ t, v: v * 1000, piece: k });
    });
  }
  const end = Math.max(to, ...ahead.map((one) => one.t));
  const shown = [
    ["go", { points: series("to_go", 100), unit: "cm", least: 5 }],
    ["off", { points: series("off", 1000), unit: "mm", least: 4 }],
    ["room", { points: room, ahead, unit: "mm", least: 40 }],
  ];
  for (const [name, told] of shown) {
    plot(svgs[name], { ...told, cuts, from, to: end });
    const last = told.points.at(-1);
    outputs[name].textContent = last ? `${last.v.toFixed(1)} ${told.unit}` : "";
  }
}
