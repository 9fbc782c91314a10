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
    this.asked = 0;
    this.search = later(150, () => this.ask());
    this.input.addEventListener("input", () => { this.kept.value = ""; this.search(); });
    this.input.addEventListener("focus", () => { if (!this.kept.value) this.search(); });
    this.input.addEventListener("click", () => this.search());
    this.input.addEventListener("blur", () => setTimeout(() => this.leave(), 150));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("mousedown", (event) => { event.preventDefault(); this.pick(event.target.closest("[role=option]")); });
  }

  async ask() {
    const mine = ++this.asked;
    const text = this.kept.value ? "" : this.input.value;
    const answer = await fetch(`${this.box.dataset.remote}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || mine !== this.asked || document.activeElement !== this.input) return;
    this.show((await answer.json()).results);
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
    this.kept.value = option.dataset.id;
    this.input.value = option.textContent;
    this.open(false);
    this.kept.dispatchEvent(new Event("input", { bubbles: true }));
  }

  leave() {
    this.open(false);
    if (!this.kept.value) this.input.value = "";
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
    addEventListener("beforeunload", (event) => { if (this.dirty) event.preventDefault(); });
  }

  fields() {
    return all("input, select, textarea", this.form).filter((one) => one.name && !one.closest("[data-private]") && one.autocomplete !== "off" || one.closest(".remote"))
      .filter((one) => !["csrf_token", "version", "uid"].includes(one.name) && one.type !== "password");
  }

  keep() {
    const typed = this.fields().map((one) => [one.name || `#${one.id}`, one.type === "checkbox" ? one.checked : one.value]);
    localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), typed }));
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
    if (changed) this.tell();
  }

  tell() {
    const note = Object.assign(document.createElement("p"), { className: "alert alert-info", textContent: `${words.restored} ` });
    note.setAttribute("role", "status");
    const forget = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-outline-secondary", textContent: words.forget });
    forget.addEventListener("click", () => { localStorage.removeItem(this.key); this.dirty = false; location.reload(); });
    note.append(forget);
    this.form.prepend(note);
    this.dirty = true;
  }
}

const sent = sessionStorage.getItem("sent");
// Kept as well where an error or the sign-in page came instead of what was saved.
if (sent && !document.querySelector("form .errors, form .alert-danger, section.error, .guest")) localStorage.removeItem(sent);
sessionStorage.removeItem("sent");

// -- lists ---------------------------------------------------------------------------------------------------------

const columnsOf = (list) => `columns:${list}`;
const hideColumns = () => all("table[data-list]").forEach((table) => {
  const hidden = new Set(JSON.parse(localStorage.getItem(columnsOf(table.dataset.list)) || "[]"));
  all("th", table).forEach((head, index) => all(`tr > :nth-child(${index + 1})`, table).forEach((cell) => { cell.hidden = hidden.has(head.dataset.column); }));
  all(`[data-columns="${table.dataset.list}"] input`).forEach((box) => { box.checked = !hidden.has(box.value); });
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

const begin = (root) => {
  all("[data-remote]", root).forEach((box) => { box.remote ||= new Remote(box); });
  all("form[data-draft]", root).forEach((form) => { form.draft ||= new Draft(form); });
  all("[data-in-dialog]", root).forEach((form) => {
    if (!dialog.contains(form)) return;
    form.setAttribute("hx-post", form.getAttribute("action"));
    form.setAttribute("hx-target", "this");
    form.setAttribute("hx-swap", "outerHTML");
    form.setAttribute("hx-select", "[data-in-dialog], section.error");
    htmx.process(form);
  });
  hideColumns();
  chosen();
  fit();
};

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

document.addEventListener("htmx:load", (event) => begin(event.target.parentElement || event.target));

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
  const asks = hit("a[data-dialog]");
  if (asks && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    return openIn(asks.href);
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

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get") {
    all("input, select", form).filter((one) => one.value === "" && !one.disabled).forEach((one) => { one.disabled = true; one.dataset.emptied = "yes"; });
    return;
  }
  if (form.hasAttribute("hx-post") || form.hasAttribute("data-download")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (document.querySelector(".side.open")) menu(false);
    all("details.me[open]").forEach((one) => { one.open = false; one.querySelector("summary").focus(); });
  }
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
