// A wall that stands still must say so: after a minute without data the last line names the hour it stopped.
(() => {
  let stands = false; // a line may look open and bring nothing
  const look = () => {
    const line = document.getElementById("as-of"), age = window.jz.now() - Date.parse(line.dataset.at);
    if (stands !== age >= 60000) { stands = !stands; window.jz.live?.(!stands); }
    if (age < 60000 || line.classList.contains("stale")) return;
    const at = new Date(Date.parse(line.dataset.at) + 8 * 3600000).toISOString().slice(11, 19);
    line.classList.add("stale");
    line.firstElementChild.textContent = line.dataset.stale.replace("%(at)s", at);
  };
  setInterval(look, 2000);
})();
