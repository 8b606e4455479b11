// Makes the file field a place to drop a file on, and shows how much of it is sent. Without this script the form works as it is.
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

const form = document.querySelector("[data-upload]");
if (form) {
  const sending = form.querySelector("[data-sending]");
  const bar = sending.querySelector("progress");
  const words = sending.querySelector("[data-sent-words]");
  const fault = form.querySelector("[data-send-fault]");
  const button = form.querySelector("button");

  const failed = (text) => {
    sending.hidden = true;
    button.disabled = false;
    fault.hidden = false;
    fault.querySelector("span").textContent = text;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(form);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (step) => {
      const percent = step.total ? Math.floor((100 * step.loaded) / step.total) : 0;
      bar.value = percent;
      words.textContent = `${percent} %`;
    });
    request.addEventListener("load", () => {
      const answer = request.response;
      if (request.status === 200 && answer?.preview) location.assign(answer.preview);
      else failed(answer?.error ? `${answer.error.message} ${answer.error.hint ?? ""}` : String(request.status));
    });
    request.addEventListener("error", () => failed(""));
    button.disabled = true;
    fault.hidden = true;
    sending.hidden = false;
    request.send(data);
  });
  // Coming back to this page shows it ready for another file.
  addEventListener("pageshow", () => {
    button.disabled = false;
    sending.hidden = true;
  });
}
