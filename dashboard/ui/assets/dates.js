// Keyboard behaviour that the date fields of Streamlit lack.
"use strict";

// ------------------------------------------------------------------ dates
//
// Streamlit takes a typed date when the calendar below its field closes, or when the focus leaves
// the field while the calendar is closed. Enter does neither, and Tab moves to the button of the
// calendar, which belongs to the field. So both close the calendar here, or else move the focus.
//
// The field has one part each for year, month and day. A date that is typed or pasted as
// 31.12.2025 is handed over as 2025-12-31, which Streamlit reads when it is pasted.

const DATE_FIELD = "[data-testid=stDateInput]";
const DATE_PART = `${DATE_FIELD} [role=spinbutton]`;
const CALENDAR = "[data-testid=stDateInputCalendar]";
const DAY_FIRST = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;

let typed = "";

function closeCalendar(part) {
  part.closest(DATE_FIELD).dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
}

// A busy page opens its calendar late, and listens to what closes it later still.
function closeOpeningCalendar(part, wasOpen = false, tries = 50) {
  const isOpen = document.querySelector(CALENDAR) !== null;
  if ((wasOpen && !isOpen) || tries === 0) return;
  if (isOpen) closeCalendar(part);
  setTimeout(() => closeOpeningCalendar(part, wasOpen || isOpen, tries - 1), 150);
}

function takeDate(part, key) {
  if (document.querySelector(CALENDAR)) {
    closeOpeningCalendar(part);
  } else if (key === "Enter") {
    part.click(); // which opens the calendar
    setTimeout(() => closeOpeningCalendar(part), 50);
  } else {
    part.blur();
  }
}

function toIsoDate(text) {
  const found = DAY_FIRST.exec(text.trim());
  return found && `${found[3]}-${found[2].padStart(2, "0")}-${found[1].padStart(2, "0")}`;
}

function shownDate(part) {
  const parts = part.closest(DATE_FIELD).querySelectorAll("[role=spinbutton]");
  return Array.from(parts, (element) => element.textContent).join("-");
}

// A busy page may overwrite a pasted date by the last typed digit.
function pasteDate(part, date, tries = 10) {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text", date);
  const before = shownDate(part);
  part.dispatchEvent(
    new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData }),
  );
  setTimeout(() => {
    const isLost = part.isConnected && shownDate(part) === before && before !== date;
    if (isLost && tries > 0) pasteDate(part, date, tries - 1);
  }, 150);
}

function onDateKey(event, part) {
  if (event.key === "Enter") {
    takeDate(part, event.key);
  } else if (event.key === "Tab") {
    const parts = part.closest(DATE_FIELD).querySelectorAll("[role=spinbutton]");
    if (part === parts[event.shiftKey ? 0 : parts.length - 1]) takeDate(part, event.key);
  }
  typed = /^[\d.]$/.test(event.key) ? (typed + event.key).slice(-10) : "";
}

document.addEventListener(
  "keydown",
  (event) => {
    const part = event.target instanceof Element && event.target.closest(DATE_PART);
    if (part) onDateKey(event, part);
  },
  true,
);

document.addEventListener(
  "keyup",
  (event) => {
    const part = event.target instanceof Element && event.target.closest(DATE_PART);
    const date = part && toIsoDate(typed);
    if (date) {
      typed = "";
      setTimeout(() => pasteDate(part, date), 50); // after what the last key changed
    }
  },
  true,
);

document.addEventListener(
  "paste",
  (event) => {
    const part = event.target instanceof Element && event.target.closest(DATE_PART);
    const date = part && toIsoDate(event.clipboardData.getData("text"));
    if (date) {
      event.preventDefault();
      event.stopPropagation();
      pasteDate(part, date);
    }
  },
  true,
);

document.addEventListener("pointerdown", (event) => {
  if (event.isTrusted) typed = "";
});
