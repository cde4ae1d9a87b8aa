import { alertLine, besides, button, download, element, hasKernel, imageData, isStatic, keepKeys, kernelLine, say, stateWord } from "./common.js";
import { curvePoints, curveScale, fractionOfStep, gridLayout, partnerStep, shortNumber, stepOfFraction, stripSteps } from "./scrubber_frames.js";
import { joinStore } from "./scrubber_store.js";

const SPEEDS = [0.25, 0.5, 1, 2, 4];
const PLAY_ICON = "M5 3.2 12.5 8 5 12.8z";
const PAUSE_ICON = "M5.5 3v10M10.5 3v10";
const LOOP_ICON = "M11 2l2.2 2.2L11 6.4M13 4.2H5.5A3 3 0 0 0 2.6 7.2v.6M5 14l-2.2-2.2L5 9.6M3 11.8h7.5a3 3 0 0 0 2.9-3v-.6";
const COMPARE_ICON = "M8 2v12M2.5 4h4v8h-4zM9.5 4h4v8h-4z";
const RUN_ON_ICON = "M2.5 8h6M6 5l3 3-3 3M12.5 3v10";

/** @param {import("./common.js").WidgetModel} model @returns {string[][]} views: their names in code, as short texts, in words, and their keys */
const viewsOf = (model) => [
  ["x_t", "xₜ", say(model, "Noisy images xₜ: what the sampler holds"), "1"],
  ["x0", "x̂₀", say(model, "Estimate x̂₀: the clean images that the denoiser expects"), "2"],
  ["noise", say(model, "noise"), say(model, "Predicted noise: what the denoiser removes"), "3"],
];

/** @param {import("./common.js").WidgetModel} model @returns {Record<string, string>} curves by their names in code */
const curvesOf = (model) => ({ sigma: say(model, "σ, the noise"), "log-snr": "log-SNR", score: "‖score‖" });

/** Say what a picture shows, for those who do not see it. */
function describeImages(model, view, count, step, steps) {
  const values = { count, step, steps };
  if (view === "x_t") return count === 1 ? say(model, "noisy images, 1 image, step {step} of {steps}", values) : say(model, "noisy images, {count} images, step {step} of {steps}", values);
  if (view === "x0") return count === 1 ? say(model, "estimate of the clean images, 1 image, step {step} of {steps}", values) : say(model, "estimate of the clean images, {count} images, step {step} of {steps}", values);
  return count === 1 ? say(model, "predicted noise, 1 image, step {step} of {steps}", values) : say(model, "predicted noise, {count} images, step {step} of {steps}", values);
}

/**
 * Paint images into the cells of a grid.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array | null} pixels image by image; null leaves the cells empty
 * @param {number[]} shape images, height, width, channels
 * @param {{columns: number, scale: number, width: number, height: number}} layout
 * @param {[number, number]} cell height and width of a cell, before scaling
 * @param {number} gap
 */
function paintGrid(canvas, pixels, shape, layout, cell, gap) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(layout.width * ratio));
  canvas.height = Math.max(1, Math.round(layout.height * ratio));
  canvas.style.width = `${canvas.width / ratio}px`;
  canvas.style.height = `${canvas.height / ratio}px`;
  if (!pixels) return;
  const [count, height, width, channels] = shape;
  const stack = new OffscreenCanvas(width, count * height);
  stack.getContext("2d").putImageData(imageData(pixels, count * height, width, channels), 0, 0);
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = layout.scale * ratio < 1;
  const [down, across] = cell.map((side) => Math.round(side * layout.scale * ratio));
  const space = Math.round(gap * ratio);
  for (let image = 0; image < count; image++) {
    const x = (image % layout.columns) * (across + space);
    const y = Math.floor(image / layout.columns) * (down + space);
    context.drawImage(stack, 0, image * height, width, height, x, y, across, down);
  }
}

/**
 * Call back with the place of a pointer that is pressed on an element and moved, from 0 at its left to 1 at its right.
 * @param {HTMLElement} target
 * @param {(fraction: number) => void} moved
 * @param {number} [margin] CSS pixels at both sides that do not count
 * @returns {() => void} ends the listening
 */
