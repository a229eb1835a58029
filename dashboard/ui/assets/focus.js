// Puts the cursor into the first required text field of the open dialog, once each time it is
// opened: the dialog takes the focus itself and may be drawn twice until it stands.

const EVERY = 150; // ms
const TRIES = 20;

let last = null;

export default function ({ data }) {
  if (data.opened === last) return;
  last = data.opened;
  let left = TRIES;
  const timer = setInterval(() => {
    left -= 1;
    const field = document.querySelector("[role=dialog] input[type=text][aria-required=true]");
    const active = document.activeElement;
    const isTaken = active && active !== field && active.matches("input, textarea, [role=spinbutton]");
    if (field && !isTaken && active !== field) field.focus();
    if (isTaken || left === 0) clearInterval(timer);
  }, EVERY);
}
