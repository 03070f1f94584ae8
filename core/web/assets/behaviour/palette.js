// The command palette and the overlay of shortcuts: fetched when first asked for. A combobox keeps the focus in its field;
// the chosen option is named by aria-activedescendant.
const root = document.body.dataset;
const KEPT = "dangjian.recent";
const MOST = 6;
let dialog = null;
let running = null;
let waiting = 0;

const field = () => dialog.querySelector("[role=combobox]");
const list = () => dialog.querySelector("[role=listbox]");
const options = () => [...list().querySelectorAll("[role=option]")];

// What was opened lately stays in this tab and is gone when it is closed or somebody signs out.
const recent = () => {
  try {
    const held = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(held) ? held.filter((one) => typeof one.url === "string" && one.url.startsWith("/") && !one.url.startsWith("//")) : [];
  } catch {
    return [];
  }
};

const remember = () => {
  try {
    if (!root.palette) return sessionStorage.removeItem(KEPT);
    if (!document.querySelector(".crumbs")) return;
    const url = location.pathname + location.search;
    const title = document.querySelector("h1")?.firstChild?.textContent.trim();
    if (!title || url.length > 300) return;
    sessionStorage.setItem(KEPT, JSON.stringify([{ url, title: title.slice(0, 80) }, ...recent().filter((one) => one.url !== url)].slice(0, MOST)));
  } catch {
    // A browser that keeps nothing is one without recent pages.
  }
};

const choose = (option) => {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    field().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else field().removeAttribute("aria-activedescendant");
};

const chosen = () => list().querySelector("[aria-selected=true]");

const lately = () => {
  const entries = recent().filter((one) => one.url !== location.pathname + location.search);
  if (!entries.length) return;
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-labelledby", "palette-group-recent");
  const title = document.createElement("div");
  title.className = "palette-group";
  title.id = "palette-group-recent";
  title.setAttribute("role", "presentation");
  title.textContent = list().dataset.recent;
  group.append(title);
  entries.forEach((entry, number) => {
    const option = document.createElement("div");
    option.className = "palette-hit";
    option.id = `palette-recent-${number}`;
    option.dataset.url = entry.url;
    option.setAttribute("role", "option");
    const label = document.createElement("span");
    label.className = "palette-label";
    label.textContent = entry.title;
    option.append(label);
    group.append(option);
  });
  list().prepend(group);
};

const shown = () => {
  if (!field().value.trim()) lately();
  choose(options()[0] ?? null);
  const status = dialog.querySelector("[role=status]");
  status.textContent = status.dataset.count.replace("%n%", options().length);
};

const ask = async () => {
  running?.abort();
  running = new AbortController();
  try {
    const answer = await fetch(`${root.palette}?q=${encodeURIComponent(field().value)}`, { signal: running.signal, headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return answer.redirected && location.reload();
    list().innerHTML = await answer.text();
    shown();
  } catch (error) {
    if (error.name !== "AbortError") document.dispatchEvent(new CustomEvent("htmx:error"));
  }
};

const open = (option) => {
  if (!option) return;
  dialog.close();
  location.assign(option.dataset.url);
};

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 7, PageUp: -7 };

const bind = () => {
  field().addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  });
  field().addEventListener("keydown", (event) => {
    if (event.isComposing) return; // an input method is choosing characters
    const all = options();
    if (event.key in STEPS && all.length) {
      event.preventDefault();
      const at = all.indexOf(chosen()) + STEPS[event.key];
      choose(all[Math.abs(STEPS[event.key]) > 1 ? Math.max(0, Math.min(all.length - 1, at)) : (at + all.length) % all.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(chosen());
    }
  });
  list().addEventListener("click", (event) => open(event.target.closest("[role=option]")));
  list().addEventListener("mousemove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== chosen()) choose(option);
  });
};

const fetched = async (address) => {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) return null;
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  const made = holder.content.querySelector("dialog");
  document.body.append(made);
  return made;
};

let opening = false;
const palette = async () => {
  if (!root.palette || opening || dialog?.open) return;
  opening = true;
  try {
    if (!dialog) {
      dialog = await fetched(root.palette);
      if (!dialog) return;
      bind();
      shown();
    }
    dialog.showModal();
    field().focus();
    field().select();
  } catch {
    document.dispatchEvent(new CustomEvent("htmx:error"));
  } finally {
    opening = false;
  }
};

const overlay = async () => {
  const held = document.getElementById("keys") ?? (root.keys && (await fetched(root.keys).catch(() => null)));
  if (held && !held.open) held.showModal();
};

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette-open]")) palette();
  if (event.target.closest("[data-keys-open]")) overlay();
});

// j and k walk along the rows of the page's list: what is focused is the row's own link, so that Enter opens it.
const rows = () => [...document.querySelectorAll("main table tbody tr, main .todo li, main .rows > li")].filter((row) => row.querySelector("a[href]") && row.offsetParent);

const walk = (step) => {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + step))];
  const link = next.querySelector(".col-name a, a[href]");
  link.focus();
  link.scrollIntoView({ block: "nearest" });
};

const typing = (event) => event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open]");
let pending = "";

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    palette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || root.single === "off" || typing(event)) return;
  const before = pending;
  pending = event.key;
  if (before === "g") {
    pending = "";
    document.querySelector(`#side a[data-go="${CSS.escape(event.key)}"]`)?.click();
  } else if (event.key === "?") overlay();
  else if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
  else if (event.key === "x") rows().find((row) => row.contains(document.activeElement))?.querySelector("input[type=checkbox]")?.click();
  else if (event.key === "/") {
    const search = document.querySelector('[data-shortcut="/"]');
    if (!search?.offsetParent) return void palette();
    event.preventDefault();
    search.focus();
    search.select?.();
  } else return;
  if (event.key === "/" || event.key === "?") event.preventDefault();
});

remember();
