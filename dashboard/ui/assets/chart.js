// The chart of Explore: what Streamlit does not report. A wheel, a pinch, a drag or the overview
// change the window, a click or a tap picks a day, a double click resets the window. Every gesture
// is sent once, when it has ended.

const SETTLED = 400; // ms without a further change of the axis until it counts
const DOUBLE = 280; // ms within which a second click makes a double click
const MOVED = 5; // pixels from which a press is a drag
const MARK = 14; // pixels around a mark that count as on it

const sending = { zoom: 0, pick: 0 };
let component;
let plot;
let pressed = null;
let wanted = null;

export default function (instance) {
  component = instance;
  const observer = new MutationObserver(attach);
  observer.observe(document.querySelector("[data-testid=stMain]") || document.body, {
    childList: true,
    subtree: true,
  });
  attach();
  return () => observer.disconnect();
}

function attach() {
  const found = document.querySelector(`.${component.data.chart} .js-plotly-plot`);
  if (!found || found === plot || !found.on || !found._fullLayout || !found._fullLayout.xaxis) return;
  plot = found;
  plot.on("plotly_relayout", (changes) => noteAxes(found, changes));
  plot.addEventListener("pointerdown", (event) => (pressed = [event.clientX, event.clientY]), true);
  plot.addEventListener("click", (event) => noteClick(found, event));
  plot.addEventListener("wheel", (event) => stopOverOverview(found, event), { capture: true });
  plot.addEventListener("touchstart", (event) => beginPinch(found, event), { passive: false });
  plot.addEventListener("touchmove", (event) => movePinch(found, event), { passive: false });
  plot.addEventListener("touchend", () => endPinch(found));
  plot.on("plotly_afterplot", () => moveLayers(found, ""));
}

function send(name, value) {
  component.setTriggerValue(name, value);
}

// ---- window

function noteAxes(chart, changes) {
  if (chart !== plot) return;
  const axis = ["xaxis", "xaxis2"].find((name) => changes[`${name}.range[0]`] || changes[`${name}.range`]);
  if (!axis) return;
  const [from, to] = chart._fullLayout[axis].range;
  wanted = { from: String(from), to: String(to), overview: axis === "xaxis2" };
  schedule();
}

function schedule() {
  clearTimeout(sending.zoom);
  sending.zoom = setTimeout(() => {
    if (wanted) send("zoom", wanted);
    wanted = null;
  }, SETTLED);
}

function stopOverOverview(chart, event) {
  if (paneAt(chart, event) === "overview") event.stopPropagation();
  else if (wanted) schedule();
}

// ---- picking

function paneAt(chart, event) {
  const { yaxis, yaxis2, yaxis4, xaxis } = chart._fullLayout;
  const box = chart.getBoundingClientRect();
  const x = event.clientX - box.x - xaxis._offset;
  const y = event.clientY - box.y;
  if (x < 0 || x > xaxis._length) return "";
  if (yaxis4 && y >= yaxis4._offset && y <= yaxis4._offset + yaxis4._length) return "overview";
  if (y <= yaxis2._offset + yaxis2._length + 8) return "events";
  return y <= (yaxis4 ? yaxis4._offset : Infinity) && y >= yaxis._offset - 20 ? "rate" : "";
}

function noteClick(chart, event) {
  if (event.target.closest(".modebar")) return;
  const moved = pressed && Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]);
  if (moved > MOVED) return;
  clearTimeout(sending.pick);
  if (event.detail > 1) {
    send("reset", true);
    return;
  }
  const pane = paneAt(chart, event);
  const day = pane === "overview" ? null : dayAt(chart, event, pane);
  if (pane === "overview") sending.pick = setTimeout(() => centre(chart, event), DOUBLE);
  else if (day) sending.pick = setTimeout(() => send("pick", day), DOUBLE);
}

function dayAt(chart, event, pane) {
  const { xaxis, yaxis2 } = chart._fullLayout;
  const [rate, events, scheduled] = component.data.traces;
  const box = chart.getBoundingClientRect();
  // a click has the left end of its pixel, and a day can be as narrow as that
  const x = event.clientX + 0.5 - box.x - xaxis._offset;
  const y = event.clientY - box.y - yaxis2._offset;
  const names = [pane === "events" ? events : rate, scheduled];
  let best = null;
  let least = Infinity;
  chart.data.filter((one) => names.includes(one.name)).forEach((trace) => {
    trace.x.forEach((place, k) => {
      if (place === null) return;
      const across = Math.abs(xaxis.d2p(place) - x);
      const rows = pane === "events" ? Math.abs(yaxis2.d2p(trace.y[k]) - y) : 0;
      const distance = across + (rows > MARK ? 2 * MARK : rows);
      if (distance < least) [least, best] = [distance, place];
    });
  });
  return best;
}

function centre(chart, event) {
  const { xaxis, xaxis2 } = chart._fullLayout;
  const box = chart.getBoundingClientRect();
  const at = xaxis2.p2c(event.clientX - box.x - xaxis2._offset);
  const [first, last] = xaxis.range.map((end) => xaxis.d2c(end));
  const ends = [at - (last - first) / 2, at + (last - first) / 2];
  send("zoom", { from: xaxis.c2d(ends[0]), to: xaxis.c2d(ends[1]), overview: false });
}

// ---- pinch of two fingers

let pinch = null;

function spread(event) {
  const [one, other] = event.touches;
  return { width: Math.abs(one.clientX - other.clientX) || 1, middle: (one.clientX + other.clientX) / 2 };
}

function beginPinch(chart, event) {
  if (event.touches.length !== 2) return;
  event.preventDefault();
  pinch = { start: spread(event), now: spread(event) };
}

function movePinch(chart, event) {
  if (!pinch || event.touches.length !== 2) return;
  event.preventDefault();
  pinch.now = spread(event);
  const { xaxis } = chart._fullLayout;
  const left = chart.getBoundingClientRect().x + xaxis._offset;
  const scale = pinch.now.width / pinch.start.width;
  const shift = pinch.now.middle - left - scale * (pinch.start.middle - left);
  moveLayers(chart, `translate(${shift}px, 0) scale(${scale}, 1)`);
}

function moveLayers(chart, transform) {
  chart.querySelectorAll(".cartesianlayer .overplot > g > g").forEach((layer) => {
    layer.style.transform = transform;
  });
}

function endPinch(chart) {
  if (!pinch) return;
  const { xaxis } = chart._fullLayout;
  const left = chart.getBoundingClientRect().x + xaxis._offset;
  const scale = pinch.now.width / pinch.start.width;
  const ends = [0, xaxis._length].map((pixel) => {
    const before = (pixel - (pinch.now.middle - left)) / scale + (pinch.start.middle - left);
    return xaxis.c2d(xaxis.p2c(before));
  });
  pinch = null;
  wanted = { from: String(ends[0]), to: String(ends[1]), overview: false };
  schedule();
}
