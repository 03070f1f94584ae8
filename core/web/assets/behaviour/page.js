// The page as a whole: the phone's drawer, shortcuts, printing, toasts, and where the focus goes after a swap.
const side = document.getElementById("side");
const openers = document.querySelectorAll("[data-side]");
let opener = openers[0];

const drawer = (open) => {
  side?.classList.toggle("is-open", open);
  for (const one of openers) one.setAttribute("aria-expanded", String(open));
  if (open) side.querySelector("a")?.focus();
};

document.addEventListener("click", (event) => {
  opener = event.target.closest("[data-side]") ?? opener;
  if (event.target.closest("[data-side]")) drawer(!side.classList.contains("is-open"));
  else if (side?.classList.contains("is-open") && !side.contains(event.target)) drawer(false);
  if (event.target.closest("[data-print]")) window.print();
  if (event.target.closest("[data-back]")) history.length > 1 ? history.back() : location.assign(document.querySelector(".side-brand")?.href ?? "./");
  event.target.closest("[data-toast-close]")?.closest(".toast-note").remove();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !side?.classList.contains("is-open")) return;
  drawer(false);
  opener.focus();
});

// After a part of the page was exchanged, the reader's focus must not fall back to the top of the page.
let held = null;
document.addEventListener("htmx:before:swap", () => {
  const active = document.activeElement;
  held = active?.id || active?.name || active?.getAttribute?.("href") ? { id: active.id, name: active.name, text: active.textContent } : null;
});
document.addEventListener("htmx:after:swap", (event) => {
  const heading = event.target.querySelector?.("[data-focus]");
  if (heading) {
    heading.focus();
    return;
  }
  if (!held || document.activeElement !== document.body) return;
  const again = held.id ? document.getElementById(held.id) : [...document.querySelectorAll("#results a")].find((link) => link.textContent === held.text);
  (again ?? document.getElementById("content"))?.focus({ preventScroll: true });
});

for (const [name, busy] of [["htmx:before:request", true], ["htmx:after:request", false]]) {
  document.addEventListener(name, (event) => {
    const target = event.detail?.ctx?.target;
    if (target instanceof Element) target.setAttribute("aria-busy", String(busy));
  });
}

// The connection failed or took too long: say so, keep what is on the screen.
for (const name of ["htmx:error", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    const box = document.getElementById("toasts");
    if (!box || box.querySelector("[data-offline]")) return;
    const note = document.createElement("div");
    note.className = "toast-note toast-bad";
    note.dataset.offline = "";
    const text = document.createElement("p");
    text.textContent = document.documentElement.lang === "en" ? "No answer from the server. Check the connection and try again." : "没有连上服务器，请检查网络后再试。";
    note.append(text);
    box.append(note);
    setTimeout(() => note.remove(), 8000);
  });
}
