// The key must not be lost: pressed without a network, it is sent again and again, under the same key, until it is taken.
(() => {
  const form = document.getElementById("alert");
  if (!form) return;
  const unsent = form.querySelector(".unsent"), key = form.querySelector(".alarm, .btn.primary");
  const send = async (body) => {
    try {
      const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin", headers: { "X-Script": "1" } });
      if (answer.ok) { location.assign(answer.headers.get("X-Next") || answer.url); return; }
      form.submit();
    } catch { unsent.hidden = false; setTimeout(send, 3000, body); }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (key.hasAttribute("aria-busy")) return;
    key.setAttribute("aria-busy", "true");
    send(new FormData(form)); // the same words every time: under one key nothing else is taken
  });

  const prompt = form.querySelector(".prompt");
  const look = () => {
    const number = (name) => Number((form.elements[name].value || "").replace(/[,\uff0c\s]/g, "")) || 0;
    if (prompt) {
      const broken = form.querySelector("[value=deposit_broken]").checked;
      const line = Number(number("customer_age") >= Number(prompt.dataset.elderly) || broken ? prompt.dataset.sooner : prompt.dataset.at);
      prompt.hidden = number("amount") < line;
      const text = prompt.querySelector("[data-prompt]");
      text.textContent = text.dataset.text.replace("%(line)s", line.toLocaleString("en-US"));
    }
    const tail = form.elements.payee_account.value.trim().slice(-4);
    for (const row of document.querySelectorAll(".others [data-tail]"))
      row.querySelector(".same").hidden = tail.length < 4 || row.dataset.tail !== tail;
  };
  form.addEventListener("input", look);
  if (form.dataset.kind === "raise") look();
})();
