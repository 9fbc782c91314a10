// Date fields for a browser that speaks another language: typed as people write a day here, or chosen in its calendar.

const KINDS = "input[type=date], input[type=datetime-local], input[type=month]";
const FORMS = {
  date: /^(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D*$/,
  "datetime-local": /^(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D+(\d{1,2})\D(\d{1,2})\D*$/,
  month: /^(\d{4})\D?(\d{1,2})\D*$/,
};
const BETWEEN = ["-", "-", " ", ":"];

// What is not understood stays as it was typed; the server says what is wrong with it.
const tidy = (text, kind) => {
  const found = text.normalize("NFKC").trim().match(FORMS[kind]);
  if (!found) return text;
  return found.slice(1).map((part, index) => (index ? BETWEEN[index - 1] : "") + part.padStart(2, "0")).join("");
};

const calendarOf = (field) => {
  const calendar = Object.assign(document.createElement("input"), { type: field.type, tabIndex: -1, className: "calendar" });
  calendar.setAttribute("aria-hidden", "true");
  return calendar;
};

const buttonFor = (field, words) => {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-outline-secondary", textContent: words.calendar });
  button.setAttribute("aria-label", [words.calendar, field.labels[0]?.textContent.trim()].filter(Boolean).join(" "));
  return button;
};

const change = (field, words) => {
  const kind = field.type;
  const calendar = calendarOf(field);
  const button = buttonFor(field, words);
  const box = Object.assign(document.createElement("span"), { className: "dated" });
  // What was no day the browser has already dropped from the field; it still stands in the page.
  const value = field.matches(".is-invalid") ? field.getAttribute("value") : field.value;
  field.type = "text";
  Object.assign(field, { value: value.replace("T", " "), placeholder: words[kind] });
  field.replaceWith(box);
  box.append(field, button, calendar);
  button.hidden = !calendar.showPicker;
  field.addEventListener("change", () => { field.value = tidy(field.value, kind); });
  button.addEventListener("click", () => {
    calendar.value = tidy(field.value, kind).replace(" ", "T");
    calendar.showPicker();
  });
  calendar.addEventListener("change", () => {
    field.value = calendar.value.replace("T", " ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
};

export const inChinese = (root, words) => {
  [...root.querySelectorAll(KINDS)].filter((one) => !one.matches(".calendar")).forEach((field) => change(field, words));
};
