/* Loads plotly.js once, after the page has been painted: figures and table come first. */
let loading = null;

const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

/* The full bundle carries the style sheet of its map library as an inline <style>, which the page's policy refuses and
   no chart here needs: while the script runs, such an element is left out. Plotly's own sheet begins empty and stays. */
function withoutInlineStyle() {
  const { head } = document;
  head.appendChild = (node) =>
    node.nodeName === "STYLE" && node.textContent.trim() ? node : Node.prototype.appendChild.call(head, node);
  return () => delete head.appendChild;
}

export function plotly(url) {
  loading ??= painted().then(
    () =>
      new Promise((done, fail) => {
        const script = document.createElement("script");
        script.src = url;
        const restore = withoutInlineStyle();
        script.onload = () => {
          restore();
          done(window.Plotly);
        };
        script.onerror = () => {
          restore();
          fail(new Error("plotly.js could not be loaded"));
        };
        document.head.append(script);
      }),
  );
  return loading;
}
