/* Draws the timeline, moves its window, and keeps address, figures, strip and table in step with it.
   The server decides what is drawn; this knows only figures, wall-clock times and addresses. */
import { plotly } from "./plotly.js";
import { connectStrip } from "./strip.js";
import { connectHover } from "./hover.js";
import { drawLanes } from "./lanes.js";
import { connectTouch } from "./touch.js";

const chart = document.getElementById("chart");
const picture = document.createElement("div");
const names = document.createElement("div");
const hover = connectHover(chart);
const live = document.querySelector("[data-live]");
const failed = document.querySelector("[data-failed]");
const root = document.documentElement;
let shown = JSON.parse(document.getElementById("timeline-data").textContent);
let lib = null;
let asking = null;
let timer = 0;
let pointed = -1;
let drawings = 0;
let markWindow = () => {};

const MINUTE = 60_000;
/* Wall-clock times are read as if they were UTC: only their differences matter here, and no zone comes between. */
const ms = (text) => Date.parse(`${text.replace(" ", "T").slice(0, 23)}${text.length <= 10 ? "T00:00" : ""}Z`);
const wall = (time) => new Date(time).toISOString().slice(0, 19);
const limits = () => shown.limits.map(ms);
const range = () => {
  const axis = picture.layout?.xaxis?.range ?? [shown.start, shown.end];
  return axis.map((end) => (typeof end === "number" ? end : ms(end)));
};

/* The address of the figure may have a language of its own, which the view's repeats. */
const figureAt = (params) => {
  const url = new URL(chart.dataset.figure, location.href);
  url.search = params;
  return url;
};

/* Drawing */
function inTheme(part, twins) {
  if (typeof part === "string") return twins[part] ?? part;
  if (Array.isArray(part)) return part.map((one) => inTheme(one, twins));
  if (part && typeof part === "object") {
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, inTheme(value, twins)]));
  }
  return part;
}

async function draw({ paper = false } = {}) {
  const dark = root.dataset.shown === "dark" && !paper;
  const figure = dark ? inTheme(shown.figure, shown.twins) : shown.figure;
  const { annotations, yaxis } = figure.layout;
  const layout = {
    ...figure.layout,
    width: chart.clientWidth,
    /* On paper the drawing itself names the lanes: there it is scaled, and links beside it would not be. */
    annotations: paper ? annotations : annotations.filter((one) => one.name !== "lane"),
    yaxis: paper ? yaxis : { ...yaxis, showticklabels: false },
  };
  /* The card of `hover.js` takes the place of Plotly's label. */
  const data = figure.data.map((trace) => (trace.hovertemplate ? { ...trace, hovertemplate: undefined, hoverinfo: "none" } : trace));
  pointed = -1;
  hover.hide();
  const drawing = lib.react(picture, data, layout, shown.config);
  for (const svg of picture.querySelectorAll(".main-svg")) svg.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
  picture.style.setProperty("--drawing", `${layout.width} / ${layout.height}`);
  await drawing;
  drawLanes(names, figure.layout.meta);
  chart.setAttribute("aria-busy", "false");
  firsts();
  drawings += 1;
  chart.dataset.drawn = String(drawings);
  performance.mark("drawn");
}

/* French writes the first of a month "1er", which Plotly's formats cannot. */
function firsts() {
  if (root.lang !== "fr") return;
  for (const line of picture.querySelectorAll(".xtick text, .xtick tspan")) {
    if (!line.children.length && /^1 \p{L}/u.test(line.textContent)) line.textContent = line.textContent.replace(/^1 /, "1er ");
  }
}

/* Asking for another window or view. The old picture stays until the new one is there; a late answer is dropped. */
function addressOf(start, end) {
  const params = new URLSearchParams(new URL(shown.address, location.href).search);
  params.delete("page");
  const [first, last] = limits();
  if (start <= first && end >= last) {
    params.delete("start");
    params.delete("end");
  } else {
    params.set("start", wall(start));
    params.set("end", wall(end));
  }
  return params;
}

function rounded(start, end) {
  const pixel = (end - start) / Math.max(chart.clientWidth, 1);
  const step = [MINUTE, 10 * MINUTE, 60 * MINUTE, 360 * MINUTE, 1440 * MINUTE].filter((one) => one <= pixel * 2).pop() ?? MINUTE;
  const first = Math.round(start / step) * step;
  return [first, Math.max(Math.round(end / step) * step, first + MINUTE)];
}

