/* The names of the lanes beside the picture: real links with counts, at the heights that the figure says. */
export function drawLanes(place, { lanes, narrow, left }) {
  document.documentElement.style.setProperty("--chart-left", `${left}px`);
  place.classList.toggle("lane-names--narrow", narrow);
  place.replaceChildren(
    ...lanes.map((lane) => {
      const row = document.createElement(lane.link ? "a" : "span");
      row.className = "lane-name";
      if (lane.link) row.href = lane.link;
      row.title = lane.name;
      row.style.top = `${lane.top}px`;
      if (!narrow) row.style.height = `${lane.height}px`;
      const name = document.createElement("span");
      name.className = "lane-name__words";
      name.textContent = lane.name;
      const count = document.createElement("span");
      count.className = "lane-name__count";
      count.textContent = lane.count;
      row.append(name, " ", count);
      return row;
    }),
  );
}
