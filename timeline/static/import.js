// Makes the file field a place to drop a file on. Without this script the field works as it is.
const zone = document.querySelector("[data-drop]");
if (zone) {
  const input = zone.querySelector('input[type="file"]');
  const over = (on) => (event) => {
    event.preventDefault();
    zone.classList.toggle("drop--over", on);
  };
  for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, over(true));
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, over(false));
  zone.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
  zone.querySelector("[data-drop-words]").hidden = false;
}
