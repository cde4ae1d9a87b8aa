import { alertLine, besides, bufferOf, button, bytesOf, download, element, hasKernel, imageData, keepKeys, kernelLine, listen, say, sendTraits } from "./common.js";
import { UNIT, Replay, featherMask, packBits, paint, paintBrush, toUnits } from "./mask_geometry.js";
import { IMAGE_TYPES, fitPixels, mayCarryRecipe } from "./image_files.js";
import { recipeChunk } from "./picture_bytes.js";
import { Refusal, decodePicture, fitForSending, readFile, shrunk } from "./sent_pictures.js";

const ICONS = {
  brush: "M13.5 2.5 7 9M7 9c-1.8-.6-3.4.3-3.6 2-.1 1-.6 1.8-1.4 2.3 2.6 1 5.6.2 6.2-2.2C8.4 10.2 7.8 9.4 7 9",
  eraser: "M6.5 13.5 2.5 9.5a1.2 1.2 0 0 1 0-1.7l5.3-5.3a1.2 1.2 0 0 1 1.7 0l4 4a1.2 1.2 0 0 1 0 1.7l-5.3 5.3H13.5M5 5.3l5.7 5.7",
  rectangle: "M2.5 3.5h11v9h-11z",
  lasso: "M5 10.3C3.3 9.7 2 8.4 2 6.8 2 4.4 4.7 2.5 8 2.5s6 1.9 6 4.3-2.7 4.3-6 4.3c-.5 0-1 0-1.5-.1M5 10.3a1.3 1.3 0 1 0 0 2.5 1.3 1.3 0 0 0 0-2.5M5 12.8c0 .8-.5 1.2-1.2 1.5",
  fill: "M6 2.5 12.5 9 8 13.2a1 1 0 0 1-1.4 0L2.3 8.9a1 1 0 0 1 0-1.4L7 2.8M2.3 8.5h9.8M13.7 11c.6.9.9 1.4.9 1.9a.9.9 0 0 1-1.8 0c0-.5.3-1 .9-1.9",
  move: "M8 1.8v12.4M1.8 8h12.4M8 1.8 6.2 3.6M8 1.8l1.8 1.8M8 14.2l-1.8-1.8M8 14.2l1.8-1.8M1.8 8l1.8-1.8M1.8 8l1.8 1.8M14.2 8l-1.8-1.8M14.2 8l-1.8 1.8",
  undo: "M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6",
  redo: "M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8H10",
  invert: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 2v12M8 5l4.5-.5M8 8h6M8 11l4.5.5",
  clear: "M2.5 4.5h11M6 4.5V2.5h4v2M4 4.5l.7 9h6.6l.7-9M6.7 7v4M9.3 7v4",
  open: "M2.5 12.5v-10h4l1.5 2h5.5v8zM8 10.5v-4M6.2 8.2 8 6.4l1.8 1.8",
  save: "M8 2.5v7.5M5 7.2l3 3 3-3M2.5 13.5h11",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
};
/** @param {import("./common.js").WidgetModel} model @returns {string[][]} the tools: their names in code, in words, and their keys */
const toolsOf = (model) => [
  ["brush", say(model, "Brush"), "b"],
  ["eraser", say(model, "Eraser"), "e"],
  ["rectangle", say(model, "Rectangle"), "r"],
  ["lasso", say(model, "Lasso"), "l"],
  ["fill", say(model, "Fill"), "f"],
  ["move", say(model, "Move the picture"), "h"],
];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** @param {import("./common.js").WidgetModel} model @returns {string} all keys */
const helpOf = (model) =>
  [
    say(model, "Arrow keys move the cursor, with Control by eight pixels."),
    say(model, "Space or Enter paints with the brush, erases or fills; with rectangle and lasso it starts and ends an area, and Escape cancels it."),
    say(model, "Shift and arrow keys paint while moving."),
    say(model, "B brush, E eraser, R rectangle, L lasso, F fill, I invert, X clear, H move."),
    say(model, "Brackets change the size of the brush."),
    say(model, "Control Z undoes, Control Shift Z redoes."),
    say(model, "Plus, minus and 0 zoom."),
    say(model, "With Alt held, rectangle, lasso and fill erase."),
  ].join(" ");
