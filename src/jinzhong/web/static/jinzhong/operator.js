// The operator's pages by keys: J K and Enter in a list; 1 2 3 and then a digit for a verdict, W, N, L on a number.
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const press = (key) => document.querySelector(`main [data-key="${CSS.escape(key)}"]`);
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.classList.contains("on"));
    for (const row of all) row.classList.remove("on");
    const row = all[Math.max(0, Math.min(all.length - 1, here < 0 ? 0 : here + by))];
    row.classList.add("on");
    row.querySelector(".row-link").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  let held;  // the live list refreshes itself: the row one stands on, what one opened and how far one scrolled stay so
  const each = (what) => [...document.querySelectorAll(what)];
  document.addEventListener("htmx:beforeSwap", () => {
    held = { row: document.querySelector("[data-row].on")?.id, open: each("details[id][open]").map((one) => one.id), far: each(".scroll-x[id]").map((one) => [one.id, one.scrollLeft]) };
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (held?.row) document.getElementById(held.row)?.classList.add("on");
    for (const id of held?.open ?? []) document.getElementById(id)?.setAttribute("open", "");
    for (const [id, far] of held?.far ?? []) document.getElementById(id)?.scrollTo(far, 0);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || window.jz?.typing(event.target) || document.querySelector(".dialog")) return;
    const key = event.key.toLowerCase(), open = document.querySelector(".choice[open]");
    if (key === "j" || key === "arrowdown") { if (rows().length) { step(1); event.preventDefault(); } return; }
    if (key === "k" || key === "arrowup") { if (rows().length) { step(-1); event.preventDefault(); } return; }
    if (key === "escape" && open) { open.open = false; return; }
    if (/^[1-9]$/.test(key) && open) { open.querySelectorAll(".becauses button")[Number(key) - 1]?.click(); event.preventDefault(); return; }
    const found = press(key);
    if (!found) return;
    event.preventDefault();
    if (found.matches("input")) found.focus(); else found.click();
  });
})();
