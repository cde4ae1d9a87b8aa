import { alertLine, besides, button, element, hasKernel, keepKeys, kernelLine, listen, say, sendTraits } from "./common.js";
import {
  BETA_LIMITS,
  SampledCurve,
  ScheduleCurve,
  addPoint,
  axisRange,
  betaFor,
  keepEnd,
  movePoint,
  noted,
  powerTicks,
  problemOf,
  quantityAt,
  removePoint,
  roundTicks,
  shortNumber,
  timeGrid,
  timeRange,
} from "./schedule_curves.js";

const QUANTITIES = [
  ["beta", "β"],
  ["alpha_bar", "α²"],
  ["sigma", "σ"],
  ["log_snr", "log-SNR"],
];
const MARGIN = { left: 52, right: 16, top: 22, bottom: 34 };
const LINE_SAMPLES = Array.from({ length: 241 }, (_, k) => (1 - Math.cos((Math.PI * k) / 240)) / 2);
const SEND_EVERY = 100; // milliseconds, while a point is dragged
const ICONS = {
  add: "M8 3v10M3 8h10",
  remove: "M3 8h10",
  undo: "M6 3 3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6",
  redo: "m10 3 3 3-3 3M13 6H6.5a3.5 3.5 0 0 0 0 7H10",
  reset: "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3",
};

