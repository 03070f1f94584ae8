// Forms: sent once, dates understood as people paste them, files dropped where they may be dropped.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post") || "again" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = event.submitter;
  if (button) {
    button.classList.add("is-busy");
    button.setAttribute("aria-disabled", "true");
  }
});

// A page taken from the browser's memory must be usable again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll(".is-busy")) {
    button.classList.remove("is-busy");
    button.removeAttribute("aria-disabled");
  }
});

// 2026年7月1日, 2026.7.1, 2026/7/1, 20260701 pasted into a date field.
document.addEventListener("paste", (event) => {
  const field = event.target.closest?.("input[data-date]");
  if (!field || field.type !== "date") return;
  const text = event.clipboardData.getData("text").trim();
  const found = /^(\d{4})\s*[年./-]?\s*(\d{1,2})\s*[月./-]?\s*(\d{1,2})\s*日?$/.exec(text);
  if (!found) return;
  event.preventDefault();
  field.value = `${found[1]}-${found[2].padStart(2, "0")}-${found[3].padStart(2, "0")}`;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

const zone = (event) => event.target.closest?.("[data-drop]");

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const target = zone(event);
    if (!target) return;
    event.preventDefault();
    target.classList.toggle("is-over", kind === "dragover");
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    const input = target.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// The first thing that is wrong is where the reader should be.
const wrong = document.querySelector(".findings:has(.finding-bad), .has-error [aria-invalid]");
if (wrong?.matches("[aria-invalid]")) wrong.focus();
else wrong?.scrollIntoView({ block: "center" });
