// What was just done stays ten seconds, with its undo; Z undoes. Also the small things every page has.
(() => {
  const passes = () => {
    for (const bar of document.querySelectorAll("[data-passes]:not([data-running])")) {
      bar.dataset.running = "1";
      let left = Number(bar.dataset.passes);
      const words = bar.querySelector("[data-left]");
      const show = () => { if (words) words.textContent = words.dataset.left.replace("%(n)s", left); };
      const timer = setInterval(() => { left -= 1; show(); if (left <= 0 || !bar.isConnected) { clearInterval(timer); bar.remove(); } }, 1000);
      show();
    }
  };
  passes();
  document.addEventListener("htmx:afterSettle", passes);
  document.addEventListener("htmx:oobAfterSwap", passes);
  const typing = (target) => target.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key.toLowerCase() === "z") document.querySelector("#said [data-key=z]")?.click();
  });
  document.addEventListener("click", (event) => {
    const peek = event.target.closest("[data-peek]");
    if (peek) {
      const box = document.getElementById(peek.dataset.peek), plain = box.type === "text";
      box.type = plain ? "password" : "text";
      peek.textContent = plain ? peek.dataset.show : peek.dataset.hide;
    }
  });
  for (const box of document.querySelectorAll("[data-peek]")) box.hidden = false;
  const here = document.querySelector(".rail [aria-current]"), rail = here?.closest(".rail");
  if (rail) rail.scrollLeft = here.offsetLeft - (rail.clientWidth - here.offsetWidth) / 2; // on a phone the menu is longer than the screen
  document.addEventListener("change", (event) => { if (event.target.matches("[data-submits]")) event.target.form.requestSubmit(); });
  window.jz = Object.assign(window.jz || {}, { typing });
})();
