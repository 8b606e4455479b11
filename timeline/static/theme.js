/* Puts the reader's theme on the page before it is painted, and switches it. Without it the system's theme holds. */
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const show = () => {
    const chosen = stored();
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
    else delete root.dataset.theme;
    const shown = root.dataset.theme || (system.matches ? "dark" : "light");
    if (root.dataset.shown === shown) return;
    root.dataset.shown = shown;
    document.dispatchEvent(new CustomEvent("themechange", { detail: shown }));
  };
  show();
  system.addEventListener("change", show);
  addEventListener("storage", show);
  addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        try { localStorage.setItem("theme", root.dataset.shown === "dark" ? "light" : "dark"); } catch { /* stays as it is */ }
        show();
      });
    }
  });
})();
