// The operator's pages by keys: J K and Enter in the list; 1 2 3 and then a digit for a verdict, W, N, L on a number.
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
    row.querySelector("a").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
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
