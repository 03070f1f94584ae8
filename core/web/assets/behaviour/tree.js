// The tree's keyboard: up and down through what is visible, right opens, left closes or goes to the parent.
const visible = (tree) => [...tree.querySelectorAll("[role=treeitem]")].filter((item) => !item.parentElement.closest('[aria-expanded="false"]'));

const focus = (tree, item) => {
  if (!item) return;
  for (const other of tree.querySelectorAll('[role=treeitem][tabindex="0"]')) other.tabIndex = -1;
  item.tabIndex = 0;
  item.focus();
  item.scrollIntoView({ block: "nearest" });
};

const toggle = (item, wanted) => {
  const now = item.getAttribute("aria-expanded") === "true";
  if (!item.hasAttribute("aria-expanded") || now === wanted) return;
  const button = item.querySelector(":scope > .tree-row [data-tree-toggle]");
  button.click();
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tree-toggle]");
  if (!button) return;
  const item = button.closest("[role=treeitem]");
  item.setAttribute("aria-expanded", String(item.getAttribute("aria-expanded") !== "true"));
});

document.addEventListener("keydown", (event) => {
  const item = event.target.closest?.("[data-tree] [role=treeitem]");
  if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
  const tree = item.closest("[data-tree]");
  const items = visible(tree);
  const at = items.indexOf(item);
  const expanded = item.getAttribute("aria-expanded");
  const moves = {
    ArrowDown: () => focus(tree, items[at + 1]),
    ArrowUp: () => focus(tree, items[at - 1]),
    Home: () => focus(tree, items[0]),
    End: () => focus(tree, items.at(-1)),
    ArrowRight: () => (expanded === "false" ? toggle(item, true) : expanded && focus(tree, items[at + 1])),
    ArrowLeft: () => (expanded === "true" ? toggle(item, false) : focus(tree, item.parentElement.closest("[role=treeitem]"))),
    Enter: () => item.querySelector(":scope > .tree-row > .tree-link").click(),
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  move();
});

const prepare = () => {
  for (const tree of document.querySelectorAll("[data-tree]")) {
    if (tree.querySelector('[role=treeitem][tabindex="0"]')) continue;
    const first = tree.querySelector("[role=treeitem][aria-current]") ?? tree.querySelector("[role=treeitem]");
    if (first) first.tabIndex = 0;
  }
};

prepare();
document.addEventListener("htmx:after:swap", prepare);
