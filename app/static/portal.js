// The portal's own behaviour. Pages work without it; with it they are quicker to use.
"use strict";

const words = JSON.parse(document.body.dataset.words);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const later = (wait, work) => {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...args), wait);
  };
};

// -- search-as-you-type selects ------------------------------------------------------------------------------------

class Remote {
  constructor(box) {
    this.box = box;
    this.kept = box.querySelector("input[type=hidden]");
    this.input = box.querySelector("[role=combobox]");
    this.list = box.querySelector("[role=listbox]");
    this.picked = box.querySelector("[data-picked]");
    this.asked = 0;
    this.search = later(150, () => this.ask());
    this.input.addEventListener("input", () => { this.kept.value = ""; this.search(); });
    // The list would cover what is said to be wrong; a click or a letter opens it.
    this.input.addEventListener("focus", () => { if (!this.kept.value && !this.input.matches(".is-invalid")) this.search(); });
    this.input.addEventListener("click", () => this.search());
    this.input.addEventListener("blur", () => { this.settle(); setTimeout(() => this.leave(), 150); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("mousedown", (event) => { event.preventDefault(); this.pick(event.target.closest("[role=option]")); });
  }

  async ask() {
    const mine = ++this.asked;
    const text = this.kept.value ? "" : this.input.value;
    const answer = await fetch(`${this.box.dataset.remote}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || mine !== this.asked || document.activeElement !== this.input) return;
    this.show((await answer.json()).results);
    this.answered = text;
  }

  show(results) {
    this.list.replaceChildren(...results.map((one, index) => this.option(one, index)));
    if (!results.length) this.list.append(Object.assign(document.createElement("li"), { className: "nothing", textContent: words.none }));
    this.open(true);
  }

  option(one, index) {
    const option = document.createElement("li");
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.id = `${this.list.id}-${index}`;
    option.dataset.id = one.id;
    option.textContent = one.text;
    return option;
  }

  open(yes) {
    this.list.hidden = !yes;
    this.input.setAttribute("aria-expanded", String(yes));
    if (!yes) this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const options = all("[role=option]", this.list);
    const now = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.list.hidden) {
      event.preventDefault();
      this.search();
    } else if (step && options.length) {
      event.preventDefault();
      this.mark(options, options[now < 0 && step < 0 ? options.length - 1 : (now + step + options.length) % options.length]);
    } else if (event.key === "Enter" && !this.list.hidden && now >= 0) {
      event.preventDefault();
      this.pick(options[now]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      event.preventDefault();
      this.open(false);
    }
  }

  mark(options, chosen) {
    options.forEach((one) => one.setAttribute("aria-selected", String(one === chosen)));
    this.input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  pick(option) {
    if (!option) return;
    if (this.picked) this.add(option.dataset.id, option.textContent);
    this.kept.value = this.picked ? "" : option.dataset.id;
    this.input.value = this.picked ? "" : option.textContent;
    this.open(false);
    this.kept.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Of several rows each stands as a ticked box; who takes the tick away takes the row away.
  add(id, text) {
    const known = all("input", this.picked).find((one) => one.value === id);
    if (known) return (known.checked = true);
    const box = Object.assign(document.createElement("input"), { type: "checkbox", className: "form-check-input", name: this.picked.dataset.picked, value: id, checked: true });
    const label = Object.assign(document.createElement("label"), { className: "form-check" });
    label.append(box, " ", Object.assign(document.createElement("span"), { textContent: text }));
    this.picked.appendChild(document.createElement("li")).append(label);
  }

  rows() {
    return all("li", this.picked).filter((one) => one.querySelector("input").checked).map((one) => [one.querySelector("input").value, one.textContent.trim()]);
  }

  // What was typed means the one row it found; of anything else the form says that nothing was chosen.
  settle() {
    const options = all("[role=option]", this.list);
    const typed = this.input.value.trim();
    if (typed && !this.kept.value && this.answered === this.input.value && options.length === 1) this.pick(options[0]);
  }

  leave() {
    this.open(false);
    if (!this.kept.value && !this.input.name) this.input.value = "";
  }
}

// -- drafts: what is typed survives a crash, sensitive fields never leave the page -----------------------------------

class Draft {
  constructor(form) {
    this.form = form;
    this.key = `draft:${form.dataset.draft}`;
    this.dirty = Boolean(form.querySelector(".errors"));
    if (!this.dirty) this.restore();
    form.addEventListener("input", () => { this.dirty = true; this.keep(); });
    form.addEventListener("submit", () => { this.dirty = false; sessionStorage.setItem("sent", this.key); });
    // What was typed into a dialog that was closed holds nobody back.
    addEventListener("beforeunload", (event) => { if (this.dirty && this.form.offsetParent) event.preventDefault(); });
  }

  fields() {
    return all("input, select, textarea", this.form).filter((one) => !one.closest("[data-picked]")).filter((one) => one.name && !one.closest("[data-private]") && one.autocomplete !== "off" || one.closest(".remote"))
      .filter((one) => !["csrf_token", "version", "uid"].includes(one.name) && !["password", "file"].includes(one.type));
  }

  keep() {
    const typed = this.fields().map((one) => [one.name || `#${one.id}`, one.type === "checkbox" ? one.checked : one.value]);
    const picked = this.lists().map((box) => [box.remote.picked.dataset.picked, box.remote.rows()]);
    localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), typed, picked }));
  }

  lists() {
    return all("[data-remote]", this.form).filter((box) => box.remote.picked);
  }

  restore() {
    const kept = JSON.parse(localStorage.getItem(this.key) || "null");
    if (!kept || Date.now() - kept.at > 7 * 864e5) return localStorage.removeItem(this.key);
    const typed = new Map(kept.typed);
    let changed = false;
    for (const one of this.fields()) {
      const value = typed.get(one.name || `#${one.id}`);
      if (value === undefined) continue;
      const property = one.type === "checkbox" ? "checked" : "value";
      changed ||= one[property] !== value;
      one[property] = value;
    }
    const picked = new Map(kept.picked);
    for (const box of this.lists()) {
      const before = JSON.stringify(box.remote.rows());
      const rows = picked.get(box.remote.picked.dataset.picked);
      if (!rows || JSON.stringify(rows) === before) continue;
      box.remote.picked.replaceChildren();
      rows.forEach(([id, text]) => box.remote.add(id, text));
      changed = true;
    }
    if (changed) this.tell();
  }

  tell() {
    const note = Object.assign(document.createElement("p"), { className: "alert alert-info", textContent: `${words.restored} ` });
    note.setAttribute("role", "status");
    const forget = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-outline-secondary", textContent: words.forget });
    forget.addEventListener("click", () => { localStorage.removeItem(this.key); this.dirty = false; this.anew(); });
    note.append(forget);
    this.form.prepend(note);
    this.dirty = true;
  }

  anew() {
    if (dialog?.contains(this.form)) openIn(this.form.getAttribute("action"));
    else location.reload();
  }
}

