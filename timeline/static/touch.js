/* Fingers on the chart: one moves the window sideways and leaves scrolling up and down to the page, two zoom.
   Plotly would take every touch for itself and nobody could scroll past the chart; a tap still reaches it as a click. */
const SLOP = 6;

export function connectTouch(chart, { range, move }) {
  const fingers = new Map();
  let from = null;
  let frame = 0;

  const middle = () => [...fingers.values()].reduce((sum, x) => sum + x, 0) / fingers.size;
  const spread = () => {
    const [a, b] = fingers.values();
    return Math.max(Math.abs(a - b), 20);
  };
  const begin = () => {
    from = fingers.size ? { range: range(), at: middle(), spread: fingers.size > 1 ? spread() : 0, count: fingers.size } : null;
  };

  function follow() {
    frame = 0;
    if (!from || fingers.size !== from.count) return;
    const box = chart.querySelector(".nsewdrag")?.getBoundingClientRect();
    if (!box) return;
    const [start, end] = from.range;
    const length = end - start;
    if (from.count === 1) {
      const shift = ((from.at - middle()) / box.width) * length;
      if (Math.abs(middle() - from.at) > SLOP) move(start + shift, end + shift);
    } else {
      const part = (from.at - box.left) / box.width;
      const wanted = (length * from.spread) / spread();
      const left = start + length * part - wanted * ((middle() - box.left) / box.width);
      move(left, left + wanted);
    }
  }

  const touch = (event) => event.pointerType === "touch";
  chart.addEventListener("touchstart", (event) => event.stopPropagation(), { capture: true, passive: true });
  chart.addEventListener("pointerdown", (event) => {
    if (!touch(event) || !event.target.closest(".plotly")) return;
    fingers.set(event.pointerId, event.clientX);
    begin();
  });
  chart.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, event.clientX);
    frame ||= requestAnimationFrame(follow);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    addEventListener(name, (event) => {
      if (fingers.delete(event.pointerId)) begin();
    });
  }
}
