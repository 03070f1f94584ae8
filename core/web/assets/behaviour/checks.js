// Groups of boxes: one box ticks a whole group and shows how the group stands.
const told = (group) => {
  const boxes = [...group.querySelectorAll("input[type=checkbox]:not([data-checks-all])")];
  const ticked = boxes.filter((box) => box.checked).length;
  const all = group.querySelector("[data-checks-all]");
  all.closest("label").hidden = boxes.length < 2;
  all.checked = ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
};

document.addEventListener("change", (event) => {
  const group = event.target.closest("[data-checks]");
  if (!group) return;
  if (event.target.matches("[data-checks-all]")) {
    for (const box of group.querySelectorAll("input[type=checkbox]")) box.checked = event.target.checked;
  }
  told(group);
});

for (const group of document.querySelectorAll("[data-checks]")) told(group);
