// The portal's own behaviour: search-as-you-type selects, select all, one submit per click.
"use strict";

const later = (wait, work) => {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...args), wait);
  };
};

class Remote {
  constructor(box) {
    this.box = box;
    this.kept = box.querySelector("input[type=hidden]");
    this.input = box.querySelector("[role=combobox]");
    this.list = box.querySelector("[role=listbox]");
    this.asked = 0;
    this.input.addEventListener("input", () => { this.kept.value = ""; this.search(); });
    this.input.addEventListener("focus", () => this.search());
    this.input.addEventListener("blur", () => setTimeout(() => this.leave(), 150));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("mousedown", (event) => { event.preventDefault(); this.pick(event.target.closest("[role=option]")); });
    this.search = later(150, () => this.ask());
  }

  async ask() {
    const mine = ++this.asked;
    const text = this.kept.value ? "" : this.input.value;
    const answer = await fetch(`${this.box.dataset.remote}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || mine !== this.asked || document.activeElement !== this.input) return;
    this.show((await answer.json()).results);
  }

  show(results) {
    this.list.replaceChildren(...results.map((one, index) => {
      const option = document.createElement("li");
      option.setAttribute("role", "option");
      option.id = `${this.list.id}-${index}`;
      option.dataset.id = one.id;
      option.textContent = one.text;
      return option;
    }));
    this.open(results.length > 0);
  }

  open(yes) {
    this.list.hidden = !yes;
    this.input.setAttribute("aria-expanded", String(yes));
    if (!yes) this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const options = [...this.list.children];
    const now = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      this.mark(options, options[(now + step + options.length) % options.length]);
    } else if (event.key === "Enter" && !this.list.hidden && now >= 0) {
      event.preventDefault();
      this.pick(options[now]);
    } else if (event.key === "Escape") this.open(false);
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
  }

  leave() {
    this.open(false);
    if (!this.kept.value) this.input.value = "";
  }
}

document.querySelectorAll("[data-remote]").forEach((box) => new Remote(box));

document.addEventListener("change", (event) => {
  const name = event.target.dataset.all;
  if (name) document.querySelectorAll(`input[name="${name}"]`).forEach((one) => { one.checked = event.target.checked; });
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

document.querySelectorAll("form[method=get]").forEach((form) => form.addEventListener("submit", () => {
  form.querySelectorAll("input, select").forEach((one) => { one.disabled = one.disabled || one.value === ""; });
}));
