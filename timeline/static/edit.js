// Says under a time or a number, while it is typed, what it is understood as. Without this script the next page says it.
const form = document.querySelector("[data-read-url]");
if (form) {
  const zone = form.elements.namedItem("timezone");
  const read = async (input) => {
    const place = document.getElementById(`${input.id}-read`);
    const text = input.value.trim();
    if (!text) {
      place.hidden = true;
      return;
    }
    const url = new URL(form.dataset.readUrl, location.href);
    for (const [name, value] of [["column", input.dataset.reads], ["text", text], ["zone", zone.value]]) {
      url.searchParams.set(name, value);
    }
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    // Only the answer to the newest text counts.
    if (!answer?.ok || input.value.trim() !== text) return;
    const { words, problem, remedy } = await answer.json();
    place.textContent = problem ? [problem, remedy].filter(Boolean).join(" → ") : words;
    place.classList.toggle("is-problem", Boolean(problem));
    place.hidden = !place.textContent;
  };
  const waiting = new Map();
  const soon = (input) => {
    clearTimeout(waiting.get(input));
    waiting.set(input, setTimeout(() => read(input), 350));
  };
  const inputs = [...form.querySelectorAll("[data-reads]")];
  for (const input of inputs) input.addEventListener("input", () => soon(input));
  zone.addEventListener("change", () => inputs.forEach(soon));
}