function onDrag(target, moved, margin = 0) {
  const move = (event) => {
    const box = target.getBoundingClientRect();
    const fraction = (event.clientX - box.left - margin) / Math.max(1, box.width - 2 * margin);
    moved(Math.min(1, Math.max(0, fraction)));
  };
  const down = (event) => {
    if (event.button !== 0) return;
    target.setPointerCapture(event.pointerId);
    move(event);
  };
  const drag = (event) => target.hasPointerCapture(event.pointerId) && move(event);
  target.addEventListener("pointerdown", down);
  target.addEventListener("pointermove", drag);
  return () => {
    target.removeEventListener("pointerdown", down);
    target.removeEventListener("pointermove", drag);
  };
}

/**
 * @param {{model: import("./common.js").WidgetModel, el: HTMLElement}} host
 * @returns {() => void} ends all of it
 */
function render({ model, el }) {
  const gap = 4;
  const edge = 8; // half of the slider's thumb: strip and curve begin where its middle can be
  let frame = 0;
  const view = { model, isVisible: true, redraw: () => (frame ||= requestAnimationFrame(draw)) };
  const { store, leave } = joinStore(view);
  const save = (values) => {
    store.set(values);
    store.redraw();
  };
  const canAsk = () => !isStatic(model) && hasKernel(model);

  const views = viewsOf(model);
  const viewButtons = views.map(([name, text, label, keys]) => {
    const made = button(label, () => save({ view: name }), { text, keys, pressed: false });
    made.dataset.view = name;
    return made;
  });
  const compare = button(say(model, "Compare with the other run"), () => save({ comparing: !model.get("comparing") }), { icon: COMPARE_ICON, keys: "C", pressed: false });
  const state = element("span", { class: "dw-scrub-state dw-muted dw-number", role: "status" });

  const canvasA = element("canvas", { role: "img" });
  const canvasB = element("canvas", { role: "img", class: "dw-scrub-other" });
  const nameA = element("span", { class: "dw-scrub-name", "data-side": "a" });
  const nameB = element("span", { class: "dw-scrub-name", "data-side": "b" });
  const divider = element("div", {
    class: "dw-scrub-divider", role: "slider", tabindex: "0", "aria-label": say(model, "Wipe between the runs"), "aria-orientation": "horizontal",
    "aria-valuemin": "0", "aria-valuemax": "100", onkeydown: moveDivider,
  });
  const picture = element("div", { class: "dw-scrub-picture" }, canvasA, canvasB, nameA, nameB, divider);
  const empty = element("p", { class: "dw-scrub-empty dw-muted" }, say(model, "Waiting for the first step …"));
  const stage = element("div", { class: "dw-scrub-stage" }, picture, empty);

  const strip = element("canvas", { class: "dw-scrub-strip", "aria-hidden": "true" });
  const range = element("input", {
    type: "range", class: "dw-scrub-range", min: "0", step: "1", "aria-label": say(model, "Step"),
    oninput: () => {
      store.show(Number(range.value));
      range.value = String(store.step); // not beyond what has come
    },
  });

  const play = button(say(model, "Play"), () => store.play(!store.isPlaying), { icon: PLAY_ICON, keys: "Space", keysText: say(model, "Space") });
  const playPath = play.querySelector("path");
  const loop = button(say(model, "Loop"), () => save({ loop: !model.get("loop") }), { icon: LOOP_ICON, keys: "L", pressed: false });
  const speed = element("select", { "aria-label": say(model, "Speed"), title: say(model, "Speed"), onchange: () => save({ speed: Number(speed.value) }) });
  const readout = element("span", { class: "dw-scrub-readout dw-number" });
  const runOn = button(say(model, "Run on from here"), requestRunOn, { icon: RUN_ON_ICON });
  runOn.append(say(model, "Run on from here"));
  const exports = (isStatic(model) ? ["png"] : ["gif", "apng", "png"]).map((kind) => {
    const film = kind === "gif" ? say(model, "Save the film as GIF") : say(model, "Save the film as APNG, an animated PNG");
    const what = kind === "png" ? say(model, "Save this frame as PNG") : film;
    const made = button(what, () => (canAsk() || kind !== "png" ? store.export(kind) : savePicture()), { text: kind.toUpperCase() });
    made.dataset.kind = kind;
    return made;
  });

  const quantity = element(
    "select",
    { "aria-label": say(model, "Curve"), onchange: () => save({ quantity: quantity.value }) },
    ...Object.entries(curvesOf(model)).map(([value, text]) => element("option", { value }, text)),
  );
  const value = element("span", { class: "dw-scrub-value dw-number" });
  const lineA = element("polyline", { class: "dw-scrub-line", "vector-effect": "non-scaling-stroke" });
  const lineB = element("polyline", { class: "dw-scrub-line dw-scrub-line-b", "vector-effect": "non-scaling-stroke" });
  const cursor = element("line", { class: "dw-scrub-cursor", y1: "0", y2: "100", "vector-effect": "non-scaling-stroke" });
  const plot = element("svg", { viewBox: "0 0 1000 100", preserveAspectRatio: "none", role: "img" }, lineA, lineB, cursor);
  const dot = element("span", { class: "dw-scrub-dot", "aria-hidden": "true" });
  const bounds = element("span", { class: "dw-scrub-bounds dw-muted dw-number", "aria-hidden": "true" });
  const chart = element("div", { class: "dw-scrub-chart" }, plot, dot);

  const alert = alertLine(model, (name) => controlOf(name));
  const kernel = kernelLine(model, view.redraw);
  const root = element(
    "section",
    { class: "dw dw-step-scrubber", "aria-label": say(model, "Step scrubber"), onkeydown: shortcut },
    element(
      "div", { class: "dw-row" },
      element("div", { class: "dw-scrub-group", role: "group", "aria-label": say(model, "View") }, ...viewButtons), compare, state,
    ),
    stage,
    element("div", { class: "dw-scrub-time" }, strip, range),
    element(
      "div", { class: "dw-row" }, play, loop, speed, readout,
      element("span", { class: "dw-scrub-space" }), runOn,
      element("div", { class: "dw-scrub-group", role: "group", "aria-label": say(model, "Save"), hidden: !model.get("offers_files") }, ...exports),
    ),
    element("div", { class: "dw-row dw-scrub-legend" }, quantity, value, bounds),
    chart,
    alert.line,
    kernel.line,
  );
  el.append(root);

  /** The control of a setting or an action, and the row that it stands in. */
  function controlOf(name) {
    const pressed = viewButtons.find((each) => each.dataset.view === model.get("view"));
    const controls = { step: range, speed, quantity, divider, view: pressed, run_on: runOn, export: exports.find((each) => !each.closest("[hidden]")) };
    const control = controls[name];
    return control ? besides(control, name === "divider" ? stage : control.closest(".dw-row, .dw-scrub-time")) : null;
  }

  function moveDivider(event) {
    const now = store.divider;
    const to = { ArrowLeft: now - 0.02, ArrowDown: now - 0.02, ArrowRight: now + 0.02, ArrowUp: now + 0.02, PageDown: now - 0.1, PageUp: now + 0.1, Home: 0, End: 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    store.wipe(to);
  }

  function shortcut(event) {
    const isTyping = event.target instanceof HTMLSelectElement;
    if (event.defaultPrevented || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const byView = views.find(([, , , keys]) => keys === event.key);
    if (event.key === " " && !(event.target instanceof HTMLButtonElement)) store.play(!store.isPlaying);
    else if (event.key === "l") save({ loop: !model.get("loop") });
    else if (event.key === "c" && model.get("runs").b) save({ comparing: !model.get("comparing") });
    else if (byView) save({ view: byView[0] });
    else return;
    event.preventDefault();
  }

  function requestRunOn() {
    const { count = 0 } = model.get("run_on_request");
    store.set({ step: store.shown, run_on_request: { step: store.shown, count: count + 1 } });
  }

  function savePicture() {
    const whole = new OffscreenCanvas(canvasA.width, canvasA.height);
    const context = whole.getContext("2d");
    context.drawImage(canvasA, 0, 0);
    if (store.isComparing) {
      const left = Math.round(canvasA.width * store.divider);
      context.clearRect(left, 0, whole.width, whole.height);
      context.drawImage(canvasB, left, 0, whole.width - left, whole.height, left, 0, whole.width - left, whole.height);
    }
    whole.convertToBlob().then((blob) => download(blob, `step-${store.shown + 1}-${model.get("view")}.png`));
  }

  function drawStage(run, shown) {
    const other = store.isComparing ? store.run("b") : null;
    const [count, height, width] = run.shape;
    picture.hidden = count === 0;
    empty.hidden = count !== 0;
    divider.hidden = nameA.hidden = nameB.hidden = canvasB.hidden = !other;
    picture.classList.toggle("dw-scrub-comparing", Boolean(other));
    if (count === 0) return;
    const layout = gridLayout({
      count, height, width, gap, room: stage.clientWidth, ceiling: 300, ratio: window.devicePixelRatio || 1,
    });
    const name = model.get("view");
    paintGrid(canvasA, run.pixels(run.pictured(shown), name), run.shape, layout, [height, width], gap);
    canvasA.setAttribute("aria-label", describeImages(model, name, count, shown + 1, run.n));
    if (!other) return;
    const partner = partnerStep(run, other, shown);
    const at = store.divider;
    paintGrid(canvasB, other.pixels(other.pictured(partner), name), other.shape, layout, [height, width], gap);
    canvasB.setAttribute("aria-label", say(model, "the same view of the other run, step {step} of {steps}", { step: partner + 1, steps: other.n }));
    canvasA.style.clipPath = `inset(0 ${100 * (1 - at)}% 0 0)`;
    canvasB.style.clipPath = `inset(0 0 0 ${100 * at}%)`;
    divider.style.left = `${100 * at}%`;
    divider.setAttribute("aria-valuenow", String(Math.round(100 * at)));
    const [labelA, labelB] = ["a", "b"].map((side) => say(model, model.get("runs")[side].label));
    divider.setAttribute("aria-valuetext", say(model, "{percent} % {run}", { percent: Math.round(100 * at), run: labelA }));
    nameA.textContent = labelA;
    nameB.textContent = partner === shown ? labelB : say(model, "{run}, step {step}", { run: labelB, step: partner + 1 });
    nameA.style.visibility = at > 0.15 ? "visible" : "hidden";
    nameB.style.visibility = at < 0.85 ? "visible" : "hidden";
  }

  function drawStrip(run) {
    const [count, height, width] = run.shape;
    const tall = 40;
    const size = Math.max(20, Math.min(80, (tall * width) / height));
    const ratio = window.devicePixelRatio || 1;
    const room = Math.max(1, strip.clientWidth);
    strip.width = Math.round(room * ratio);
    strip.height = Math.round(tall * ratio);
    if (count === 0) return;
    const context = strip.getContext("2d");
    const steps = stripSteps(room - 2 * edge, size, run.n);
    const slot = (room - 2 * edge) / steps.length;
    const one = new OffscreenCanvas(width, height);
    context.imageSmoothingEnabled = height > tall * ratio;
    steps.forEach((step, index) => {
      const pixels = step <= run.latest ? run.pixels(run.pictured(step), model.get("view")) : null;
      if (!pixels) return;
      one.getContext("2d").putImageData(imageData(pixels, height, width, run.shape[3]), 0, 0);
      const left = edge + (index + 0.5) * slot - size / 2;
      context.drawImage(one, Math.round(left * ratio), 0, Math.round(size * ratio), strip.height);
    });
  }

  function drawChart(run, shown) {
    const name = model.get("quantity");
    const other = store.isComparing ? store.run("b") : null;
    const curve = (each) => each.values.map((_, step) => each.value(step, name));
    const extremes = ["a", "b"].map((side) => (side === "a" || other ? model.get("runs")[side]?.bounds?.[name] ?? [] : []));
    const scale = curveScale([curve(run), other ? curve(other) : [], ...extremes]);
    const x = 1000 * fractionOfStep(shown, run.n);
    lineA.setAttribute("points", scale ? curvePoints(curve(run), scale, run.n) : "");
    lineB.setAttribute("points", scale && other ? curvePoints(curve(other), scale, other.n) : "");
    cursor.setAttribute("x1", String(x));
    cursor.setAttribute("x2", String(x));
    const here = run.value(shown, name);
    const ends = scale ? { low: shortNumber(scale.low), high: shortNumber(scale.high) } : {};
    const span = scale?.isLog ? say(model, "{low} to {high}, log scale", ends) : say(model, "{low} to {high}", ends);
    bounds.textContent = scale ? span : "";
    value.textContent = here === null ? "" : `= ${shortNumber(here)}`;
    dot.hidden = here === null;
    if (here !== null) {
      dot.style.left = `calc(${edge}px + ${x / 1000} * (100% - ${2 * edge}px))`;
      dot.style.top = `${96 - 92 * scale.height(here)}%`;
    }
    const words = { curve: curvesOf(model)[name], ...ends };
    plot.setAttribute("aria-label", scale ? say(model, "{curve} by step, from {low} to {high}", words) : say(model, "{curve} by step", words));
    quantity.value = name;
  }

  function draw() {
    frame = 0;
    const run = store.run("a");
    const shown = store.shown;
    const n = run.n || model.get("n_steps");
    for (const each of viewButtons) each.setAttribute("aria-pressed", String(each.dataset.view === model.get("view")));
    compare.hidden = !model.get("runs").b;
    compare.setAttribute("aria-pressed", String(Boolean(model.get("comparing"))));
    const word = stateWord(model, model.get("state"));
    const ended = model.get("state") === "done" ? "" : word;
    state.textContent = store.isLive ? say(model, "{state} · {step} of {steps}", { state: word, step: run.latest + 1, steps: n }) : ended;
    drawStage(run, shown);
    drawStrip(run);
    drawChart(run, shown);
    const pictured = run.pictured(shown);
    const at = { step: shown + 1, steps: n, pictured: pictured + 1 };
    const isOwn = pictured < 0 || pictured === shown;
    readout.textContent = isOwn ? say(model, "step {step} of {steps}", at) : say(model, "step {step} of {steps} · picture of step {pictured}", at);
    range.max = String(Math.max(0, n - 1));
    range.value = String(shown);
    range.disabled = run.latest < 0;
    range.setAttribute("aria-valuetext", readout.textContent);
    range.style.setProperty("--dw-at", String(fractionOfStep(shown, n)));
    range.style.setProperty("--dw-filled", String(fractionOfStep(Math.max(0, run.latest), n)));
    const label = store.isPlaying ? say(model, "Pause") : say(model, "Play");
    play.setAttribute("aria-label", label);
    play.title = `${label} (${say(model, "Space")})`;
    play.disabled = run.latest < 0;
    playPath.setAttribute("d", store.isPlaying ? PAUSE_ICON : PLAY_ICON);
    playPath.classList.toggle("dw-scrub-solid", !store.isPlaying);
    loop.setAttribute("aria-pressed", String(Boolean(model.get("loop"))));
    const speeds = [...new Set([...SPEEDS, model.get("speed")])].sort((one, two) => one - two);
    if (speed.childElementCount !== speeds.length) {
      speed.replaceChildren(...speeds.map((each) => element("option", { value: String(each) }, `${shortNumber(each)}×`)));
    }
    speed.value = String(model.get("speed"));
    runOn.hidden = !model.get("can_run_on") || isStatic(model);
    runOn.disabled = run.latest < 0 || !hasKernel(model);
    for (const each of exports) {
      each.disabled = run.latest < 0 || (Boolean(store.asked) && hasKernel(model)) || (each.dataset.kind !== "png" && !hasKernel(model));
      each.setAttribute("aria-busy", String(store.asked?.kind === each.dataset.kind));
    }
  }

  const offs = [
    keepKeys(root),
    onDrag(picture, (fraction) => store.isComparing && store.wipe(fraction)),
    onDrag(strip, (fraction) => store.show(stepOfFraction(fraction, store.run("a").n)), edge),
    onDrag(chart, (fraction) => store.show(stepOfFraction(fraction, store.run("a").n)), edge),
  ];
  const sizes = new ResizeObserver(() => view.redraw());
  sizes.observe(root);
  const sight = new IntersectionObserver(([entry]) => {
    view.isVisible = entry.isIntersecting;
    store.takeVisibility();
  });
  sight.observe(root);
  draw();
  return () => {
    sizes.disconnect();
    sight.disconnect();
    cancelAnimationFrame(frame);
    for (const off of offs) off();
    alert.off();
    kernel.off();
    leave();
    root.remove();
  };
}

export default { render };
