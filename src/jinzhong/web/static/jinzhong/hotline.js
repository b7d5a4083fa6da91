// The hotline form: Ctrl+Enter sends; choosing a class opens its hint.
(() => {
  const form = document.getElementById("call");
  document.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(); });
  const show = () => { const hint = document.getElementById(`hint-${form.fraud_class.value}`); if (hint) { hint.open = true; hint.scrollIntoView({ block: "nearest" }); } };
  form.fraud_class.addEventListener("change", show);
  form.addEventListener("submit", () => { for (const key of form.querySelectorAll("button")) key.setAttribute("aria-busy", "true"); });
})();