// -- photos: several from camera and album, made smaller before they travel; where they were taken stays here ----------

const LONGEST_SIDE = 2400;

const drawn = async (file, side) => {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas;
};

const smaller = async (file) => {
  if (!/^image\/(jpeg|webp|hei[cf])$/.test(file.type)) return file;
  try {
    const canvas = await drawn(file, LONGEST_SIDE);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return new File([blob], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
  } catch {
    return file;
  }
};

class Photos {
  constructor(box) {
    this.input = box.querySelector("input[type=file]:not([data-camera])");
    this.list = box.querySelector("[data-chosen-files]");
    this.files = [];
    // The browser's own button would speak the browser's language.
    this.input.classList.replace("form-control", "visually-hidden");
    box.querySelector("[data-pick]").hidden = false;
    all("input[type=file]", box).forEach((one) => one.addEventListener("change", () => this.add(one)));
  }

  async add(from) {
    const fresh = [...from.files];
    if (from !== this.input) from.value = "";
    // Where only one is taken, the last one chosen is it.
    this.files = this.input.multiple ? [...this.files, ...fresh] : fresh.length ? fresh.slice(-1) : this.files;
    this.carry();
    for (const one of fresh) {
      const light = await smaller(one);
      this.files = this.files.map((kept) => (kept === one ? light : kept));
    }
    this.carry();
  }

  carry() {
    const carrier = new DataTransfer();
    this.files.forEach((one) => carrier.items.add(one));
    this.input.files = carrier.files;
    this.list.replaceChildren(...this.files.map((one) => this.line(one)));
  }

  line(file) {
    const line = document.createElement("li");
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-outline-secondary", textContent: words.drop });
    drop.setAttribute("aria-label", `${words.drop} ${file.name}`);
    drop.addEventListener("click", () => { this.files = this.files.filter((one) => one !== file); this.carry(); this.input.focus(); });
    line.append(Object.assign(document.createElement("span"), { textContent: file.name }), drop);
    if (file.type.startsWith("image/")) drawn(file, 96).then((canvas) => line.prepend(Object.assign(new Image(), { src: canvas.toDataURL("image/jpeg"), alt: "" }))).catch(() => {});
    return line;
  }
}

const showPhoto = (link) => {
  const links = all("[data-photo]");
  const at = links.indexOf(link);
  const figure = Object.assign(document.createElement("figure"), { className: "photo" });
  const image = link.querySelector("img");
  figure.append(Object.assign(new Image(), { src: link.href, alt: image.alt }), Object.assign(document.createElement("figcaption"), { textContent: image.alt }));
  const bar = Object.assign(document.createElement("p"), { className: "actions middle" });
  const button = (text, act) => {
    const one = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-outline-secondary", textContent: text });
    one.addEventListener("click", act);
    bar.append(one);
    return one;
  };
  const turn = (step) => showPhoto(links[(at + step + links.length) % links.length]);
  if (links.length > 1) {
    button(words.previous, () => turn(-1)).dataset.turn = "ArrowLeft";
    button(words.next, () => turn(1)).dataset.turn = "ArrowRight";
  }
  bar.append(Object.assign(document.createElement("a"), { className: "btn btn-outline-secondary", href: link.href, textContent: words.download }));
  button(words.close, () => { dialog.close(); link.focus(); });
  dialog.replaceChildren(figure, bar);
  if (!dialog.open) dialog.showModal();
  bar.lastChild.focus();
};

const sent = sessionStorage.getItem("sent");
// Kept as well where an error or the sign-in page came instead of what was saved.
if (sent && !document.querySelector("form .errors, form .alert-danger, section.error, .guest")) localStorage.removeItem(sent);
sessionStorage.removeItem("sent");

// -- lists ---------------------------------------------------------------------------------------------------------

const columnsOf = (list) => `columns:${list}`;
const exportOnly = (link, hidden) => {
  const address = new URL(link.href);
  link.dataset.shown ??= address.searchParams.get("columns");
  address.searchParams.set("columns", link.dataset.shown.split(",").filter((name) => !hidden.has(name)).join(","));
  link.href = address.href;
};
const hideColumns = () => all("table[data-list]").forEach((table) => {
  const hidden = new Set(JSON.parse(localStorage.getItem(columnsOf(table.dataset.list)) || "[]"));
  all("th", table).forEach((head, index) => all(`tr > :nth-child(${index + 1})`, table).forEach((cell) => { cell.hidden = hidden.has(head.dataset.column); }));
  all(`[data-columns="${table.dataset.list}"] input`).forEach((box) => { box.checked = !hidden.has(box.value); });
  all('a[href*="columns="]').forEach((link) => exportOnly(link, hidden));
});

// A table that fits keeps its head below the bar of the page; one that does not scrolls in a box of its own.
const fit = () => all(".table-box").forEach((box) => box.classList.toggle("fits", box.scrollWidth <= box.clientWidth + 1));

const chosen = () => {
  const bar = document.querySelector(".batch");
  if (!bar) return;
  const count = all("input[name=rowid]:checked").length;
  bar.hidden = count === 0;
  bar.querySelector("[data-chosen]").textContent = words.chosen.replace("{n}", count);
};

const walk = (step) => {
  const rows = all(".rows tbody tr");
  if (!rows.length) return;
  const now = rows.findIndex((row) => row.classList.contains("here"));
  rows[now]?.classList.remove("here");
  const next = rows[Math.max(0, Math.min(rows.length - 1, now + step))];
  next.classList.add("here");
  next.querySelector(".main a")?.focus();
};

// -- dialogs: a move asks its parameters where the person stands ----------------------------------------------------

const dialog = document.getElementById("dialog");
const openIn = async (address) => {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer) return location.assign(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = page.querySelector("[data-in-dialog]");
  if (!answer.ok || !form) return location.assign(address);
  dialog.replaceChildren(document.adoptNode(form));
  begin(dialog);
  dialog.showModal();
  dialog.querySelector("input:not([type=hidden]), select, textarea")?.focus();
};

// The date fields of a browser speak its language; where that is not Chinese they are made to.
const dates = /^zh\b/i.test(navigator.language) ? null : import(document.body.dataset.dates);

const begin = (root) => {
  dates?.then((one) => one.inChinese(root, words));
  all("[data-remote]", root).forEach((box) => { box.remote ||= new Remote(box); });
  all("[data-photos]", root).forEach((box) => { box.photos ||= new Photos(box); });
  all("form[data-draft]", root).forEach((form) => { form.draft ||= new Draft(form); });
  all("[data-in-dialog]", root).forEach((form) => {
    if (!dialog.contains(form) || !form.action) return;
    form.setAttribute("hx-post", form.getAttribute("action"));
    form.setAttribute("hx-target", "this");
    form.setAttribute("hx-swap", "outerHTML");
    if (form.enctype === "multipart/form-data") form.setAttribute("hx-encoding", form.enctype);
    form.setAttribute("hx-select", "[data-in-dialog], section.error");
    htmx.process(form);
  });
  all("[data-veil]", root).filter((one) => dialog.contains(one)).forEach((one) => {
    one.querySelector("[data-close]").focus();
    setTimeout(() => { if (dialog.contains(one)) dialog.close(); }, one.dataset.veil * 1000);
  });
  hideColumns();
  chosen();
  fit();
  toWrong(root);
};

// What is wrong may stand far below what was sent, or above it.
const toWrong = (root) => {
  const wrong = root.querySelector(".is-invalid");
  wrong?.focus({ preventScroll: true });
  wrong?.scrollIntoView({ block: "center", behavior: "instant" });
};

// What was revealed does not stay in the page.
dialog?.addEventListener("close", () => { if (dialog.querySelector("[data-veil]")) dialog.replaceChildren(); });

// Where anything but the form comes back, the form stays as it was typed and the reason stands above it.
const refuse = (reason) => {
  dialog.querySelector("[data-refused]")?.remove();
  const note = Object.assign(document.createElement("p"), { className: "alert alert-danger", textContent: reason });
  note.setAttribute("role", "alert");
  note.dataset.refused = "";
  dialog.querySelector("form :is(.head, h1)").after(note);
};

document.addEventListener("htmx:beforeSwap", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  if (!dialog.open || page.querySelector("[data-in-dialog]")) return;
  event.detail.shouldSwap = false;
  refuse(page.querySelector("section.error p")?.textContent || words.signedOut);
});

