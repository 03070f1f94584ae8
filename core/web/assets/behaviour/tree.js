// The tree's keyboard: up and down through what is visible, right opens, left closes or goes to the parent.
const nodes = (tree) => [...tree.querySelectorAll("[role=treeitem]")];
const visible = (tree) => nodes(tree).filter((node) => !node.closest("li").parentElement.closest('[data-open="false"]'));
const parent = (node) => node.closest("li").parentElement.closest("li")?.querySelector("[role=treeitem]");

const focus = (tree, node) => {
  if (!node) return;
  for (const other of nodes(tree)) other.tabIndex = other === node ? 0 : -1;
  node.focus();
};

const toggle = (node) => node.closest("li").querySelector("[data-tree-toggle]").click();

document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-tree-toggle]")?.closest("li");
  if (!item) return;
  const open = String(item.dataset.open !== "true");
  item.dataset.open = open;
  item.querySelector("[role=treeitem]").setAttribute("aria-expanded", open);
});

document.addEventListener("keydown", (event) => {
  const node = event.target.closest?.("[data-tree] [role=treeitem]");
  if (!node || event.altKey || event.ctrlKey || event.metaKey) return;
  const tree = node.closest("[data-tree]");
  const shown = visible(tree);
  const at = shown.indexOf(node);
  const expanded = node.getAttribute("aria-expanded");
  const moves = {
    ArrowDown: () => focus(tree, shown[at + 1]),
    ArrowUp: () => focus(tree, shown[at - 1]),
    Home: () => focus(tree, shown[0]),
    End: () => focus(tree, shown.at(-1)),
    ArrowRight: () => (expanded === "false" ? toggle(node) : expanded && focus(tree, shown[at + 1])),
    ArrowLeft: () => (expanded === "true" ? toggle(node) : focus(tree, parent(node))),
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  moves[event.key]();
});

// One entry of each tree can be reached with Tab: the present page's, else the first.
const prepare = () => {
  for (const tree of document.querySelectorAll("[data-tree]")) {
    if (tree.querySelector('[role=treeitem][tabindex="0"]')) continue;
    const first = tree.querySelector("[role=treeitem][aria-current]") ?? tree.querySelector("[role=treeitem]");
    if (first) first.tabIndex = 0;
  }
};

prepare();
document.addEventListener("htmx:after:swap", prepare);
