// <details data-menu>: one open at a time; closes on a click elsewhere and on Escape, which gives the focus back.
const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const inside = event.target.closest?.("details[data-menu][open]");
  if (event.key === "Escape") {
    for (const menu of open()) {
      menu.open = false;
      if (menu === inside) menu.querySelector("summary").focus();
    }
  }
  if (!inside || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  const entries = [...inside.querySelectorAll(".dropdown-item")];
  if (!entries.length) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  const at = entries.indexOf(document.activeElement);
  entries[(at + step + entries.length) % entries.length].focus();
});