// Who signs in again in another window can then send the form that is still open here.
addEventListener("focus", async () => {
  const form = dialog.querySelector("[data-refused]") && dialog.querySelector("form");
  if (!form) return;
  const page = new DOMParser().parseFromString(await (await fetch(form.getAttribute("action"))).text(), "text/html");
  const token = page.querySelector("[data-in-dialog] [name=csrf_token]");
  if (token) form.querySelector("[name=csrf_token]").value = token.value;
});

document.addEventListener("htmx:sendError", () => {
  if (dialog.open) refuse(words.offline);
});

// Where something else came back than the way onward, nothing was saved.
["htmx:beforeSwap", "htmx:sendError"].forEach((name) => document.addEventListener(name, () => sessionStorage.removeItem("sent")));

document.addEventListener("htmx:load", (event) => begin(event.target.parentElement || event.target));

// Plain http on a local network is no secure context and has no clipboard: then the old way, or the selected text.
const copy = async (button) => {
  const text = button.closest("[data-in-dialog]").querySelector("textarea");
  text.focus();
  text.select();
  const copied = await navigator.clipboard?.writeText(text.value).then(() => true, () => false) || document.execCommand("copy");
  text.parentElement.parentElement.querySelector("[data-copy-said]").textContent = copied ? button.dataset.copied : button.dataset.notCopied;
};

