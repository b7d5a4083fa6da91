// One stream for the page: events become htmx triggers, and the mark in the bar tells whether the line is up.
(() => {
  const url = document.body.dataset.stream;
  if (!url) return;
  const marks = () => document.querySelectorAll("[data-live]");
  const show = (up) => {
    for (const mark of marks()) {
      const at = new Date((window.jz?.now?.() || Date.now()) + 8 * 3600000).toISOString().slice(11, 19);
      mark.classList.toggle("stale", !up);
      mark.textContent = up ? mark.dataset.on : `${mark.dataset.off} ${at}`;
    }
  };
  let last = "", source, wait = 1000;
  const open = () => {
    source = new EventSource(last ? `${url}?after=${last}` : url, { withCredentials: true });
    source.onopen = () => { wait = 1000; show(true); };
    source.onerror = () => {
      if (source.readyState === EventSource.OPEN) return;
      source.close(); show(false);
      setTimeout(() => { if (source.readyState === EventSource.CLOSED) open(); }, wait); wait = Math.min(wait * 2, 15000);
    };
    for (const name of ["warning", "order"])
      source.addEventListener(name, (event) => {
        last = event.lastEventId;
        const detail = JSON.parse(event.data);
        document.body.dispatchEvent(new CustomEvent("jz:event", { detail }));
        window.htmx?.trigger(document.body, `jz:${name}`, detail);
      });
  };
  open();
  addEventListener("offline", () => { source.close(); show(false); });
  addEventListener("online", () => { if (source.readyState === EventSource.CLOSED) open(); });
  window.jz = Object.assign(window.jz || {}, { live: show });
})();