async function ask(params, { push = false, width = chart.clientWidth } = {}) {
  asking?.abort();
  const mine = (asking = new AbortController());
  chart.setAttribute("aria-busy", "true");
  params.set("width", String(Math.round(width)));
  try {
    const answer = await fetch(figureAt(params), {
      signal: mine.signal,
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const next = await answer.json();
    if (mine.signal.aborted) return;
    show(next, push);
  } catch (error) {
    if (error.name === "AbortError") return;
    chart.setAttribute("aria-busy", "false");
    failed.textContent = shown.messages.failed;
    failed.hidden = false;
  }
}

function show(next, push) {
  shown = { ...shown, ...next };
  failed.hidden = true;
  document.title = next.title;
  if (push) history.pushState(null, "", next.address);
  else history.replaceState(null, "", next.address);
  for (const [name, html] of Object.entries(next.parts)) replace(name, html);
  markWindow(ms(next.start), ms(next.end));
  live.textContent = next.announcement;
  draw();
}

function replace(name, html) {
  const place = document.querySelector(`[data-part="${name}"]`);
  if (!place || place.dataset.html === html) return;
  const open = place.querySelector(".filter-menu")?.open;
  if (open && place.contains(document.activeElement)) return;
  const held = place.contains(document.activeElement) ? document.activeElement.textContent : null;
  place.innerHTML = html;
  place.dataset.html = html;
  if (held) [...place.querySelectorAll("a")].find((link) => link.textContent === held)?.focus({ preventScroll: true });
  if (name === "strip") strip();
}

/* Moving the window */
function move(start, end) {
  const [first, last] = limits();
  const length = Math.min(Math.max(end - start, MINUTE), last - first);
  const middle = (start + end) / 2;
  const from = Math.min(Math.max(middle - length / 2, first), last - length);
  if (lib) lib.relayout(picture, { "xaxis.range": [wall(from), wall(from + length)] });
  else ask(addressOf(...rounded(from, from + length)));
}

/* An answer to where the window was would throw it back there in the middle of a gesture. */
function forget() {
  asking?.abort();
  clearTimeout(timer);
}

function moved() {
  forget();
  chart.setAttribute("aria-busy", "true");
  const [start, end] = range();
  if (end - start < MINUTE) return move(start, end);
  const [first, last] = limits();
  const pixel = (last - first) / Math.max(chart.clientWidth, 1);
  const whole = start <= first + pixel && end >= last - pixel;
  markWindow(start, end);
  timer = setTimeout(() => ask(whole ? addressOf(first, last) : addressOf(...rounded(start, end))), 140);
}

function zoom(factor, at = 0.5) {
  const [start, end] = range();
  const middle = start + (end - start) * at;
  move(middle - (middle - start) * factor, middle + (end - middle) * factor);
}

function pan(part) {
  const [start, end] = range();
  move(start + (end - start) * part, end + (end - start) * part);
}

const all = () => move(...limits());

/* Going from incident to incident by key: one that stands in several lanes is met once */
function marks() {
  const [start, end] = range();
  const met = new Set();
  return picture.data
    .flatMap((trace, curve) =>
      trace.meta?.kind === "incidents"
        ? trace.x.map((x, point) => ({ curve, point, time: ms(x), y: trace.y[point], data: trace.customdata[point], text: trace.hovertext[point] }))
        : [],
    )
    .filter((mark) => mark.time >= start && mark.time <= end)
    .sort((a, b) => a.time - b.time || a.y - b.y)
    .filter(({ data: [id] }) => !met.has(id) && met.add(id));
}

function point(step) {
  const found = marks();
  if (!found.length) return;
  pointed = pointed < 0 ? (step > 0 ? 0 : found.length - 1) : (pointed + step + found.length) % found.length;
  const mark = found[pointed];
  const lines = hover.showMark(picture, mark);
  live.textContent = `${lines.join(". ")}. ${shown.messages.open}`;
}

function letGo() {
  pointed = -1;
  hover.hide();
}

function open(url, away) {
  if (away) window.open(url, "_blank", "noopener");
  else location.assign(url);
}

/* What the reader does */
const KEYS = {
  ArrowLeft: () => pan(-0.2),
  ArrowRight: () => pan(0.2),
  ArrowUp: () => point(-1),
  ArrowDown: () => point(1),
  "+": () => zoom(0.6),
  "=": () => zoom(0.6),
  "-": () => zoom(1 / 0.6),
  0: all,
  Home: all,
  Escape: letGo,
};

chart.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !lib) return;
  if (event.key === "Enter" && pointed >= 0 && event.target === chart) return open(marks()[pointed].data[1], false);
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

const keys = document.getElementById("keys");
const opener = document.querySelector("[data-open-keys]");
opener.hidden = false;
opener.addEventListener("click", () => keys.showModal());
document.addEventListener("keydown", (event) => {
  if (event.key === "?" && !event.target.closest("input, textarea, select") && !keys.open) keys.showModal();
});

/* The wheel zooms; where it could zoom out no further it scrolls the page, so nobody is caught in the chart. */
chart.addEventListener(
  "wheel",
  (event) => {
    const [start, end] = range();
    const [first, last] = limits();
    const whole = start <= first + 1000 && end >= last - 1000;
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.stopPropagation();
      if (whole) return;
      event.preventDefault();
      pan(event.deltaX / Math.max(chart.clientWidth, 1));
    } else if (whole && event.deltaY > 0) event.stopPropagation();
  },
  { capture: true, passive: false },
);

