// The phone keeps what its officer did until the office has it: each step with its own time and key, encrypted by a key
// that never leaves this browser. The page as last seen is kept the same way, so that it opens without a network.
(() => {
  const now = document.getElementById("now"), html = document.documentElement;
  const time = () => new Date(window.jz?.now && !now.dataset.offline ? window.jz.now() : Date.now() + Number(localStorage.fieldDrift || 0));
  const stamp = (at) => new Date(at.getTime() + 8 * 3600000).toISOString().slice(0, 19) + "+08:00";
  if (window.jz?.now && !now.dataset.offline) localStorage.fieldDrift = window.jz.now() - Date.now();

  // -- what is kept, encrypted
  const db = new Promise((done, failed) => {
    const open = indexedDB.open("field", 1);
    open.onupgradeneeded = () => { open.result.createObjectStore("kept"); };
    open.onsuccess = () => done(open.result); open.onerror = () => failed(open.error);
  });
  const raw = async (mode, act) => {
    const store = (await db).transaction("kept", mode).objectStore("kept"), ask = act(store);
    return new Promise((done, failed) => { ask.onsuccess = () => done(ask.result); ask.onerror = () => failed(ask.error); });
  };
  const secret = (async () => {
    const known = await raw("readonly", (store) => store.get("key"));
    if (known) return known;
    const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await raw("readwrite", (store) => store.put(fresh, "key"));
    return fresh;
  })();
  const keep = async (name, value) => {
    const iv = crypto.getRandomValues(new Uint8Array(12)), text = new TextEncoder().encode(JSON.stringify(value));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await secret, text);
    await raw("readwrite", (store) => store.put({ iv, sealed }, name));
  };
  const kept = async (name) => {
    const box = await raw("readonly", (store) => store.get(name));
    return box && JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv }, await secret, box.sealed)));
  };
  const isCheck = location.pathname === "/field/check", here = isCheck ? "check" : "page"; // which page is kept for times without a network
  const drop = (name) => raw("readwrite", (store) => store.delete(name));
  const isPhoto = ([name]) => name === "photo";
  const keepPhotos = (order, said) => keep(`photos:${order}`, said.filter(isPhoto)); // apart from what is typed: sealing megabytes at each letter would make the letters wait
  const keepWords = (order, said) => keep(`draft:${order}`, said.filter((one) => !isPhoto(one)));
  const dropDraft = (order) => Promise.all([drop(`draft:${order}`), drop(`photos:${order}`)]);

  // -- steps that wait to be sent
  const who = () => now.dataset.who || localStorage.fieldWho || "";
  if (now.dataset.who) localStorage.fieldWho = now.dataset.who;
  const queue = async () => (await kept("queue")) || [];
  const change = (act) => navigator.locks.request("field-queue", async () => keep("queue", act(await queue()))); // a tap, an answer, another tab: none writes over another
  const say = (text) => { const box = document.getElementById("told"); box.hidden = !text; box.querySelector("b").textContent = text; };
  const told = async (text) => { say(text); await (text ? keep("told", { who: who(), text }) : drop("told")); }; // stays until it was read, whatever page comes next
  const tell = async () => {
    const waiting = (await queue()).length, box = document.getElementById("off"), text = box.querySelector("span");
    box.hidden = !waiting;
    text.textContent = text.dataset.text.replace("%(n)s", waiting);
    for (const mark of document.querySelectorAll("[data-live]")) if (!navigator.onLine) { mark.classList.add("stale"); mark.textContent = mark.dataset.off; }
  };
  const cookie = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "";
  const packed = (fields) => { // photos go as files, everything else as it is
    if (!fields.some(isPhoto)) return new URLSearchParams(fields);
    const body = new FormData();
    for (const [name, value] of fields) if (name === "photo") body.append(name, new Blob([Uint8Array.from(atob(value.split(",")[1]), (one) => one.charCodeAt(0))], { type: "image/jpeg" }), "photo.jpg"); else body.append(name, value);
    return body;
  };
  let sending = false;
  const send = async () => {
    if (sending) return;
    sending = true;
    try {
      for (let rows = await queue(); rows.length; rows = await queue()) {
        const step = rows[0];
        if (step.who !== who()) break;
        const answer = await fetch(step.url, { method: "POST", credentials: "same-origin", redirect: "manual",
          headers: { "X-Phone": "1", "X-CSRFToken": cookie() }, body: packed(step.fields) });
        if (answer.type === "opaqueredirect") { location.assign("/field"); break; } // locked meanwhile: after the login it goes on
        if (answer.status >= 500 || answer.status === 403) break;
        if (!answer.ok) await told(await answer.text());
        await change((rows) => rows.filter((one) => one.key !== step.key));
        if (!answer.ok) await back(step); else if (step.then === "closed") { await dropDraft(step.order); await drop("page"); }
        if (!(await queue()).length) refresh();
      }
    } catch { /* no network: it stays in the queue */ } finally { sending = false; tell(); }
  };
  const back = async (step) => {
    const task = document.getElementById("task");
    if (task?.dataset.order === step.order) task.dataset.state = step.from;
    if (step.order.startsWith("check:")) { const said = step.fields.filter(([name]) => !["once", "at"].includes(name)); await keepWords("check", said); await keepPhotos("check", said); if (isCheck) await refill(); } // refused: what was written is there again
  };
  const refresh = () => { if (isCheck) { if (document.getElementById("told").hidden) location.reload(); } else if (now.dataset.offline) location.replace("/field"); else window.htmx?.ajax("GET", "/field/now", { target: "#now", swap: "innerHTML" }); };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.dataset.logout) {
      if (await_count && !form.dataset.asked) { event.preventDefault(); form.dataset.asked = "1"; say(form.dataset.logout); return; }
      indexedDB.deleteDatabase("field"); localStorage.removeItem("fieldWho");
      return;
    }
    const task = form.closest("#task");
    if (!task || !form.dataset.then) return;
    event.preventDefault();
    const key = crypto.randomUUID(), isFresh = form.dataset.fresh; // a form that may be filled again has a new key each time
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken" && !(isFresh && name === "once")).concat([["at", stamp(time())]], isFresh ? [["once", key]] : []);
    const step = { key, who: who(), order: isFresh ? `${task.dataset.order}:${key}` : task.dataset.order, url: form.getAttribute("action"), fields, from: task.dataset.state, then: form.dataset.then };
    if (step.then === "closed" && !fields.some(([name, value]) => name === "outcome" && value)) return;
    told("");
    task.dataset.state = step.then;
    quiet();
    await change((rows) => [...rows, step]);
    if (isFresh) { form.reset(); form.querySelector("[data-photos]")?.replaceChildren(); await dropDraft(task.dataset.order); form.querySelector("[data-kept]").textContent = ""; scrollTo(0, 0); }
    await remember();
    tell(); send();
  });
  let await_count = 0;
  setInterval(async () => { await_count = (await queue()).length; if (await_count) send(); }, 4000);
  addEventListener("online", async () => { await send(); if (now.dataset.offline) refresh(); });
  addEventListener("offline", tell);

  // -- the page and the half-filled form as last seen
  const remember = async () => {
    const task = document.getElementById("task");
    if (task && task.dataset.state !== "closed") await keep(here, { who: who(), html: now.innerHTML }); else await drop(here);
  };
  const draft = async (form, keepSaid = keepWords) => { // of the form that was touched: it says so once more when a fresh page takes its place
    const task = form.closest("#task"), at = time();
    await keepSaid(task.dataset.order, [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "once"].includes(name)));
    const mark = form.querySelector("[data-kept]");
    mark.textContent = mark.dataset.text.replace("%(at)s", stamp(at).slice(11, 16));
  };
  const refill = async () => {
    const task = document.getElementById("task"), form = document.getElementById("door");
    const [words, photos] = task && form ? [await kept(`draft:${task.dataset.order}`), await kept(`photos:${task.dataset.order}`)] : [];
    if (!words && !photos) return;
    const said = words || [];
    for (const box of form.querySelectorAll("input[type=checkbox], input[type=radio]")) box.checked = said.some(([name, value]) => name === box.name && value === box.value);
    form.querySelector("[data-photos]")?.replaceChildren();
    for (const [, value] of photos || []) hang(form, value);
    for (const [name, value] of said) { const box = form.elements[name]; if (box && !(box instanceof RadioNodeList) && !["checkbox", "radio"].includes(box.type)) box.value = value; }
  };
  // -- photos: drawn anew at once, small enough to wait here; what the camera wrote into the file stays behind
  const LONG_SIDE = 1600, QUALITY = 0.8;
  const hang = (form, drawn) => {
    const box = form.querySelector("[data-photos]"), one = document.createElement("figure"), image = new Image(), off = document.createElement("button"), said = document.createElement("input");
    image.src = drawn; image.alt = ""; off.type = "button"; off.className = "mini"; off.textContent = box.dataset.off; off.dataset.offPhoto = "1";
    said.type = "hidden"; said.name = "photo"; said.value = drawn;
    one.append(image, off, said); box.append(one);
  };
  const redrawn = async (file) => {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" }), share = Math.min(1, LONG_SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * share); canvas.height = Math.round(image.height * share);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", QUALITY);
  };
  document.addEventListener("change", async (event) => {
    const picked = event.target, box = picked.form?.querySelector("[data-photos]");
    if (!box || picked.type !== "file") return;
    const done = picked.form.querySelector(".foot .big");
    done.disabled = true; // a check that left before its photos are drawn would leave them to the next one
    for (const file of [...picked.files]) {
      if (box.children.length >= Number(box.dataset.most)) { say(box.dataset.full); break; }
      try { hang(picked.form, await redrawn(file)); } catch { say(box.dataset.bad); }
    }
    picked.value = ""; done.disabled = false;
    await draft(picked.form, keepPhotos);
  });
  document.addEventListener("click", (event) => { const off = event.target.closest("[data-off-photo]"), form = off?.closest("form"); if (off) { off.closest("figure").remove(); draft(form, keepPhotos); } });

  for (const touched of ["input", "change"]) document.addEventListener(touched, (event) => { const form = event.target.closest("#door"); if (form) draft(form); });

  // -- steps done here but not sent yet stay done when the page is drawn anew
  const replay = async () => {
    const task = document.getElementById("task");
    for (const step of await queue()) if (task?.dataset.order === step.order) task.dataset.state = step.then;
  };

  // -- ringing
  let sound, bell;
  const ring = document.querySelector("[data-ring]");
  ring.hidden = false;
  ring.addEventListener("click", () => { sound = sound || new AudioContext(); sound.resume(); ring.hidden = true; });
  const beep = () => {
    navigator.vibrate?.([400, 200, 400]);
    if (!sound || sound.state !== "running") return;
    const tone = sound.createOscillator(), gain = sound.createGain();
    tone.frequency.value = 880; gain.gain.setValueAtTime(0.4, sound.currentTime); gain.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.6);
    tone.connect(gain).connect(sound.destination); tone.start(); tone.stop(sound.currentTime + 0.6);
  };
  const quiet = () => { clearInterval(bell); bell = null; document.body.classList.remove("ringing"); };
  const alarm = () => {
    const task = document.getElementById("task");
    const calls = task?.dataset.state === "waiting" && ["red", "orange"].includes(task.dataset.grade);
    if (!calls) { quiet(); return; }
    if (bell) return;
    document.body.classList.add("ringing"); beep(); bell = setInterval(beep, 1500);
  };
  document.addEventListener("pointerdown", () => { if (bell) { clearInterval(bell); document.body.classList.remove("ringing"); } });

  document.querySelector("[data-seen]").addEventListener("click", () => told(""));

  // -- night
  const night = document.querySelector("[data-night]");
  night.hidden = false;
  const dress = () => {
    const hour = Number(stamp(time()).slice(11, 13)), dark = localStorage.fieldNight ? localStorage.fieldNight === "1" : hour >= 18 || hour < 6;
    if (dark) html.dataset.theme = "night"; else delete html.dataset.theme;
    night.textContent = dark ? night.dataset.day : night.dataset.dark;
  };
  night.addEventListener("click", () => { localStorage.fieldNight = html.dataset.theme === "night" ? "0" : "1"; dress(); });

  const drawn = async () => { await replay(); await refill(); await remember(); alarm(); tell(); };
  (async () => {
    dress();
    if (now.dataset.offline) {
      const page = await kept(here);
      if (page && page.who === who()) now.innerHTML = page.html;
    }
    const unread = await kept("told");
    if (unread?.who === who()) say(unread.text);
    await drawn();
    send();
  })();
  document.addEventListener("htmx:afterSettle", drawn);
  navigator.serviceWorker?.register("/field.js", { scope: "/field" });
})();
