"use strict";
// Shows what is typed as a password where somebody wants to see it, and says how good a new one is: the index
// looks at it as it will when the form is sent. The form works without this.
for (const box of document.querySelectorAll("[data-password]")) {
  const field = box.querySelector("input[name=password]");
  const show = box.querySelector("input[type=checkbox]");
  show.closest("label").hidden = false;
  const see = () => { field.type = show.checked ? "text" : "password"; };
  show.addEventListener("change", see);
  // A browser keeps what is typed into fields that are seen.
  field.form.addEventListener("submit", () => { show.checked = false; see(); });

  const meter = box.querySelector("meter");
  const said = box.querySelector("[role=status]");
  let asked = 0;
  const tell = (told) => {
    meter.hidden = !told;
    meter.value = told ? told.score : 0;
    said.textContent = told ? told.detail : "";
  };
  const rate = async () => {
    const { elements } = field.form;
    const about = ["name", "email", "display_name"].map((name) => elements.namedItem(name)?.value);
    const body = JSON.stringify({ password: field.value, about: about.filter(Boolean) });
    const headers = { "Content-Type": "application/json" };
    // Without cookies, and without the address of this page, which may have the secret of a link.
    const how = { method: "POST", credentials: "omit", referrerPolicy: "no-referrer", headers, body };
    const answer = await fetch(box.dataset.rate, how).catch(() => null);
    return answer?.ok ? answer.json() : null;
  };
  if (meter) {
    field.addEventListener("input", () => {
      const number = ++asked;
      // Once somebody pauses, and only for what is still there when the answer comes.
      setTimeout(async () => {
        if (number !== asked) return;
        const told = field.value ? await rate() : null;
        if (number === asked) tell(told);
      }, 300);
    });
  }
}
