// Follows an import: bytes read of all, until its report is there. Without this script the page loads itself anew.
const box = document.querySelector("[data-job]");
const bar = box.querySelector("progress");
const words = box.querySelector("[data-job-words]");
const megabytes = (bytes) => (bytes / 1e6).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });

const look = async () => {
  try {
    const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" } });
    const job = await answer.json();
    if (!answer.ok || !["waiting", "running"].includes(job.state)) {
      words.textContent = box.dataset.ended;
      location.reload();
      return;
    }
    bar.value = job.percent;
    if (job.state === "running") {
      const read = `${job.percent} % · ${megabytes(job.done_bytes)} / ${megabytes(job.total_bytes)} MB`;
      words.textContent = job.percent >= 100 ? `${read} · ${box.dataset.writing}` : read;
    }
  } catch {
    // The service may be away for a moment; the next look tells.
  }
  setTimeout(look, 700);
};
setTimeout(look, 300);