const MOST_RECIPE_BYTES = 4 * 2 ** 20;
const MOST_POINTS = 4000;
const DEEPEST_ZOOM = 32;

function render({ model, el }) {
  const [channels, height, width] = model.get("shape");
  const replay = new Replay(height, width);
  const ending = new AbortController();
  const { signal } = ending;
  /** What is being painted: a stroke, and what it began with. */
  let active = null;
  let strokes = [];
  let undone = [];
  let mask = new Uint8Array(height * width);
  let zoom = { scale: 1, left: 0, top: 0 };
  let pointer = null;
  let cursor = [Math.floor(width / 2), Math.floor(height / 2)];
  let showsCursor = false;
  let frame = 0;
  let isMaskOld = true;
  let openings = 0;

  // ---- What the model says ----

  const send = (values) => sendTraits(model, model.get("alert") ? { ...values, alert: "" } : values);
  const warn = (text) => sendTraits(model, { alert_at: [text, "image"], alert: text });

  const readMask = () => {
    strokes = model.get("strokes");
    undone = model.get("undone");
    mask = replay.mask(strokes);
    if (active) paint(mask, height, width, active.stroke);
    showMask();
  };

  const publish = (nextStrokes, nextUndone) => {
    strokes = replay.fold(nextStrokes);
    undone = nextUndone;
    mask = replay.mask(strokes);
    send({ strokes, undone, mask_bits: bufferOf(packBits(mask)) });
    showMask();
  };

  const commit = (stroke) => {
    const before = replay.mask(strokes);
    const after = before.slice();
    paint(after, height, width, stroke);
    if (after.some((value, pixel) => value !== before[pixel])) publish([...strokes, stroke], []);
    else readMask();
  };
  const undo = () => {
    if (active) cancel();
    else if (strokes.length) publish(strokes.slice(0, -1), [...undone, strokes.at(-1)]);
  };
  const redo = () => {
    if (!active && undone.length) publish([...strokes, undone.at(-1)], undone.slice(0, -1));
  };
  const whole = (tool) => {
    cancel();
    commit({ tool });
  };

  // ---- Strokes ----

  const radiusOf = (pressure = 1) => Math.max(1, Math.round((model.get("brush_size") * UNIT * (0.2 + 0.8 * pressure)) / 2));

  const begin = (source, x, y, pressure, erases) => {
    const chosen = model.get("tool");
    const tool = chosen === "eraser" ? "brush" : chosen;
    const value = erases || chosen === "eraser" ? 0 : 1;
    if (tool === "fill") return commit({ tool, value, points: [x, y] });
    const points = { brush: [x, y, radiusOf(pressure)], rectangle: [x, y, x, y], lasso: [x, y] }[tool];
    active = { source, stroke: { tool, value, points } };
    paint(mask, height, width, active.stroke);
    showMask();
  };

  const extend = (x, y, pressure) => {
    const { stroke, source } = active;
    const { tool, points, value } = stroke;
    if (tool === "rectangle") {
      points.splice(2, 2, x, y);
    } else {
      const size = tool === "brush" ? 3 : 2;
      const [x0, y0] = points.slice(-size);
      if (Math.hypot(x - x0, y - y0) < UNIT / 4) return;
      points.push(...(tool === "brush" ? [x, y, radiusOf(pressure)] : [x, y]));
      if (points.length > size * MOST_POINTS) {
        if (tool === "lasso") {
          stroke.points = points.filter((_, index) => index % 4 < 2);
        } else {
          finish();
          active = { source, stroke: { tool, value, points: points.slice(-3) } };
        }
      }
    }
    if (tool === "brush") {
      paintBrush(mask, height, width, active.stroke.points, value, active.stroke.points.length / 3 - 1);
    } else {
      mask = replay.mask(strokes);
      paint(mask, height, width, stroke);
    }
    showMask();
  };

  const finish = () => {
    const { stroke } = active;
    active = null;
    commit(stroke);
  };

  const cancel = () => {
    active = null;
    readMask();
  };

  // ---- What is on the page ----

  const alert = alertLine(model, (name) => controlOf(name));
  const told = element("div", { class: "dw-muted", role: "status" });
  const canvas = element("canvas", { class: "dw-mask-surface", tabindex: "0", role: "application", "aria-roledescription": say(model, "mask canvas") });
  const paper = canvas.getContext("2d");
  const hint = element("div", { class: "dw-mask-hint" }, say(model, "Drop, paste or open a picture"));
  const stage = element("div", { class: "dw-mask-stage" }, canvas, hint);
  const help = element("div", { class: "dw-hidden" }, helpOf(model));
  help.id = `dw-mask-help-${crypto.randomUUID?.() ?? Math.random().toString(36).slice(2)}`;
  canvas.setAttribute("aria-describedby", help.id);
  const spoken = element("div", { class: "dw-hidden", "aria-live": "polite" });
  const count = element("span", { class: "dw-muted dw-number dw-mask-count" });

  const chooseTool = (tool) => {
    if (active?.source === "shift") finish();
    else if (active) cancel();
    send({ tool });
  };
  const allTools = toolsOf(model);
  const toolButtons = Object.fromEntries(
    allTools.map(([tool, label, keys]) => [tool, button(label, () => chooseTool(tool), { icon: ICONS[tool], keys, pressed: false })]),
  );
  const undoButton = button(say(model, "Undo"), undo, { icon: ICONS.undo, keys: "Control+Z", keysText: say(model, "Control+Z") });
  const redoButton = button(say(model, "Redo"), redo, { icon: ICONS.redo, keys: "Control+Shift+Z", keysText: say(model, "Control+Shift+Z") });
  const invertButton = button(say(model, "Invert"), () => whole("invert"), { icon: ICONS.invert, keys: "i" });
  const clearButton = button(say(model, "Clear"), () => whole("clear"), { icon: ICONS.clear, keys: "x" });
  const group = (label, ...children) => element("div", { class: "dw-mask-group", role: "group", "aria-label": label }, ...children);
  const tools = element(
    "div",
    { class: "dw-row dw-mask-tools", role: "toolbar", "aria-label": say(model, "Tools") },
    group(say(model, "Tool"), ...Object.values(toolButtons)),
    group(say(model, "History"), undoButton, redoButton),
    group(say(model, "Whole mask"), invertButton, clearButton),
  );

  const largestBrush = Math.max(4, Math.ceil(Math.max(height, width) / 2));
  const sliders = [];
  const slider = (label, name, title, min, max) => {
    const input = element("input", { type: "range", min, max, step: 1, "aria-label": title, title, oninput: () => send({ [name]: Number(input.value) }) });
    const shown = element("output", { class: "dw-number dw-muted" });
    sliders.push({ name, input, shown });
    return element("label", { class: "dw-mask-slider" }, element("span", {}, label), input, shown);
  };
  const settings = element(
    "div",
    { class: "dw-row dw-mask-settings" },
    slider(say(model, "Size"), "brush_size", say(model, "Size of the brush"), 1, largestBrush),
    slider(say(model, "Feather"), "feather", say(model, "Width of the soft edge"), 0, Math.min(16, Math.floor(Math.min(height, width) / 2))),
  );

  const chooser = element("input", { type: "file", accept: IMAGE_TYPES.join(","), class: "dw-hidden", tabindex: "-1", "aria-hidden": "true" });
  const fit = element(
    "select",
    { "aria-label": say(model, "How a picture is fitted"), title: say(model, "How a picture of another size is fitted"), onchange: () => send({ fit: fit.value }) },
    element("option", { value: "crop" }, say(model, "Crop")),
    element("option", { value: "pad" }, say(model, "Pad")),
    element("option", { value: "resize" }, say(model, "Stretch")),
  );
  const percent = button(say(model, "Show all"), () => zoomTo(1), { text: "100%", keys: "0" });
  percent.classList.add("dw-number", "dw-mask-percent");
  const showPercent = (scale) => {
    percent.textContent = `${Math.round(100 * scale)}%`;
    percent.setAttribute("aria-label", `${percent.textContent}, ${percent.title}`);
  };
  showPercent(1);
  const zoomOut = button(say(model, "Zoom out"), () => zoomTo(zoom.scale / 2), { icon: ICONS.minus, keys: "-" });
  const zoomIn = button(say(model, "Zoom in"), () => zoomTo(zoom.scale * 2), { icon: ICONS.plus, keys: "+" });
  const opening = button(say(model, "Open a picture"), () => chooser.click(), { icon: ICONS.open });
  const pictures = group(say(model, "Picture"), opening, fit);
  const files = element(
    "div",
    { class: "dw-row dw-mask-files" },
    pictures,
    group(say(model, "Zoom"), zoomOut, percent, zoomIn),
    group(say(model, "Mask"), button(say(model, "Save the mask as PNG"), () => saveMask(), { icon: ICONS.save })),
    count,
  );
  const controlOf = (name) => {
    const slides = sliders.find((each) => each.name === name)?.input;
    if (slides) return besides(slides, settings);
    const others = { tool: [toolButtons[model.get("tool")], tools], fit: [fit, files], image: [opening, files], pixels: [opening, files], dropped: [opening, files] };
    const painted = { mask: [canvas, stage], strokes: [canvas, stage], undone: [canvas, stage], mask_bits: [canvas, stage] };
    return besides(...({ ...others, ...painted }[name] ?? [null]));
  };
  // What was painted can still be saved.
  const kernel = kernelLine(model, () => {
    for (const part of [tools, stage, settings, pictures]) part.inert = true;
  });
  const root = element(
    "div",
    { class: "dw dw-mask-canvas" },
    tools,
    stage,
    settings,
    files,
    chooser,
    told,
    alert.line,
    kernel.line,
    help,
    spoken,
  );
  el.append(root);

  // ---- Drawing ----

  const picture = element("canvas");
  const overlay = element("canvas");
  const tint = element("canvas");
  [picture.width, picture.height] = [overlay.width, overlay.height] = [width, height];

  const showPicture = () => {
    const pixels = bytesOf(model.get("pixels"));
    hint.hidden = pixels.length > 0;
    if (pixels.length) picture.getContext("2d").putImageData(imageData(pixels, height, width, channels), 0, 0);
    else picture.getContext("2d").clearRect(0, 0, width, height);
    requestDraw();
  };

  function showMask() {
    isMaskOld = true;
    requestDraw();
  }

  /** Once a frame, however many events there were. */
  const renderMask = () => {
    isMaskOld = false;
    const radius = model.get("feather");
    const soft = radius ? featherMask(mask, height, width, radius) : mask;
    const layer = new ImageData(width, height);
    for (let pixel = 0; pixel < mask.length; pixel++) layer.data[4 * pixel + 3] = 255 * soft[pixel];
    overlay.getContext("2d").putImageData(layer, 0, 0);
    const painted = mask.reduce((sum, value) => sum + value, 0);
    const sizes = { painted, all: height * width, height, width };
    count.textContent = say(model, "{painted} of {all} pixels", sizes);
    count.title = say(model, "Pixels to generate");
    canvas.setAttribute("aria-label", say(model, "Mask of {height} by {width} pixels: {painted} of {all} to generate", sizes));
    undoButton.disabled = !strokes.length;
    redoButton.disabled = !undone.length;
    clearButton.disabled = painted === 0;
  };

  const showSettings = () => {
    for (const [tool, made] of Object.entries(toolButtons)) made.setAttribute("aria-pressed", String(tool === model.get("tool")));
    for (const { name, input, shown } of sliders) {
      input.value = String(model.get(name));
      shown.textContent = `${model.get(name)} px`;
      input.setAttribute("aria-valuetext", shown.textContent);
    }
    fit.value = model.get("fit");
    canvas.style.cursor = model.get("tool") === "move" ? "grab" : "none";
    requestDraw();
  };

  const showSize = () => {
    root.style.setProperty("--dw-mask-size", `${model.get("display_size")}px`);
    stage.style.aspectRatio = `${width} / ${height}`;
  };

  const requestDraw = () => {
    if (!frame) frame = requestAnimationFrame(draw);
  };

  /** The mask as a coloured hatch, with its pixels sharp. */
  const drawMask = (from, ratio) => {
    const layer = tint.getContext("2d");
    [tint.width, tint.height] = [canvas.width, canvas.height];
    layer.imageSmoothingEnabled = false;
    layer.drawImage(overlay, ...from, 0, 0, tint.width, tint.height);
    layer.globalCompositeOperation = "source-in";
    const style = getComputedStyle(root);
    layer.fillStyle = style.getPropertyValue("--dw-mask-tint");
    layer.fillRect(0, 0, tint.width, tint.height);
    layer.globalCompositeOperation = "source-atop";
    layer.strokeStyle = style.getPropertyValue("--dw-mask-hatch");
    layer.lineWidth = 1.5 * ratio;
    layer.beginPath();
    for (let start = -tint.height; start < tint.width; start += 9 * ratio) {
      layer.moveTo(start, tint.height);
      layer.lineTo(start + tint.height, 0);
    }
    layer.stroke();
    paper.drawImage(tint, 0, 0);
  };

  /** The border between what is kept and what is generated, where pixels are large enough to tell. */
  const drawBorder = ([left, top, w, h], ratio) => {
    const [sx, sy] = [canvas.width / w, canvas.height / h];
    if (Math.min(sx, sy) < 3 * ratio) return;
    paper.beginPath();
    const at = (column, row) => mask[row * width + column];
    for (let row = Math.floor(top); row < Math.min(height, top + h); row++) {
      for (let column = Math.floor(left); column < Math.min(width, left + w); column++) {
        const [x, y] = [(column - left) * sx, (row - top) * sy];
        if (column > 0 && at(column, row) !== at(column - 1, row)) {
          paper.moveTo(x, y);
          paper.lineTo(x, y + sy);
        }
        if (row > 0 && at(column, row) !== at(column, row - 1)) {
          paper.moveTo(x, y);
          paper.lineTo(x + sx, y);
        }
      }
    }
    paper.lineCap = "square";
    paper.lineWidth = 1.5 * ratio;
    paper.strokeStyle = getComputedStyle(root).getPropertyValue("--dw-mask-edge");
    paper.stroke();
  };

  /** A line that shows on any ground. */
  const outline = (ratio) => {
    for (const [line, color] of [[3, "rgb(0 0 0 / 65%)"], [1.25, "#fff"]]) {
      paper.lineWidth = line * ratio;
      paper.strokeStyle = color;
      paper.stroke();
    }
  };

  const drawTools = ([left, top, w, h], ratio) => {
    const [sx, sy] = [canvas.width / w, canvas.height / h];
    const place = (x, y) => [(x / UNIT - left) * sx, (y / UNIT - top) * sy];
    const tool = model.get("tool");
    if (active?.stroke.tool === "lasso" && active.stroke.points.length > 2) {
      const { points } = active.stroke;
      paper.beginPath();
      for (let index = 0; index < points.length; index += 2) paper.lineTo(...place(points[index], points[index + 1]));
      paper.closePath();
      outline(ratio);
    }
    const isPainting = tool === "brush" || tool === "eraser";
    if (pointer && tool !== "move") {
      const [x, y] = place(pointer.x, pointer.y);
      paper.beginPath();
      if (isPainting) {
        const [rx, ry] = [sx, sy].map((side) => Math.max(2.5 * ratio, (radiusOf(pointer.pressure) / UNIT) * side));
        paper.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
      } else {
        for (const [dx, dy] of Object.values(ARROWS)) {
          paper.moveTo(x + 3 * ratio * dx, y + 3 * ratio * dy);
          paper.lineTo(x + 9 * ratio * dx, y + 9 * ratio * dy);
        }
      }
      outline(ratio);
    }
    if (showsCursor) {
      const [x, y] = place(cursor[0] * UNIT, cursor[1] * UNIT);
      paper.beginPath();
      paper.rect(x, y, sx, sy);
      outline(ratio);
      if (isPainting) {
        const [r, cx, cy] = [radiusOf() / UNIT, x + sx / 2, y + sy / 2];
        paper.beginPath();
        paper.ellipse(cx, cy, r * sx, r * sy, 0, 0, 2 * Math.PI);
        outline(ratio);
      }
    }
  };

  function draw() {
    frame = 0;
    if (isMaskOld) renderMask();
    const from = [zoom.left * width, zoom.top * height, width / zoom.scale, height / zoom.scale];
    const ratio = canvas.width / (canvas.clientWidth || canvas.width);
    paper.clearRect(0, 0, canvas.width, canvas.height);
    paper.imageSmoothingEnabled = false;
    paper.drawImage(picture, ...from, 0, 0, canvas.width, canvas.height);
    drawMask(from, ratio);
    drawBorder(from, ratio);
    drawTools(from, ratio);
  }

  const resize = new ResizeObserver(([entry]) => {
    let [w, h] = [entry.contentRect.width, entry.contentRect.height].map((side) => Math.round(side * devicePixelRatio));
    const exact = entry.devicePixelContentBoxSize?.[0];
    if (exact && Math.abs(exact.inlineSize - w) <= 2) [w, h] = [exact.inlineSize, exact.blockSize];
    if (!w || !h) return;
    [canvas.width, canvas.height] = [w, h];
    if (frame) cancelAnimationFrame(frame);
    draw();
  });
  try {
    resize.observe(canvas, { box: "device-pixel-content-box" });
  } catch {
    resize.observe(canvas); // Safari does not know that box
  }

  // ---- Zoom ----

  /** Zoom so that a place, as shares of the canvas, stays where it is. */
  const zoomTo = (scale, x = 0.5, y = 0.5) => {
    const next = Math.min(DEEPEST_ZOOM, Math.max(1, scale));
    moveTo(zoom.left + x / zoom.scale - x / next, zoom.top + y / zoom.scale - y / next, next);
  };
  const moveTo = (left, top, scale = zoom.scale) => {
    const inside = (start) => Math.min(1 - 1 / scale, Math.max(0, start));
    zoom = { scale, left: inside(left), top: inside(top) };
    showPercent(scale);
    zoomOut.disabled = scale === 1;
    zoomIn.disabled = scale === DEEPEST_ZOOM;
    requestDraw();
  };
  const showCursorPixel = () => {
    const start = (old, pixel, side) => Math.max(Math.min(old, pixel / side), (pixel + 1) / side - 1 / zoom.scale);
    moveTo(start(zoom.left, cursor[0], width), start(zoom.top, cursor[1], height));
  };

  // ---- Pointers ----

  /** Fingers and dragged pointers that do not paint, by their ids, as shares of the canvas. */
  const moving = new Map();
  const shareOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const placeOf = (event) => {
    const [x, y] = shareOf(event);
    return [toUnits((zoom.left + x / zoom.scale) * width), toUnits((zoom.top + y / zoom.scale) * height)];
  };
  const pressureOf = (event) => (event.pointerType === "pen" ? event.pressure : 1);

  const on = (target, type, handler, options = {}) => target.addEventListener(type, handler, { signal, ...options });

  on(canvas, "pointerdown", (event) => {
    canvas.focus({ preventScroll: true });
    showsCursor = false;
    const isPenEraser = event.pointerType === "pen" && (event.buttons & 32) !== 0;
    if (event.button === 2) return;
    canvas.setPointerCapture(event.pointerId);
    if (active?.touch && event.pointerType === "touch") {
      moving.set(active.source, active.touch); // a second finger: both now move the picture
      cancel();
    }
    if (model.get("tool") === "move" || event.button === 1 || moving.size) {
      event.preventDefault();
      moving.set(event.pointerId, shareOf(event));
    } else if (!active) {
      begin(event.pointerId, ...placeOf(event), pressureOf(event), event.altKey || isPenEraser);
      if (active && event.pointerType === "touch") active.touch = shareOf(event);
    }
  });

  on(canvas, "pointermove", (event) => {
    const [x, y] = placeOf(event);
    pointer = event.pointerType === "touch" ? null : { x, y, pressure: event.pointerType === "pen" && event.buttons ? event.pressure : 1 };
    requestDraw();
    if (moving.has(event.pointerId)) return movePicture(event);
    if (active?.source !== event.pointerId) return;
    if (!event.buttons) return finish(); // it was let go where no page could see it
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) extend(...placeOf(one), pressureOf(one));
    if (active?.touch) active.touch = shareOf(event);
  });

  const movePicture = (event) => {
    const [x, y] = shareOf(event);
    const [oldX, oldY] = moving.get(event.pointerId);
    const other = [...moving].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const spread = (px, py) => Math.hypot(px - other[0], py - other[1]);
      if (spread(oldX, oldY) > 0.01) zoomTo((zoom.scale * spread(x, y)) / spread(oldX, oldY), (x + other[0]) / 2, (y + other[1]) / 2);
    }
    const part = other ? 2 : 1;
    moveTo(zoom.left - (x - oldX) / zoom.scale / part, zoom.top - (y - oldY) / zoom.scale / part);
    moving.set(event.pointerId, [x, y]);
  };

  const release = (event) => {
    moving.delete(event.pointerId);
    if (active?.source === event.pointerId) finish();
  };
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) on(canvas, type, release);
  on(canvas, "pointerleave", () => {
    pointer = null;
    requestDraw();
  });
  on(canvas, "contextmenu", (event) => event.preventDefault());
  on(
    canvas,
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
      event.preventDefault();
      zoomTo(zoom.scale * 2 ** (-event.deltaY / 200), ...shareOf(event));
    },
    { passive: false },
  );

  // ---- Keys ----

  const middle = () => cursor.map((pixel) => pixel * UNIT + UNIT / 2);
  const speak = () => {
    const [column, row] = cursor;
    const place = { row: row + 1, column: column + 1 };
    const isPainted = mask[row * width + column];
    spoken.textContent = isPainted ? say(model, "Row {row}, column {column}, to generate", place) : say(model, "Row {row}, column {column}, kept", place);
  };

  const moveCursor = ([dx, dy], event) => {
    const step = event.ctrlKey || event.metaKey ? 8 : 1;
    const paints = event.shiftKey && !active && ["brush", "eraser"].includes(model.get("tool"));
    if (paints) begin("shift", ...middle(), 1, false);
    cursor = [Math.min(width - 1, Math.max(0, cursor[0] + step * dx)), Math.min(height - 1, Math.max(0, cursor[1] + step * dy))];
    if (typeof active?.source === "string") extend(...middle(), 1);
    showCursorPixel();
    speak();
  };

  const pressSpace = (event) => {
    if (active) {
      if (active.source === "keys") finish();
    } else if (model.get("tool") !== "move") {
      begin("keys", ...middle(), 1, event.altKey);
      if (active?.stroke.tool === "brush") finish();
    }
    speak();
  };

  const changeSize = (direction) => {
    const old = model.get("brush_size");
    const size = old + direction * Math.max(1, Math.round(old / 10));
    send({ brush_size: Math.min(largestBrush, Math.max(1, size)) });
  };

  const act = (event) => {
    const key = event.key.toLowerCase();
    const isCommand = event.ctrlKey || event.metaKey;
    const isOnCanvas = event.target === canvas;
    if (isCommand && key === "z") return () => (event.shiftKey ? redo() : undo());
    if (isCommand && key === "y") return redo;
    if (isOnCanvas && ARROWS[event.key]) return () => moveCursor(ARROWS[event.key], event);
    if (isCommand) return null;
    if (isOnCanvas && (key === " " || key === "enter")) return () => pressSpace(event);
    if (key === "escape" && active) return cancel;
    if (event.altKey) return null;
    const tool = allTools.find(([, , shortcut]) => shortcut === key)?.[0];
    if (tool) return () => chooseTool(tool);
    const others = {
      i: () => whole("invert"),
      x: () => whole("clear"),
      "[": () => changeSize(-1),
      "]": () => changeSize(1),
      "+": () => zoomTo(zoom.scale * 2),
      "=": () => zoomTo(zoom.scale * 2),
      "-": () => zoomTo(zoom.scale / 2),
      0: () => zoomTo(1),
    };
    return others[key] ?? null;
  };

  on(root, "keydown", (event) => {
    if (event.key === "Tab") return;
    event.stopPropagation(); // the host has meanings of its own for these keys
    const action = event.target === fit ? null : act(event);
    if (!action) return;
    event.preventDefault();
    if (isKeyOfCanvas(event)) showsCursor = true;
    action();
    requestDraw();
  });
  const isKeyOfCanvas = (event) => event.target === canvas && (ARROWS[event.key] || event.key === " " || event.key === "Enter");
  on(root, "keyup", (event) => {
    if (event.key === "Shift" && active?.source === "shift") finish();
  });
  on(canvas, "focus", () => {
    showsCursor = canvas.matches(":focus-visible");
    requestDraw();
  });
  on(canvas, "blur", () => {
    showsCursor = false;
    if (active?.source === "shift") finish();
    else if (active?.source === "keys") cancel();
    requestDraw();
  });

  // ---- Pictures from files ----

  const open = async ([chosen, ...others]) => {
    const opening = ++openings;
    const isOld = () => signal.aborted || opening !== openings;
    try {
      const file = await readFile(model, chosen, model.get("max_file_bytes"));
      const bitmap = await decodePicture(model, file);
      // Only the fitted pixels travel; of the file itself, what may carry a recipe.
      const isShort = file.bytes.length <= MOST_RECIPE_BYTES && mayCarryRecipe(file.bytes);
      const sent = isShort || recipeChunk(file.bytes) ? await fitForSending(model, file, { most: MOST_RECIPE_BYTES, side: 512 }) : null;
      if (isOld()) return;
      const sheet = shrunk(bitmap, Math.min(1, 2048 / Math.max(bitmap.width, bitmap.height)));
      bitmap.close();
      const { data } = sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height);
      const pixels = fitPixels(data, sheet.height, sheet.width, [channels, height, width], model.get("fit"));
      send({ pixels: bufferOf(pixels), dropped: bufferOf(sent?.bytes ?? new Uint8Array(0)) });
      spoken.textContent = say(model, "Picture {file} opened", { file: file.name });
      const first = others.length ? say(model, "Only {file} was opened: open one file at a time.", { file: file.name }) : "";
      told.textContent = [first, sent?.left].filter(Boolean).join(" ");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!isOld()) warn(error.message);
    }
  };

  const openFrom = (list) => {
    if (!hasKernel(model)) return;
    const files = [...(list ?? [])];
    if (files.length) open(files);
    else warn(say(model, "There was no picture in it: drop or paste the image file itself."));
  };
  on(chooser, "change", () => {
    if (chooser.files.length) open(chooser.files);
    chooser.value = "";
  });
  const drag = (isOver) => (event) => {
    event.preventDefault();
    event.stopPropagation();
    stage.classList.toggle("dw-mask-over", isOver);
  };
  for (const type of ["dragenter", "dragover"]) on(root, type, drag(true));
  on(root, "dragleave", drag(false));
  on(root, "drop", (event) => {
    drag(false)(event);
    openFrom(event.dataTransfer?.files);
  });
  on(root, "paste", (event) => {
    event.preventDefault();
    event.stopPropagation();
    openFrom(event.clipboardData?.files);
  });

  const saveMask = async () => {
    const sheet = element("canvas", { width, height });
    const bytes = mask.map((value) => 255 * value);
    sheet.getContext("2d").putImageData(imageData(bytes, height, width, 1), 0, 0);
    download(await new Promise((done) => sheet.toBlob(done, "image/png")), "mask.png");
  };

  // ---- Beginning and end ----

  const offs = [
    listen(model, ["strokes", "undone"], readMask),
    listen(model, ["pixels"], showPicture),
    listen(model, ["tool", "brush_size", "fit"], showSettings),
    listen(model, ["feather"], () => (showSettings(), showMask())),
    listen(model, ["display_size"], showSize),
    keepKeys(root),
    alert.off,
    kernel.off,
  ];
  showSize();
  showSettings();
  showPicture();
  readMask();
  moveTo(0, 0);

  return () => {
    ending.abort();
    resize.disconnect();
    cancelAnimationFrame(frame);
    offs.forEach((off) => off());
    root.remove();
  };
}

export default { render };
