/* The strip of the whole record: the window in it can be dragged, widened by its handles, or put elsewhere.
   `connectStrip` gives a function that marks another window in it. */
const HANDLE = 8;
const CLICK = 4;

export function connectStrip(svg, { ms, range, move }) {
  if (!svg) return () => {};
  const [first, last] = [ms(svg.dataset.start), ms(svg.dataset.end)];
  const parts = ["window", "frame"].map((name) => svg.querySelector(`.strip__${name}`));
  const handles = [...svg.querySelectorAll("[data-handle]")];
  const place = (time) => (100 * (time - first)) / (last - first);
  let drag = null;
  let dragged = false;

  const show = (start, end) => {
    for (const part of parts) {
      part.setAttribute("x", `${place(start)}%`);
      part.setAttribute("width", `${Math.max(place(end) - place(start), 0.4)}%`);
    }
    handles[0].setAttribute("x", `${place(start)}%`);
    handles[1].setAttribute("x", `${place(end)}%`);
    svg.classList.toggle("strip--narrow", place(end) - place(start) < 2);
  };
  const timeAt = (event) => {
    const box = svg.getBoundingClientRect();
    return first + ((last - first) * Math.min(Math.max(event.clientX - box.left, 0), box.width)) / box.width;
  };

  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const box = svg.getBoundingClientRect();
    const [start, end] = range().map((time) => Math.min(Math.max(time, first), last));
    const x = event.clientX - box.left;
    const [left, right] = [start, end].map((time) => (place(time) / 100) * box.width);
    /* A window too narrow for two handles and a middle is moved, not widened. */
    const near = (edge) => Math.abs(x - edge) <= HANDLE && right - left > 3 * HANDLE;
    const kind = near(left) ? "start" : near(right) ? "end" : x > left - HANDLE && x < right + HANDLE && right - left < box.width - 4 ? "move" : "new";
    drag = { kind, start, end, from: timeAt(event), x: event.clientX };
    dragged = false;
  });
  svg.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!dragged && Math.abs(event.clientX - drag.x) < CLICK) return;
    if (!dragged) svg.setPointerCapture(event.pointerId);
    dragged = true;
    svg.classList.add("is-dragging");
    const now = timeAt(event);
    const shift = now - drag.from;
    const length = drag.end - drag.start;
    if (drag.kind === "move") {
      const start = Math.min(Math.max(drag.start + shift, first), last - length);
      drag.to = [start, start + length];
    } else {
      const fixed = drag.kind === "start" ? drag.end : drag.kind === "end" ? drag.start : drag.from;
      drag.to = [Math.min(fixed, now), Math.max(fixed, now)];
    }
    show(...drag.to);
  });
  const drop = () => {
    svg.classList.remove("is-dragging");
    if (drag?.to) move(...drag.to);
    drag = null;
  };
  svg.addEventListener("pointerup", drop);
  svg.addEventListener("pointercancel", drop);
  /* A drag ends in a click on the year below it, which must not be followed. */
  svg.addEventListener("click", (event) => {
    if (!dragged) return;
    event.preventDefault();
    event.stopPropagation();
    dragged = false;
  }, true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  return (start, end) => drag ?? show(...[start, end].map((time) => Math.min(Math.max(time, first), last)));
}
