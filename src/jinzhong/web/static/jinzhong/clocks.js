// Clocks tick by the server's clock: the page carries what it showed, and how fast it runs.
(() => {
  const meta = document.querySelector('meta[name="jz-now"]');
  const began = Date.now(), rate = Number(meta.dataset.rate) || 1;
  const shown = Date.parse(meta.content) || began + Number(localStorage.fieldDrift || 0); // the phone's frame without a network names no hour
  const now = () => shown + (Date.now() - began) * rate;
  const two = (n) => String(n).padStart(2, "0");
  const say = (words, values) => words.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
  const late = (s) => {
    const [unit, size] = s < 60 ? ["Second", 1] : s < 3600 ? ["Minute", 60] : s < 86400 ? ["Hour", 3600] : ["Day", 86400];
    return say(meta.dataset[`late${unit}`], { n: Math.floor(s / size) });
  };
  const span = (seconds) => {
    const s = Math.floor(Math.abs(seconds)), h = Math.floor(s / 3600);
    if (seconds < 0) return late(s);
    if (s >= 86400) return say(meta.dataset.day, { d: Math.floor(s / 86400), h: h % 24 });
    return h ? say(meta.dataset.hour, { h, m: Math.floor(s / 60) % 60 }) : `${two(Math.floor(s / 60))}:${two(s % 60)}`;
  };
  const tick = () => {
    for (const box of document.querySelectorAll("[data-due]")) {
      const left = (Date.parse(box.dataset.due) - now()) / 1000, total = Number(box.dataset.total || 0);
      box.classList.toggle("late", left < 0);
      box.classList.toggle("near", left >= 0 && total > 0 && left < total * 0.2);
      (box.querySelector("b") || box).textContent = span(left);
      const word = box.querySelector("span");
      if (word && box.dataset.lateWord) word.textContent = left < 0 ? box.dataset.lateWord : box.dataset.word;
    }
    for (const bar of document.querySelectorAll("[data-until]"))
      bar.style.width = `${Math.min(100, Math.max(0, 100 - (Date.parse(bar.dataset.until) - now()) / 10 / Number(bar.dataset.total)))}%`;
    const local = new Date(now() + 8 * 3600000);
    for (const box of document.querySelectorAll("[data-clock]"))
      box.textContent = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  };
  tick();
  setInterval(tick, Math.max(100, 1000 / Math.min(rate, 4)));
  document.addEventListener("htmx:afterSettle", tick);
  window.jz = Object.assign(window.jz || {}, { now });
})();
