"use strict";
// Asks the passkey for what the page's form holds, and sends the answer by that form.
{
  const form = document.querySelector("form[data-create], form[data-get]");
  const said = document.getElementById("passkey-said");
  const say = (text) => { said.textContent = text; };

  const ask = async () => {
    const { create, get } = form.dataset;
    if (create) {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(create));
      return navigator.credentials.create({ publicKey });
    }
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(get));
    return navigator.credentials.get({ publicKey });
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (location.origin !== form.dataset.origin) {
      say(`Passkeys of this index work at ${form.dataset.origin} only; this page is at ${location.origin}.`);
      return;
    }
    if (!window.PublicKeyCredential || !PublicKeyCredential.parseCreationOptionsFromJSON) {
      say("This browser is too old for passkeys.");
      return;
    }
    try {
      const credential = await ask();
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (error) {
      say(`The passkey gave no answer (${error.name}). Load the page anew and try again.`);
    }
  });
}
