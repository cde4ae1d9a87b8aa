/**
 * @typedef {object} WidgetModel The model of a widget, as anywidget's hosts give it.
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, handler: Function) => void} on
 * @property {(event: string, handler: Function) => void} off
 */

/**
 * Make an element.
 * @param {string} tag its name; those of SVG too
 * @param {Record<string, any>} attributes `class`, `aria-label`, …; functions `onclick`, … become listeners; false and null are left out
 * @param {...(Node | string | null)} children nodes, or text
 * @returns {any} the element
 */
export function element(tag, attributes = {}, ...children) {
  const isSvg = ["svg", "path", "g", "line", "circle", "rect", "text", "polyline", "title", "clipPath", "defs"].includes(tag);
  const made = isSvg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/**
 * Make a button that shows an icon, or text, and has a name.
 * @param {string} label its name, also shown as a tooltip
 * @param {() => void} onclick what it does
 * @param {{icon?: string, text?: string, keys?: string, keysText?: string, pressed?: boolean}} [options] `icon`: an SVG path in a box of 16;
 *   `keys`: its shortcut, as ARIA names keys; `keysText`: the same as people read it
 * @returns {HTMLButtonElement}
 */
export function button(label, onclick, options = {}) {
  const { icon, text, keys, pressed } = options;
  const { keysText = keys } = options;
  return element(
    "button",
    {
      type: "button",
      "aria-label": label,
      "aria-keyshortcuts": keys,
      "aria-pressed": pressed === undefined ? null : String(pressed),
      title: keys ? `${label} (${keysText})` : label,
      onclick,
    },
    icon ? element("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, element("path", { d: icon })) : (text ?? label),
  );
}

/**
 * Say something in the language of a widget.
 * @param {WidgetModel} model its trait `texts` holds what English texts are in that language
 * @param {string} text in English, with places like `{count}`
 * @param {Record<string, any>} [values] the values for these places
 * @returns {string} English where there is no translation
 */
export function say(model, text, values = {}) {
  const texts = model.get("texts") ?? {};
  const said = Object.hasOwn(texts, text) ? texts[text] : text;
  return said.replace(/\{(\w+)\}/g, (place, name) => (Object.hasOwn(values, name) ? String(values[name]) : place));
}

/**
 * @param {WidgetModel} model
 * @param {string} state of a run, as Python calls it
 * @returns {string} the word for it, in the language of the widget
 */
export function stateWord(model, state) {
  const words = {
    queued: say(model, "queued"),
    running: say(model, "running"),
    paused: say(model, "paused"),
    playing: say(model, "playing"),
    done: say(model, "done"),
    cancelled: say(model, "cancelled"),
    failed: say(model, "failed"),
  };
  return words[state] ?? state;
}

/**
 * Listen to traits of a model.
 * @param {WidgetModel} model
 * @param {string[]} names
 * @param {() => void} handler
 * @returns {() => void} ends the listening
 */
export function listen(model, names, handler) {
  for (const name of names) model.on(`change:${name}`, handler);
  return () => names.forEach((name) => model.off(`change:${name}`, handler));
}

/** @param {Element} control @param {string} attribute a list of ids @param {string} id @param {boolean} isIn */
function setIdIn(control, attribute, id, isIn) {
  const others = (control.getAttribute(attribute) ?? "").split(" ").filter((each) => each && each !== id);
  const ids = isIn ? [...others, id] : others;
  if (ids.length) control.setAttribute(attribute, ids.join(" "));
  else control.removeAttribute(attribute);
}

/** The controls that take values: only of these it is said that they are invalid. */
const TAKES_VALUES = "input:not([type=file]), select, textarea";

/**
 * The line of a widget that shows an error: beside the control that it is about, else where the widget has put it.
 * @param {WidgetModel} model its trait `alert` is shown; `alert_at` holds the text that is about a control, and the control's name
 * @param {(name: string) => {control: Element, put: (line: HTMLElement) => void} | null} [find] the control of a name, and what puts the line beside it
 * @returns {{line: HTMLElement, place: () => void, off: () => void}} `place` is to be called when controls were made anew
 */
export function alertLine(model, find = () => null) {
  const id = `dw-alert-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  const line = element("div", { class: "dw-alert", role: "alert", id });
  const home = document.createComment("");
  let blamed = null;
  const blame = (control) => {
    for (const [each, isIn] of [[blamed, false], [control, true]]) {
      if (!each) continue;
      setIdIn(each, "aria-describedby", id, isIn);
      if (each.matches(TAKES_VALUES)) isIn ? each.setAttribute("aria-invalid", "true") : each.removeAttribute("aria-invalid");
    }
    blamed = control;
  };
  const place = () => {
    const text = model.get("alert") ?? "";
    const [about, name] = model.get("alert_at") ?? [];
    const found = text && about === text ? find(name) : null;
    const isThere = line.parentNode || home.parentNode; // a widget is put together after its line was made
    if (isThere && ((found?.control ?? null) !== blamed || (found && !line.isConnected))) {
      if (!home.parentNode) line.before(home);
      if (found) found.put(line);
      else home.after(line);
      line.classList.toggle("dw", Boolean(found) && !line.parentElement?.closest(".dw")); // it brings its colours with it
      blame(found?.control ?? null);
    }
    if (line.textContent !== text) line.textContent = text;
  };
  const offListening = listen(model, ["alert", "alert_at"], place);
  place();
  requestAnimationFrame(place);
  const off = () => {
    offListening();
    blame(null);
    line.remove();
  };
  return { line, place, off };
}

/**
 * @param {Element | null | undefined} control
 * @param {Element} [row] that the line comes after
 * @returns {{control: Element, put: (line: HTMLElement) => void} | null} for `alertLine`; null if there is none
 */
export function besides(control, row = control) {
  return control ? { control, put: (line) => row.after(line) } : null;
}

/**
 * @param {Element | null | undefined} root with controls of ipywidgets
 * @param {string} name of a control, which has the class `dw-at-` and its name
 * @returns {{control: Element, put: (line: HTMLElement) => void} | null} for `alertLine`
 */
export function hostControl(root, name) {
  const part = root?.querySelector(`.dw-at-${CSS.escape(name)}`);
  return part ? besides(part.querySelector("[tabindex='0']") ?? part.querySelector("input, select, textarea, button") ?? part, part) : null;
}

const ENDS_OF_KERNELS = ["restarting", "autorestarting", "terminating", "dead"];

/** Layouts of widgets whose kernel is gone. */
const orphans = new WeakSet();

/**
 * Ask whether Python can hear what a widget says: its kernel is there, and has not closed it.
 * @param {WidgetModel} model
 * @returns {boolean} true in hosts that do not report it
 */
export function hasKernel(model) {
  // Of ipywidgets' own models, a host gives a widget no other than its layout, which comes and goes with it.
  const layout = model.get("layout");
  return !layout?.on || (layout.comm_live && Boolean(layout.comm) && !orphans.has(layout));
}

/**
 * Set traits and send them, if anybody hears it.
 * @param {WidgetModel} model
 * @param {Record<string, any>} values
 */
export function sendTraits(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  if (hasKernel(model)) model.save_changes();
}

/**
 * The line of a widget that says that its kernel is gone.
 * @param {WidgetModel} model
 * @param {() => void} disable called when it goes; at once if it is gone already
 * @returns {{line: HTMLElement, off: () => void}}
 */
export function kernelLine(model, disable) {
  const line = element("div", { class: "dw-gone dw-muted", role: "status" });
  const layout = model.get("layout");
  const kernel = layout?.widget_manager?.kernel;
  const show = () => {
    if (hasKernel(model)) return;
    line.textContent = say(model, "The kernel that this belongs to is gone, so nothing here reaches Python any more. Run the cell again.");
    disable();
  };
  const end = () => {
    orphans.add(layout);
    show();
  };
  // A kernel that is restarted is told of by the models, one that died by itself only.
  const onStatus = (_, status) => ENDS_OF_KERNELS.includes(status) && end();
  layout?.on?.("comm_live_update", show);
  kernel?.statusChanged?.connect(onStatus);
  kernel?.disposed?.connect(end);
  show();
  const off = () => {
    layout?.off?.("comm_live_update", show);
    kernel?.statusChanged?.disconnect(onStatus);
    kernel?.disposed?.disconnect(end);
  };
  return { line, off };
}

/**
 * Take the controls of ipywidgets out of use.
 * @param {Element | null | undefined} root where they are
 */
export function muteControls(root) {
  for (const control of root?.querySelectorAll(".widget-inline-hbox, .jupyter-button") ?? []) control.inert = true;
}

/**
 * Name the handle and the number of a slider of ipywidgets after the words before it, because ipywidgets does not.
 * @param {Element} target either of them, or anything else
 */
function nameSlider(target) {
  const words = target.closest(".widget-slider")?.querySelector(".widget-label")?.textContent;
  if (words && !target.hasAttribute("aria-label")) target.setAttribute("aria-label", words);
}

/**
 * Keep keys for the control that has the focus. JupyterLab takes letters and arrows for commands to the notebook, unless the very element with the focus says otherwise.
 * @param {Element | Document} root where the controls are
 * @param {() => Element | null} [whole] the part of it that they are in, looked for each time
 * @returns {() => void} ends it
 */
export function keepKeys(root, whole = () => root) {
  const mark = ({ target }) => {
    if (!whole()?.contains(target)) return;
    target.setAttribute("data-lm-suppress-shortcuts", "true");
    nameSlider(target);
  };
  root.addEventListener("focusin", mark);
  return () => root.removeEventListener("focusin", mark);
}

/**
 * @param {DataView | ArrayBuffer | Uint8Array | null} value a binary trait
 * @returns {Uint8Array} its bytes
 */
export function bytesOf(value) {
  if (!value) return new Uint8Array(0);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/**
 * @param {Uint8Array} bytes
 * @returns {ArrayBuffer | DataView} a copy, which hosts send as binary
 */
export function bufferOf(bytes) {
  const { buffer } = bytes.slice();
  // marimo sends nothing but DataViews as binary; Panel takes no DataViews.
  return customElements.get("marimo-anywidget") ? new DataView(buffer) : buffer;
}

/**
 * Turn bytes of gray or colour pixels into what a canvas takes.
 * @param {Uint8Array} bytes `height * width * channels`, row by row
 * @param {number} height
 * @param {number} width
 * @param {number} channels 1 or 3
 * @returns {ImageData}
 */
export function imageData(bytes, height, width, channels) {
  const pixels = new ImageData(width, height);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let part = 0; part < 3; part++) {
      pixels.data[4 * pixel + part] = bytes[channels === 3 ? 3 * pixel + part : pixel];
    }
    pixels.data[4 * pixel + 3] = 255;
  }
  return pixels;
}

/**
 * Give the reader a file.
 * @param {Blob} blob
 * @param {string} name of the file
 */
export function download(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = element("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/**
 * @param {WidgetModel} model
 * @returns {boolean} whether the widget stands on a page of its own, where no kernel answers
 */
export function isStatic(model) {
  return Boolean(model.get("is_static"));
}
