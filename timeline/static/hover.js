/* The card beside a mark that is pointed at. Its lines come with the figure, escaped for Plotly; here they are text. */
const AWAY = 14;

const unescape = (text) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#37;", "%").replaceAll("&amp;", "&");

export function connectHover(chart) {
  const card = document.createElement("div");
  card.className = "hover-card";
  card.hidden = true;
  card.setAttribute("aria-hidden", "true");
  document.body.append(card);

  function fill(text, severity) {
    const lines = text.split("<br>").map(unescape);
    card.replaceChildren(
      ...lines.map((line, number) => {
        const part = document.createElement("p");
        part.className = number ? "hover-card__line" : "hover-card__title";
        part.textContent = line;
        return part;
      }),
    );
    card.dataset.severity = severity ?? "";
    return lines;
  }

  /* Above the point where there is room, else below; never over the edge of the window. */
  function put(x, y) {
    card.hidden = false;
    const { width, height } = card.getBoundingClientRect();
    const left = Math.min(Math.max(x - width / 2, 8), document.documentElement.clientWidth - width - 8);
    const top = y - height - AWAY < 8 ? y + AWAY : y - height - AWAY;
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${top + scrollY}px`;
  }

  const severityOf = (trace, point) => trace.meta?.severity ?? trace.meta?.severities?.[point];

  return {
    hide() {
      card.hidden = true;
    },
    show(point, event) {
      const text = point?.data.hovertext?.[point.pointNumber];
      if (!text) return;
      fill(text, severityOf(point.data, point.pointNumber));
      const box = chart.getBoundingClientRect();
      const bar = point.data.type === "bar";
      const x = bar ? event.clientX : box.left + point.xaxis._offset + point.xaxis.d2p(point.x);
      put(x, box.top + point.yaxis._offset + point.yaxis.d2p(point.y));
    },
    showMark(picture, mark) {
      const trace = picture.data[mark.curve];
      const { xaxis, yaxis } = picture._fullLayout;
      const lines = fill(mark.text, severityOf(trace, mark.point));
      const box = chart.getBoundingClientRect();
      put(box.left + xaxis._offset + xaxis.d2p(trace.x[mark.point]), box.top + yaxis._offset + yaxis.d2p(mark.y));
      return lines;
    },
  };
}
