// Clocks tick by the server's clock: the page carries what it showed, and how fast it runs.
(() => {
  const meta = document.querySelector('meta[name="jz-now"]');
  const shown = Date.parse(meta.content), began = Date.now(), rate = Number(meta.dataset.rate) || 1;
  const now = () => shown + (Date.now() - began) * rate;
  const two = (n) => String(n).padStart(2, "0");
  const span = (ms) => {
    const s = Math.floor(ms / 1000), h = Math.floor(s / 3600);
    return h ? `${h}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${two(Math.floor(s / 60))}:${two(s % 60)}`;
  };
  const late = (ms, box) => (ms < 60000 ? `${Math.floor(ms / 1000)} ${box.dataset.sec || "秒"}` : `${Math.floor(ms / 60000)} ${box.dataset.min || "分"}`);
  const tick = () => {
    for (const box of document.querySelectorAll("[data-due]")) {
      const left = Date.parse(box.dataset.due) - now(), total = Number(box.dataset.total || 0) * 1000;
      const value = box.querySelector("b") || box;
      box.classList.toggle("late", left < 0);
      box.classList.toggle("near", left >= 0 && total > 0 && left < total * 0.2);
      value.textContent = left < 0 ? `${box.dataset.late || "迟"} ${late(-left, box)}` : span(left);
    }
    const local = new Date(now() + 8 * 3600000);
    for (const box of document.querySelectorAll("[data-clock]"))
      box.textContent = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  };
  tick();
  setInterval(tick, Math.max(100, 1000 / Math.min(rate, 4)));
  document.addEventListener("htmx:afterSettle", tick);
  window.jz = Object.assign(window.jz || {}, { now });
})();
