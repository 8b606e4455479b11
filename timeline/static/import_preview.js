// Lets the preview follow each change of how the file is read. Without this script the form's button does that.
let last = null;

const address = (form) => {
  const chosen = [...new FormData(form)].filter(([, value]) => value !== "");
  const url = new URL(form.action);
  url.search = new URLSearchParams(chosen).toString();
  return url;
};

const refresh = async (url) => {
  last?.abort();
  last = new AbortController();
  const here = document.querySelector("[data-preview]");
  const open = new Map([...here.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]));
  const focus = document.activeElement?.id;
  here.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, signal: last.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("[data-preview]");
    if (!next) {
      location.assign(url);
      return;
    }
    for (const fold of next.querySelectorAll("details[id]")) {
      if (open.has(fold.id)) fold.open = open.get(fold.id) || fold.open;
    }
    here.replaceWith(next);
    document.title = page.title;
    history.replaceState(null, "", url);
    if (focus) document.getElementById(focus)?.focus();
    const said = next.querySelector("[data-preview-said]");
    if (said) said.textContent = said.dataset.words;
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  }
};

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-read]");
  if (!form) return;
  // A free line says something only with both its parts.
  const other = { field: "text", text: "field" };
  const part = /^more\.(\d+)\.(field|text)$/.exec(event.target.name);
  if (part) {
    const beside = form.elements[`more.${part[1]}.${other[part[2]]}`];
    if (event.target.value && !beside.value) return;
  }
  if (form.reportValidity()) refresh(address(form));
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-read]")) return;
  event.preventDefault();
  refresh(address(event.target));
});