/* Links to this page (lanes, dates, filters, order, pages) change it in place; all others are left alone. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-part] a[href], .lane-names a[href]");
  if (!link || !lib || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const url = new URL(link.href?.baseVal ?? link.href, location.href);
  const here = new URL(shown.address, location.href);
  if (url.origin !== here.origin || url.pathname !== here.pathname) return;
  event.preventDefault();
  clearTimeout(timer);
  const same = url.search === here.search;
  if (!same) ask(url.searchParams, { push: true });
  if (url.hash) document.querySelector(url.hash)?.scrollIntoView({ block: "start" });
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-filter-form]") || !lib) return;
  event.preventDefault();
  const params = new URLSearchParams();
  for (const [name, value] of new FormData(event.target)) if (value) params.append(name, value);
  event.target.closest("details").open = false;
  document.activeElement?.blur();
  ask(params, { push: true });
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".filter-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(".filter-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

addEventListener("popstate", () => ask(new URLSearchParams(location.search)));
document.addEventListener("themechange", () => lib && draw());
addEventListener("beforeprint", () => lib && draw({ paper: true }));
addEventListener("afterprint", () => lib && draw());

let width = chart.clientWidth;
new ResizeObserver(() => {
  if (matchMedia("print").matches) return;
  if (Math.abs(chart.clientWidth - width) < 2 || !lib) return;
  width = chart.clientWidth;
  clearTimeout(timer);
  timer = setTimeout(() => ask(new URLSearchParams(new URL(shown.address, location.href).search)), 120);
}).observe(chart);

/* What the server answered is marked, not where the old picture still stands. */
function strip() {
  markWindow = connectStrip(document.querySelector("[data-strip]"), { ms, range, move: (start, end) => move(start, end) });
  markWindow(ms(shown.start), ms(shown.end));
}

function row(event, on) {
  const id = event.points?.[0]?.customdata?.[0];
  for (const one of document.querySelectorAll("tr.is-pointed")) one.classList.remove("is-pointed");
  chart.classList.toggle("is-over", on);
  if (on) hover.show(event.points[0], event.event);
  else hover.hide();
  if (on && id) document.querySelector(`tr[data-incident="${CSS.escape(id)}"]`)?.classList.add("is-pointed");
}

async function begin() {
  strip();
  const coming = plotly(chart.dataset.plotly);
  /* The figure in the page is drawn for a desktop; a much narrower or wider place asks for its own. */
  const ratio = chart.clientWidth / shown.figure.layout.width;
  if (ratio < 0.8 || ratio > 1.25) {
    const params = new URLSearchParams(new URL(shown.address, location.href).search);
    params.set("width", chart.clientWidth);
    const answer = await fetch(figureAt(params));
    if (answer.ok) shown = { ...shown, ...(await answer.json()) };
  }
  lib = await coming;
  names.className = "lane-names";
  chart.replaceChildren(picture, names);
  await draw();
  connectTouch(chart, { range, move });
  picture.on("plotly_afterplot", firsts);
  picture.on("plotly_relayouting", () => {
    forget();
    firsts();
    hover.hide();
  });
  picture.on("plotly_relayout", (change) => {
    if (Object.keys(change).some((name) => name.startsWith("xaxis.range"))) moved();
  });
  picture.on("plotly_click", ({ points, event }) => {
    const mark = points[0];
    if (!mark?.customdata) return;
    if (mark.data.meta?.kind === "densities") move(ms(mark.customdata[0]), ms(mark.customdata[1]));
    else open(mark.customdata[1], event?.ctrlKey || event?.metaKey || event?.button === 1);
  });
  picture.on("plotly_hover", (event) => row(event, true));
  picture.on("plotly_unhover", (event) => row(event, false));
}

begin().catch(() => {
  chart.setAttribute("aria-busy", "false");
  failed.textContent = shown.messages.failed;
  failed.hidden = false;
});
