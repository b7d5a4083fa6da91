// The desk: keys, the queue that renews itself, the bell for a new red one. Without script every action is a page of its own.
(() => {
  const at = (css) => document.querySelector(css);
  const rows = () => [...document.querySelectorAll("#rows .q")];
  const quietFor = 2000; // the queue isn't sorted anew under a hand that is choosing
  let lastKey = 0, waiting = false, known = null;

  // -- selection ------------------------------------------------------------------------------------
  const selected = () => rows().find((row) => row.getAttribute("aria-selected") === "true");
  const select = (row) => {
    for (const one of rows()) one.setAttribute("aria-selected", String(one === row));
    row?.scrollIntoView({ block: "nearest" });
  };
  const paneOf = () => at("#pane")?.dataset.warning || "";
  const selectOpen = () => { const open = paneOf(); if (open) select(document.getElementById(`row-${open}`)); };
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const here = all.indexOf(selected());
    select(all[Math.max(0, Math.min(all.length - 1, here < 0 ? 0 : here + by))]);
  };

  // -- dialogs --------------------------------------------------------------------------------------
  const dialog = () => at("#dialog .dialog");
  let before = null;
  const close = () => { if (!dialog()) return; at("#dialog").replaceChildren(); before?.isConnected && before.focus(); before = null; };
  const opened = () => {
    const box = dialog();
    if (!box) return;
    before = before || document.activeElement;
    (box.querySelector("input:not([type=hidden]):not(:disabled)") || box.querySelector("[data-cancel]")).focus();
  };
  const choose = (digit) => {
    const groups = [...dialog().querySelectorAll("fieldset")].filter((one) => one.querySelector("kbd"));
    const options = [...(groups[groups.length - 1]?.querySelectorAll(".opt input:not(:disabled)") || [])];
    options[digit - 1]?.focus();
    options[digit - 1]?.click();
  };
  const keepInside = (event) => {
    const stops = [...dialog().querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")].filter((one) => !one.disabled && one.offsetParent);
    const first = stops[0], last = stops[stops.length - 1];
    if (event.shiftKey && document.activeElement === first) { last.focus(); event.preventDefault(); }
    else if (!event.shiftKey && document.activeElement === last) { first.focus(); event.preventDefault(); }
  };

  // -- keys -----------------------------------------------------------------------------------------
  const press = (key) => at(`#pane [data-key="${key}"], .keys [data-key="${key}"]`)?.click();
  const enter = () => {
    const row = selected();
    if (row && row.id !== `row-${paneOf()}`) row.click();
    else at("#pane [data-next]")?.click();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    lastKey = Date.now();
    if (event.key === "Escape") { if (dialog()) { close(); event.preventDefault(); } else if (event.target.id === "search") event.target.blur(); return; }
    if (dialog()) {
      if (event.key === "Tab") keepInside(event);
      else if (event.key === "Enter" && !dialog().contains(event.target)) dialog().requestSubmit?.();
      else if (/^[1-9]$/.test(event.key) && !jz.typing(event.target)) choose(Number(event.key));
      return;
    }
    if (jz.typing(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "arrowdown") step(1);
    else if (key === "k" || key === "arrowup") step(-1);
    else if (key === "/") at("#search")?.focus();
    else if (key === "enter" && (event.target === document.body || event.target.classList.contains("q"))) enter();
    else if ("crdgmf?".includes(key)) press(key);
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-cancel]") && at("#dialog")) { event.preventDefault(); close(); }
    const row = event.target.closest("#rows .q");
    if (row) select(row);
  });

  // -- what the server sends ------------------------------------------------------------------------
  // One request at a time, and one more when something came meanwhile: the element that asked is gone after its answer.
  const oneAtATime = (ask) => {
    let busy = false, again = false;
    const done = () => { busy = false; if (again) { again = false; run(); } };
    const run = () => {
      if (busy) { again = true; return; }
      const asked = ask();
      if (asked) { busy = true; asked.then(done, done); }
    };
    return run;
  };
  const fetchRows = oneAtATime(() => {
    const box = at("#rows");
    if (!box || box.hasAttribute("data-searched")) return;
    if (Date.now() - lastKey < quietFor) { wait(); return; }
    waiting = false;
    return htmx.ajax("GET", box.dataset.url, { source: box, target: box, swap: "outerHTML", headers: { "X-Background": "1" } });
  });
  const count = () => {
    const all = at("#tabs a b"), mark = at(".rail a[aria-current] i");
    if (all && mark && !/[?&](town|grade)=/.test(at("#rows").dataset.url)) mark.textContent = all.textContent === "0" ? "" : all.textContent;
  };
  const wait = () => { if (!waiting) { waiting = true; setTimeout(() => { waiting = false; fetchRows(); }, 700); } };
  const fetchPane = oneAtATime(() => {
    const pane = at("#pane");
    if (pane?.dataset.url && !dialog()) return htmx.ajax("GET", pane.dataset.url, { source: pane, target: pane, swap: "outerHTML", headers: { "X-Background": "1" } });
  });
  document.body.addEventListener("jz:event", (event) => {
    wait();
    if (event.detail.warning && event.detail.warning === paneOf()) fetchPane();
  });
  setInterval(fetchRows, 30000);

  const reds = () => rows().filter((row) => row.dataset.grade === "red");
  const notice = () => {
    const now = new Set(reds().map((row) => row.id));
    const fresh = known ? reds().filter((row) => !known.has(row.id)) : [];
    known = known ? new Set([...known, ...now]) : now;
    if (!fresh.length) return;
    for (const row of fresh) row.classList.add("fresh");
    announce(fresh[0]);
    ring();
  };
  const announce = (row) => {
    const box = at("#announce"), template = at("#announce-template");
    const made = template.content.cloneNode(true);
    made.querySelector("[data-number]").textContent = row.dataset.word;
    made.querySelector("a").href = row.href;
    made.querySelector("a").addEventListener("click", (event) => { event.preventDefault(); box.replaceChildren(); document.getElementById(row.id)?.click(); });
    box.replaceChildren(made);
  };

  // -- the bell -------------------------------------------------------------------------------------
  let sound = null;
  const soundKey = at("[data-sound]");
  const showSound = () => { if (soundKey) { soundKey.hidden = false; soundKey.textContent = sound?.state === "running" ? soundKey.dataset.on : soundKey.dataset.off; } };
  const wake = () => { sound = sound || new AudioContext(); sound.resume().then(showSound); };
  const ring = () => {
    document.body.dataset.rang = String(Number(document.body.dataset.rang || 0) + 1);
    if (sound?.state !== "running") return;
    for (const [start, pitch] of [[0, 880], [0.22, 1174], [0.44, 880], [0.66, 1174]]) {
      const tone = sound.createOscillator(), loud = sound.createGain(), from = sound.currentTime + start;
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.0001, from);
      loud.gain.exponentialRampToValueAtTime(0.3, from + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.0001, from + 0.2);
      tone.connect(loud).connect(sound.destination);
      tone.start(from); tone.stop(from + 0.21);
    }
  };
  document.addEventListener("click", () => { if (sound?.state !== "running") wake(); }, { once: true });
  document.addEventListener("keydown", () => { if (sound?.state !== "running") wake(); }, { once: true });
  soundKey?.addEventListener("click", wake);

  document.addEventListener("htmx:afterSettle", (event) => {
    const id = event.detail.target?.id || event.detail.elt?.id;
    if (id === "dialog" || event.detail.elt?.closest?.("#dialog")) opened();
    document.querySelector("main.split")?.classList.toggle("has-pane", Boolean(paneOf()));
    selectOpen();
    notice();
    count();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (requestConfig?.verb === "post" && xhr.status < 400) { close(); wait(); }
  });
  selectOpen(); notice(); opened(); showSound();
})();