// -- one listener for all -------------------------------------------------------------------------------------------

const look = (name) => {
  const root = document.documentElement;
  if (name === "large") root.classList.toggle("large");
  else root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  const now = [root.dataset.bsTheme, root.classList.contains("large") ? "large" : "normal"].join(".");
  document.cookie = `look=${now}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  all("[data-look]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.look === "large" ? root.classList.contains("large") : root.dataset.bsTheme === "dark")));
};

const menu = (open) => {
  const button = document.querySelector("[data-toggle]");
  document.querySelector(".side").classList.toggle("open", open);
  button.setAttribute("aria-expanded", String(open));
  (open ? document.querySelector(".side nav a") : button).focus();
};

document.addEventListener("click", (event) => {
  const hit = (selector) => event.target.closest(selector);
  all("details.me[open]").forEach((one) => { if (!one.contains(event.target)) one.open = false; });
  if (hit("[data-look]")) return look(hit("[data-look]").dataset.look);
  if (hit("[data-print]")) return window.print();
  if (hit("[data-copy]")) return copy(hit("[data-copy]"));
  if (hit("[data-open]")) return document.getElementById(hit("[data-open]").dataset.open).showModal();
  if (hit("dialog [data-close]") || event.target.matches("dialog")) {
    event.preventDefault();
    return event.target.closest("dialog").close();
  }
  const open = document.querySelector(".side.open");
  if (hit("[data-toggle]") || (open && !hit(".side"))) return menu(!open);
  if (hit("[data-table]")) {
    const table = document.getElementById(hit("[data-table]").dataset.table);
    table.hidden = !table.hidden;
    return hit("[data-table]").setAttribute("aria-expanded", String(!table.hidden));
  }
  if (hit("[data-none]")) {
    all(`input[name="${hit("[data-none]").dataset.none}"], [data-all]`).forEach((one) => { one.checked = false; });
    return chosen();
  }
  const asks = hit("a[data-dialog], a[data-photo]");
  if (asks && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    return asks.matches("[data-photo]") ? showPhoto(asks) : openIn(asks.href);
  }
});

document.addEventListener("change", (event) => {
  const one = event.target;
  if (one.dataset.all) all(`input[name="${one.dataset.all}"]`).forEach((box) => { box.checked = one.checked; });
  const chooser = one.closest("[data-columns]");
  if (chooser) {
    localStorage.setItem(columnsOf(chooser.dataset.columns), JSON.stringify(all("input", chooser).filter((box) => !box.checked).map((box) => box.value)));
    hideColumns();
    fit();
  }
  chosen();
});

// Who goes back to a form that was sent asks the server for it again, which then knows what it has made.
const keepKey = (key) => {
  if (!key) return;
  const here = new URL(location);
  here.searchParams.set("key", key.value);
  history.replaceState(history.state, "", here);
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get") {
    all("input, select", form).filter((one) => one.value === "" && !one.disabled).forEach((one) => { one.disabled = true; one.dataset.emptied = "yes"; });
    return;
  }
  if (form.hasAttribute("hx-post") || form.hasAttribute("data-download")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  keepKey(form.querySelector("input[name=uid]"));
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (document.querySelector(".side.open")) menu(false);
    all("details.me[open]").forEach((one) => { one.open = false; one.querySelector("summary").focus(); });
  }
  if (dialog.open) dialog.querySelector(`[data-turn="${CSS.escape(event.key)}"]`)?.click();
  if (event.target.closest("input, select, textarea, dialog, [contenteditable]")) return;
  const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (step && document.querySelector(".rows .main")) {
    event.preventDefault();
    walk(step);
  } else if (target) {
    event.preventDefault();
    if (target.matches("input")) target.focus();
    else target.click();
  }
});

// The server does not guess by which address it was reached; the browser knows.
all("[data-path]").forEach((one) => { one.textContent = location.origin + one.textContent; });
addEventListener("resize", later(150, fit));
addEventListener("pageshow", () => {
  all("form[data-sent]").forEach((form) => delete form.dataset.sent);
  all("[data-emptied]").forEach((one) => { one.disabled = false; delete one.dataset.emptied; });
});
begin(document);
