// Choosing rows: "all on this page", the count, and the bar of bulk actions.
const update = (form) => {
  const boxes = [...form.querySelectorAll("[data-bulk-one]")];
  const chosen = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-bulk-all]");
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
  form.querySelector("[data-bulk-bar]").hidden = chosen === 0;
  form.querySelector("[data-bulk-count]").textContent = chosen;
};

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-bulk]");
  if (!form || !event.target.matches("[data-bulk-all], [data-bulk-one]")) return;
  if (event.target.matches("[data-bulk-all]")) {
    for (const box of form.querySelectorAll("[data-bulk-one]")) box.checked = event.target.checked;
  }
  update(form);
});

// A table too wide for its place is scrolled by keyboard as well: it takes the focus, and bears the name of its card.
const reach = () => {
  for (const wrap of document.querySelectorAll(".table-wrap:not([tabindex])")) {
    if (wrap.scrollWidth <= wrap.clientWidth) continue;
    wrap.tabIndex = 0;
    const name = (wrap.querySelector("caption") ?? wrap.closest(".card")?.querySelector(".card-title"))?.textContent.trim();
    if (!name) continue;
    wrap.setAttribute("role", "region");
    wrap.setAttribute("aria-label", name);
  }
};

reach();
document.addEventListener("htmx:after:swap", reach);
window.addEventListener("resize", reach);
