/* Draws the picture of one incident from the JSON in the page, in the theme that is shown.
   Without it the course of the incident stands in the list below, and nothing is missing. */
import { plotly } from "./plotly.js";

const box = document.getElementById("incident-figure");
const note = document.getElementById("figure-note");
const { figure, twins, config, url } = JSON.parse(document.getElementById("figure-data").textContent);
let lib = null;
/* The width on paper in pixels: a little more than the column there has, so that words are a little smaller. */
const PAPER = 580;

function inTheme(part) {
  if (typeof part === "string") return twins[part] ?? part;
  if (Array.isArray(part)) return part.map(inTheme);
  if (part && typeof part === "object") {
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, inTheme(value)]));
  }
  return part;
}

function draw(paper = 0) {
  if (!lib || !box.clientWidth) return;
  const dark = document.documentElement.dataset.shown === "dark" && !paper;
  const { data, layout } = dark ? inTheme(figure) : structuredClone(figure);
  const width = paper || box.clientWidth;
  /* Where the words of start and end would meet, the start's alone is kept: both are in the list. */
  if (width < 480) layout.annotations = layout.annotations.filter((one) => one.name !== "end" || width > 340);
  lib.react(box, data, { ...layout, width }, config);
  /* With a view box the drawing can take the width of a sheet of paper. */
  for (const svg of box.querySelectorAll(".main-svg")) svg.setAttribute("viewBox", `0 0 ${width} ${layout.height}`);
  box.style.setProperty("--drawing", `${width} / ${layout.height}`);
  box.dataset.drawn = "true";
}

if (matchMedia("(max-width: 640px)").matches && !location.hash) {
  for (const fold of document.querySelectorAll("[data-fold-narrow]")) fold.open = false;
}
box.hidden = false;
try {
  lib = await plotly(url);
  if (note) note.hidden = note.textContent.trim() === "";
  draw();
  document.addEventListener("themechange", () => draw());
  addEventListener("beforeprint", () => draw(PAPER));
  addEventListener("afterprint", () => draw());
  new ResizeObserver(() => matchMedia("print").matches || draw()).observe(box);
} catch {
  box.hidden = true;
}
