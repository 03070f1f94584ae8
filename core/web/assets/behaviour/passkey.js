// Passkeys: [data-passkey] proves one (sign-in, second step), form[data-passkey-add] makes one. Both ask the server for
// options, let the browser work, and hand the answer back; what went wrong is said in [data-passkey-said].
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const english = document.documentElement.lang === "en";

const send = async (url, body) => {
  const token = document.querySelector('input[name="csrf_token"]')?.value ?? "";
  const answer = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body ?? {}),
  });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.error ?? (english ? "That did not work. Reload the page and try again." : "没有成功，请刷新页面后重试。"));
  return found;
};

const say = (near, message) => {
  const box = near.querySelector("[data-passkey-said]") ?? document.querySelector("[data-passkey-said]");
  if (!box) return;
  box.hidden = !message;
  box.querySelector("p").textContent = message;
};

const reason = (error) => {
  if (error.name === "NotAllowedError") return english ? "Cancelled or timed out. Try again." : "已取消或超时，请重试。";
  if (error.name === "InvalidStateError") return english ? "This device already holds a passkey of this account." : "这台设备上已经有这个账号的通行密钥。";
  if (error.name === "SecurityError") return english ? "Passkeys need https and a domain name." : "通行密钥需要通过 https 和域名访问。";
  return error.message;
};

const listed = (known) => (known ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

const prove = async (button) => {
  const asked = await send(button.dataset.options);
  const proof = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: listed(asked.allowCredentials) } });
  const { response } = proof;
  const found = await send(button.dataset.answer, {
    id: proof.id, rawId: text(proof.rawId), type: proof.type,
    response: {
      clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData),
      signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  });
  location.assign(found.target);
};

const add = async (form) => {
  const field = (name) => form.elements.namedItem(name)?.value ?? "";
  const asked = await send(form.dataset.options, { password: field("password") });
  const made = await navigator.credentials.create({
    publicKey: { ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: listed(asked.excludeCredentials) },
  });
  const { response } = made;
  const found = await send(form.dataset.answer, {
    name: field("name"),
    credential: {
      id: made.id, rawId: text(made.rawId), type: made.type,
      response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) },
    },
  });
  if (!found.codes.length) return location.assign(found.target);
  const shown = document.querySelector("[data-codes]");
  shown.querySelector("ol").append(...found.codes.map((code) => {
    const line = document.createElement("li");
    line.append(Object.assign(document.createElement("code"), { textContent: code }));
    return line;
  }));
  shown.hidden = false;
  for (const other of document.querySelectorAll("[data-without-codes]")) other.hidden = true;
  shown.querySelector("h2")?.scrollIntoView({ block: "center" });
};

const busy = async (near, button, work) => {
  say(near, "");
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    say(near, reason(error));
  }
  button.disabled = false;
};

if (window.PublicKeyCredential) {
  for (const hidden of document.querySelectorAll("[data-passkey-only]")) hidden.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-passkey]");
    if (button) busy(button.parentElement, button, () => prove(button));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-passkey-add]");
    if (!form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    busy(form, form.querySelector("button[type=submit]"), () => add(form));
  }, true);
}
