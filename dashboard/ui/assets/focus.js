// Puts the cursor into the first text field of the open dialog, once each time it is opened.

const DRAWN = 250; // ms until the dialog has taken the focus itself

let last = null;

export default function ({ data, parentElement }) {
  if (data.opened === last) return;
  last = data.opened;
  setTimeout(() => {
    const dialog = parentElement.closest("[role=dialog]");
    const field = dialog && dialog.querySelector("input[type=text]");
    if (field) field.focus();
  }, DRAWN);
}