/** @param {{model: import("./common.js").WidgetModel, el: HTMLElement}} host */
function render({ model, el }) {
  /** Points while they are being moved and not yet settled on. @type {import("./schedule_curves.js").ControlPoint[] | null} */
  let draft = null;
  let selected = 0;
  let hovered = null;
  let held = null; // a drag, or a key that is held down
  let timer = 0;
  let isWaiting = false;
  let size = { width: 640, height: 320 };
  let range = [0, 1];

  const points = () => draft ?? model.get("points");
  const quantity = () => model.get("quantity");
  const isLog = () => quantity() === "beta" && model.get("log_beta");
  const symbol = () => QUANTITIES.find(([name]) => name === quantity())[1];

  // -- what is told to Python

  const save = (values) => sendTraits(model, values);
  const sendDraft = () => {
    if (draft === null) return;
    if (timer) isWaiting = true;
    else {
      save({ points: draft, dragging: true });
      timer = setTimeout(() => {
        timer = 0;
        if (isWaiting) {
          isWaiting = false;
          sendDraft();
        }
      }, SEND_EVERY);
    }
  };
  const stopSending = () => {
    clearTimeout(timer);
    timer = 0;
    isWaiting = false;
  };
  const propose = (changed) => {
    draft = changed;
    sendDraft();
    draw();
  };
  const settle = (changed) => {
    stopSending();
    draft = null;
    save({ points: changed, dragging: false, alert: "", ...noted(model.get("history"), model.get("position"), changed) });
    draw();
  };
  const goTo = (position) => {
    const { length } = model.get("history");
    if (position < 0 || position >= length) return;
    stopSending();
    draft = held = null;
    save({ points: model.get("history")[position], position, dragging: false, alert: "" });
    draw();
  };
  const complain = (text, control = "points") => save({ alert_at: [text, control], alert: text });

  // -- edits

  const moved = (before, index, t, beta) => {
    const after = movePoint(before, index, t, beta);
    return model.get("keep_end") ? keepEnd(before, after, index) : after;
  };
  const add = (t) => {
    const added = addPoint(points(), t);
    if (!added) return complain(say(model, "There is no room for a point at t = {t}.", { t: shortNumber(t) }), "add");
    selected = added.index;
    settle(added.points);
    handles[selected].focus();
  };
  const addBeside = () => {
    const next = Math.min(selected + 1, points().length - 1);
    add((points()[next - 1][0] + points()[next][0]) / 2);
  };
  const remove = () => {
    const left = removePoint(points(), selected);
    if (!left) return complain(say(model, "The first and the last point hold the ends: they can be moved, but not removed."), "remove");
    selected = Math.min(selected, left.length - 1);
    settle(left);
    handles[selected].focus();
  };
  const typed = () => {
    const [t, beta] = points()[selected];
    const read = (input, shown, exact) => (input.value.trim() === shown ? exact : input.value.trim() === "" ? NaN : Number(input.value.trim().replace(",", ".")));
    const value = [read(tInput, String(t), t), read(betaInput, String(beta), beta)];
    if (value[0] === t && value[1] === beta) return true;
    const changed = points().map((point, k) => (k === selected ? value : point));
    const last = points().length - 1;
    const [low, high] = [points()[selected - 1]?.[0] ?? 0, points()[selected + 1]?.[0] ?? 1];
    let problem = "";
    const isWrongTime = !Number.isFinite(value[0]) || (selected > 0 && selected < last && !(value[0] > low && value[0] < high));
    const given = { point: selected + 1, t: tInput.value, beta: betaInput.value };
    const place = { point: selected + 1, low, high, t: value[0] };
    if (!value.every(Number.isFinite)) problem = say(model, "Point {point} needs two numbers, but was given t = “{t}” and β = “{beta}”.", given);
    else if (selected > 0 && selected < last && !(value[0] > low && value[0] < high)) problem = say(model, "t of point {point} must lie between {low} and {high}, where its neighbours are, but is {t}.", place);
    else problem = problemOf(changed, model);
    if (problem) {
      complain(problem, isWrongTime ? "t" : "beta");
      return false;
    }
    settle(changed);
    return true;
  };

  // -- from values to places

  const inner = () => ({ width: size.width - MARGIN.left - MARGIN.right, height: size.height - MARGIN.top - MARGIN.bottom });
  const xOf = (t) => MARGIN.left + t * inner().width;
  const tOf = (x) => Math.min(Math.max((x - MARGIN.left) / inner().width, 0), 1);
  const share = (value) => {
    const [low, high] = isLog() ? range.map(Math.log) : range;
    return ((isLog() ? Math.log(value) : value) - low) / (high - low);
  };
  const yOf = (value) => MARGIN.top + (1 - Math.min(Math.max(share(value), -1), 2)) * inner().height;
  const valueOf = (y) => {
    const part = 1 - (y - MARGIN.top) / inner().height;
    const [low, high] = isLog() ? range.map(Math.log) : range;
    const value = low + Math.min(Math.max(part, 0), 1) * (high - low);
    return isLog() ? Math.exp(value) : value;
  };

  // -- elements

  const svg = element("svg", { class: "dw-plot", "aria-hidden": "true" });
  const layer = element("div", { class: "dw-points", role: "group", "aria-label": say(model, "Points of the schedule") });
  const plot = element("div", { class: "dw-plot-box" }, svg, layer);
  /** @type {HTMLElement[]} */
  const handles = [];
  const clipName = `dw-clip-${Math.random().toString(36).slice(2)}`;

  const shows = {
    beta: say(model, "Show the rate of noise β"),
    alpha_bar: say(model, "Show the share of the image's variance α²"),
    sigma: say(model, "Show the standard deviation of the noise σ"),
    log_snr: say(model, "Show log-SNR, the log signal-to-noise ratio"),
  };
  const tabs = QUANTITIES.map(([name, text]) => button(shows[name], () => save({ quantity: name }), { text, pressed: false }));
  const logButton = button(say(model, "log: a logarithmic axis"), () => save({ log_beta: !model.get("log_beta") }), { text: say(model, "log"), pressed: false });
  const keepButton = button(say(model, "keep end: earlier points compensate for a change, so that a run can continue from there"), () => save({ keep_end: !model.get("keep_end") }), { text: say(model, "keep end"), pressed: false });
  const presets = element("select", { "aria-label": say(model, "Preset"), onchange: () => presets.value && settle(model.get("presets")[presets.value]) });
  const undoButton = button(say(model, "Undo"), () => goTo(model.get("position") - 1), { icon: ICONS.undo, keys: "Control+Z", keysText: say(model, "Control+Z") });
  const redoButton = button(say(model, "Redo"), () => goTo(model.get("position") + 1), { icon: ICONS.redo, keys: "Control+Shift+Z", keysText: say(model, "Control+Shift+Z") });
  const resetButton = button(say(model, "Reset"), () => settle(model.get("initial")), { icon: ICONS.reset });
  const addButton = button(say(model, "Add a point"), addBeside, { icon: ICONS.add });
  const removeButton = button(say(model, "Remove the point"), remove, { icon: ICONS.remove, keys: "Delete", keysText: say(model, "Delete") });
  const numberInput = (label) => element("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-label": label, onchange: typed, onkeydown: onTypingKey });
  const tInput = numberInput(say(model, "t of the point"));
  const betaInput = numberInput(say(model, "β of the point"));
  const pointName = element("span", { class: "dw-point-name" });
  const readout = element("dl", { class: "dw-readout dw-number" });
  const legend = element("ul", { class: "dw-legend" });
  const alert = alertLine(model, (name) => ({ t: besides(tInput, typing), beta: besides(betaInput, typing), points: besides(layer, plot), n_steps: besides(layer, plot), remove: besides(removeButton, typing), add: besides(addButton, typing) })[name] ?? null);
  const note = element("p", { class: "dw-muted dw-note" });

  const edits = element("div", { class: "dw-row" }, presets, undoButton, redoButton, resetButton);
  const typing = element(
    "div",
    { class: "dw-row dw-bar dw-typed" },
    pointName,
    element("label", {}, "t", tInput),
    element("label", {}, "β", betaInput),
    addButton,
    removeButton,
    element("span", { class: "dw-gap" }),
    keepButton,
  );
  const kernel = kernelLine(model, () => {
    for (const part of [layer, edits, typing]) part.inert = true;
  });

  const root = element(
    "section",
    { class: "dw dw-schedule-plotter", "aria-label": say(model, "Noise schedule"), onkeydown: onRootKey },
    element(
      "div",
      { class: "dw-row dw-bar" },
      element("div", { class: "dw-tabs", role: "group", "aria-label": say(model, "Quantity") }, ...tabs),
      logButton,
      element("span", { class: "dw-gap" }),
      edits,
    ),
    plot,
    readout,
    legend,
    typing,
    note,
    alert.line,
    kernel.line,
  );

  // -- hands

  function onTypingKey(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      if (typed()) handles[selected].focus();
    } else if (event.key === "Escape") {
      showSelected(true);
      if (model.get("alert")) complain("");
      handles[selected].focus();
    }
  }

  function onRootKey(event) {
    if (event.target instanceof HTMLInputElement || !(event.ctrlKey || event.metaKey) || !hasKernel(model)) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    goTo(model.get("position") + (key === "y" || event.shiftKey ? 1 : -1));
  }

  const onPointKey = (event) => {
    const index = handles.indexOf(event.currentTarget);
    const direction = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (direction) {
      event.preventDefault();
      held ??= { kind: "key", index, before: points() };
      const [t, beta] = points()[index];
      const inTime = event.ctrlKey || event.shiftKey || event.metaKey;
      propose(moved(held.before, index, inTime ? t + 0.01 * direction : t, inTime ? beta : beta * 1.05 ** direction));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      remove();
    } else if (event.key === "Enter") {
      event.preventDefault();
      betaInput.focus();
      betaInput.select();
    } else if (event.key === "Escape" && held) {
      release(false);
    }
  };

  const release = (isKept) => {
    if (!held) return;
    const { before } = held;
    held = null;
    if (draft === null) return;
    settle(isKept ? draft : before);
  };

  const onPointDown = (event) => {
    if (event.button !== 0 || held) return;
    const handle = event.currentTarget;
    const index = handles.indexOf(handle);
    const box = plot.getBoundingClientRect();
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    const [x, y] = [parseFloat(handle.style.left), parseFloat(handle.style.top)];
    held = { kind: "drag", index, before: points(), pointer: event.pointerId, dx: event.clientX - box.left - x, dy: event.clientY - box.top - y, y };
  };

  const onPointMove = (event) => {
    if (held?.kind !== "drag" || event.pointerId !== held.pointer) return;
    const box = plot.getBoundingClientRect();
    const { index, before, dx, dy, y } = held;
    const place = event.clientY - box.top - dy;
    let t = tOf(event.clientX - box.left - dx);
    const [low, high] = timeRange(before, index);
    t = Math.min(Math.max(t, Math.min(low, high)), high);
    const there = movePoint(before, index, t, before[index][1]);
    // A point that is moved only sideways keeps its beta, and does not follow the rounding of pixels.
    const isLevel = quantity() === "beta" && Math.abs(place - y) < 0.5;
    const beta = isLevel ? before[index][1] : betaFor(there, index, quantity(), valueOf(place), model.get("diffusion"));
    hovered = null;
    propose(moved(before, index, t, beta));
  };

  const hover = (event) => {
    if (held) return;
    const x = event.clientX - plot.getBoundingClientRect().left;
    hovered = event.type === "pointerleave" || x < MARGIN.left || x > size.width - MARGIN.right ? null : tOf(x);
    draw();
  };
  plot.addEventListener("pointermove", hover);
  plot.addEventListener("pointerleave", hover);
  plot.addEventListener("dblclick", (event) => {
    if (event.target.closest("[role=slider]") || !hasKernel(model)) return;
    add(tOf(event.clientX - plot.getBoundingClientRect().left));
  });

  const makeHandle = () =>
    element("div", {
      class: "dw-point",
      role: "slider",
      tabindex: "0",
      "aria-orientation": "vertical",
      "aria-valuemin": BETA_LIMITS[0],
      "aria-valuemax": BETA_LIMITS[1],
      "aria-keyshortcuts": "Shift+ArrowLeft Shift+ArrowRight Delete Enter",
      onpointerdown: onPointDown,
      onpointermove: onPointMove,
      onlostpointercapture: () => held?.kind === "drag" && release(true),
      onkeydown: onPointKey,
      onkeyup: () => held?.kind === "key" && release(true),
      onblur: () => held?.kind === "key" && release(true),
      onfocus: (event) => {
        selected = handles.indexOf(event.currentTarget);
        draw();
      },
    });

  // -- drawing

  const lines = (curve) => [
    { label: model.get("label") ? say(model, model.get("label")) : say(model, "drawn by hand"), curve, kind: 0 },
    ...model.get("beside").map((reference, k) => ({ label: say(model, reference.label), curve: new SampledCurve(reference), kind: k + 1 })),
  ];

  const path = (places) => `M${places.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L")}`;
  const line = (name, x1, y1, x2, y2) => element("line", { class: name, x1, y1, x2, y2 });
  const text = (name, x, y, content, anchor = "middle") => element("text", { class: name, x, y, "text-anchor": anchor }, content);

  function drawPlot(curve) {
    const { width, height } = inner();
    const [bottom, right] = [MARGIN.top + height, MARGIN.left + width];
    const diffusion = model.get("diffusion");
    const all = lines(curve).map((each) => ({ ...each, values: LINE_SAMPLES.map((t) => quantityAt(quantity(), each.curve, t, diffusion)) }));
    if (!held) range = axisRange(quantity(), all.flatMap((each) => each.values), isLog(), all[0].values);
    const parts = [element("defs", {}, element("clipPath", { id: clipName }, element("rect", { x: MARGIN.left, y: MARGIN.top, width, height })))];

    for (const tick of isLog() ? powerTicks(...range) : roundTicks(range[0], range[1], height > 220 ? 5 : 4)) {
      parts.push(line("dw-grid", MARGIN.left, yOf(tick), right, yOf(tick)), text("dw-tick", MARGIN.left - 7, yOf(tick) + 4, shortNumber(tick), "end"));
    }
    for (const tick of roundTicks(0, 1, width > 420 ? 10 : 5)) {
      parts.push(line("dw-grid", xOf(tick), MARGIN.top, xOf(tick), bottom), text("dw-tick", xOf(tick), bottom + 15, shortNumber(tick)));
    }
    parts.push(text("dw-axis", MARGIN.left - 7, 10, symbol(), symbol().length > 2 ? "middle" : "end"));
    parts.push(text("dw-axis", MARGIN.left, bottom + 30, say(model, "image"), "start"));
    parts.push(text("dw-axis", (MARGIN.left + right) / 2, bottom + 30, say(model, "time t")), text("dw-axis", right, bottom + 30, say(model, "noise"), "end"));
    parts.push(element("rect", { class: "dw-frame", x: MARGIN.left, y: MARGIN.top, width, height }));

    const sampling = model.get("sampling");
    const times = sampling.n_steps ? timeGrid(curve, diffusion, sampling.n_steps, sampling.kind) : model.get("times");
    if (times.length) {
      const value = (t) => quantityAt(quantity(), curve, t, diffusion);
      parts.push(
        element("path", { class: "dw-looks", d: times.map((t) => `M${xOf(t).toFixed(1)} ${bottom}v-8`).join("") }),
        element("path", { class: "dw-looks", "clip-path": `url(#${clipName})`, d: times.map((t) => `M${right} ${yOf(value(t)).toFixed(1)}h-8`).join("") }),
      );
    }
    for (const each of all.slice().reverse()) {
      const places = LINE_SAMPLES.map((t, k) => [xOf(t), yOf(each.values[k])]);
      parts.push(element("path", { class: `dw-line dw-line-${Math.min(each.kind, 4)}`, "clip-path": `url(#${clipName})`, d: path(places) }));
    }
    const cursor = model.get("cursor");
    if (cursor !== null && cursor !== undefined) {
      const value = quantityAt(quantity(), curve, cursor, diffusion);
      parts.push(line("dw-cursor", xOf(cursor), MARGIN.top, xOf(cursor), bottom), element("circle", { class: "dw-cursor", cx: xOf(cursor), cy: Math.max(yOf(value), MARGIN.top), r: 4 }));
    }
    if (hovered !== null && !held) {
      parts.push(line("dw-hover", xOf(hovered), MARGIN.top, xOf(hovered), bottom));
      for (const each of all) {
        const y = yOf(quantityAt(quantity(), each.curve, hovered, diffusion));
        if (y >= MARGIN.top - 1 && y <= bottom + 1) parts.push(element("circle", { class: `dw-dot dw-line-${Math.min(each.kind, 4)}`, cx: xOf(hovered), cy: y, r: 3.5 }));
      }
    }
    svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    svg.setAttribute("height", String(size.height));
    svg.replaceChildren(...parts);
    return { all, times };
  }

  function drawHandles(curve) {
    const current = points();
    while (handles.length > current.length) handles.pop().remove();
    while (handles.length < current.length) {
      handles.push(makeHandle());
      layer.append(handles[handles.length - 1]);
    }
    selected = Math.min(selected, current.length - 1);
    current.forEach(([t, beta], k) => {
      const y = yOf(quantityAt(quantity(), curve, t, model.get("diffusion")));
      const handle = handles[k];
      handle.style.left = `${xOf(t)}px`;
      handle.style.top = `${Math.min(Math.max(y, MARGIN.top), size.height - MARGIN.bottom)}px`;
      handle.classList.toggle("dw-selected", k === selected);
      handle.setAttribute("aria-label", say(model, "point {point} of {count}", { point: k + 1, count: current.length }));
      handle.setAttribute("aria-valuenow", String(beta));
      handle.setAttribute("aria-valuetext", say(model, "β {beta} at t {t}", { beta: shortNumber(beta), t: shortNumber(t) }));
    });
  }

  function showSelected(isForced = false) {
    const [t, beta] = points()[selected];
    const isEnd = selected === 0 || selected === points().length - 1;
    pointName.textContent = say(model, "Point {point} of {count}", { point: selected + 1, count: points().length });
    // What is being typed is not overwritten, but for a change from elsewhere.
    for (const [input, value] of [[tInput, t], [betaInput, beta]]) {
      const key = `${selected} ${value}`;
      if (!isForced && input.dataset.shown === key && document.activeElement === input) continue;
      input.dataset.shown = key;
      input.value = String(value);
    }
    tInput.disabled = isEnd;
    removeButton.disabled = isEnd;
  }

  function drawWords(curve, all, times) {
    const diffusion = model.get("diffusion");
    const t = hovered ?? (held ? points()[held.index][0] : (model.get("cursor") ?? points()[selected][0]));
    const entries = [["t", t], ...QUANTITIES.map(([name, label]) => [label, quantityAt(name, curve, t, diffusion)])];
    readout.replaceChildren(...entries.map(([label, value]) => element("div", {}, element("dt", {}, label), element("dd", {}, shortNumber(value)))));
    const items = all.length < 2 ? [] : all.map((each) =>
      element(
        "li",
        {},
        element("svg", { viewBox: "0 0 22 8", "aria-hidden": "true" }, element("path", { class: `dw-line dw-line-${Math.min(each.kind, 4)}`, d: "M1 4h20" })),
        each.label,
        element("span", { class: "dw-number dw-muted" }, `${symbol()} ${shortNumber(quantityAt(quantity(), each.curve, t, diffusion))}`),
      ),
    );
    if (times.length) {
      const count = Math.max(times.length, model.get("n_times"));
      items.push(
        element("li", {}, element("svg", { viewBox: "0 0 22 8", "aria-hidden": "true" }, element("path", { class: "dw-looks", d: "M4 0v8M9 0v8M16 0v8" })), count === 1 ? say(model, "the sampler's single evaluation time") : say(model, "the sampler's {count} evaluation times", { count })),
      );
    }
    legend.replaceChildren(...items);
    legend.hidden = items.length === 0;
    note.textContent = model.get("note");
    note.hidden = !model.get("note");
  }

  function drawButtons() {
    tabs.forEach((tab, k) => tab.setAttribute("aria-pressed", String(QUANTITIES[k][0] === quantity())));
    logButton.setAttribute("aria-pressed", String(Boolean(model.get("log_beta"))));
    logButton.style.visibility = quantity() === "beta" ? "" : "hidden";
    keepButton.setAttribute("aria-pressed", String(Boolean(model.get("keep_end"))));
    undoButton.disabled = model.get("position") <= 0;
    redoButton.disabled = model.get("position") >= model.get("history").length - 1;
    resetButton.disabled = JSON.stringify(points()) === JSON.stringify(model.get("initial"));
    const names = Object.keys(model.get("presets"));
    if (presets.childElementCount !== names.length + 1) {
      presets.replaceChildren(element("option", { value: "" }, say(model, "drawn by hand")), ...names.map((name) => element("option", { value: name }, say(model, name))));
    }
    presets.value = names.find((name) => JSON.stringify(model.get("presets")[name]) === JSON.stringify(points())) ?? "";
  }

  function draw() {
    const curve = new ScheduleCurve(points());
    const { all, times } = drawPlot(curve);
    drawHandles(curve);
    showSelected();
    drawWords(curve, all, times);
    drawButtons();
  }

  const measure = new ResizeObserver(() => {
    const width = plot.clientWidth;
    if (!width || width === size.width) return;
    size = { width, height: Math.round(Math.min(Math.max(width * 0.48, 230), 340)) };
    draw();
  });
  let frame = 0;
  const drawSoon = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  };
  const off = listen(
    model,
    ["points", "history", "position", "initial", "presets", "quantity", "log_beta", "keep_end", "diffusion", "beside", "label", "times", "n_times", "sampling", "cursor", "note"],
    drawSoon,
  );
  const leaveKeys = keepKeys(root);
  el.append(root);
  measure.observe(plot);
  draw();

  return () => {
    // A view that is taken away in the middle of a drag leaves what was drawn.
    release(true);
    stopSending();
    cancelAnimationFrame(frame);
    measure.disconnect();
    off();
    leaveKeys();
    alert.off();
    kernel.off();
  };
}

/** A page that was left in the middle of a drag could not say that it had ended. */
function initialize({ model }) {
  if (!model.get("dragging")) return;
  model.set("dragging", false);
  model.save_changes();
}

export default { initialize, render };
