/**
 * @typedef {object} RunHeader What stands before the pixels in a part of a chunk.
 * @property {number} run the run that it belongs to
 * @property {number} n steps in all
 * @property {number} from the first step that it may hold
 * @property {number} next the first step that it does not reach
 * @property {boolean} end whether nothing will follow
 * @property {[number, number, number, number]} shape images, height, width, channels
 * @property {[number, number | null, number | null, number | null][]} values step, sigma, log-SNR, norm of the score
 * @property {number[]} pictures the steps whose pixels follow
 */

/** The views of a step, in the order in which their pixels come. */
export const SCRUBBER_VIEWS = ["x_t", "x0", "noise"];

/** The quantities of a step, in the order in which their values come. */
export const SCRUBBER_QUANTITIES = ["sigma", "log-snr", "score"];

/**
 * Take a chunk apart.
 * @param {Uint8Array} bytes parts, each two lengths, a header in JSON, and pixels
 * @returns {{header: any, body: Uint8Array}[]}
 */
export function readParts(bytes) {
  const parts = [];
  const numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length; ) {
    const start = at + 8 + numbers.getUint32(at, true);
    const end = start + numbers.getUint32(at + 4, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(at + 8, start)));
    parts.push({ header, body: bytes.subarray(start, end) });
    at = end;
  }
  return parts;
}

/** What is known of a run so far: values of its steps, and pixels of those that have pictures. */
export class ScrubbedRun {
  constructor() {
    this.n = 0;
    this.next = 0;
    this.hasEnded = false;
    /** @type {[number, number, number, number]} */
    this.shape = [0, 1, 1, 1];
    /** @type {((number | null)[] | undefined)[]} by step */
    this.values = [];
    /** @type {Map<number, Uint8Array>} */
    this.pictures = new Map();
  }

  /**
   * Take in a part; the same part twice changes nothing.
   * @param {RunHeader} header
   * @param {Uint8Array} body
   */
  add(header, body) {
    this.n = header.n;
    if (header.shape[0] > 0) this.shape = header.shape;
    for (const [step, ...values] of header.values) this.values[step] = values;
    const size = header.pictures.length ? body.length / header.pictures.length : 0;
    header.pictures.forEach((step, index) => this.pictures.set(step, body.subarray(index * size, (index + 1) * size)));
    if (header.from <= this.next) {
      this.next = Math.max(this.next, header.next);
      this.hasEnded ||= header.end;
    }
  }

  /** The last step that is known, -1 if none is. */
  get latest() {
    return this.values.length - 1;
  }

  /**
   * The step whose picture stands for a step: itself, or the last one before it that has a picture.
   * @param {number} step
   * @returns {number} -1 if there is none
   */
  pictured(step) {
    let found = -1;
    for (const each of this.pictures.keys()) if (each <= step && each > found) found = each;
    return found;
  }

  /**
   * The pixels of a step that has a picture.
   * @param {number} step
   * @param {string} view
   * @returns {Uint8Array | null} image by image
   */
  pixels(step, view) {
    const all = this.pictures.get(step);
    const size = this.shape.reduce((product, side) => product * side, 1);
    const start = Math.max(0, SCRUBBER_VIEWS.indexOf(view)) * size;
    return all ? all.subarray(start, start + size) : null;
  }

  /**
   * @param {number} step
   * @param {string} quantity
   * @returns {number | null}
   */
  value(step, quantity) {
    return this.values[step]?.[SCRUBBER_QUANTITIES.indexOf(quantity)] ?? null;
  }
}

/**
 * The step of another run to lay beside a step of a run: the same one where both are equally noisy, else the one of the nearest noise level.
 * @param {ScrubbedRun} run
 * @param {ScrubbedRun} other
 * @param {number} step
 * @returns {number} -1 if the other run has none
 */
export function partnerStep(run, other, step) {
  const level = run.value(step, "log-snr");
  if (level === null) return Math.min(step, other.latest);
  const distance = (each) => Math.abs((other.value(each, "log-snr") ?? Infinity) - level);
  if (distance(step) <= 1e-6 * (1 + Math.abs(level))) return step;
  let best = -1;
  for (let each = 0; each <= other.latest; each++) if (best < 0 || distance(each) < distance(best)) best = each;
  return best;
}

/**
 * Let the playback clock run on.
 * @param {number} position where it is, in steps
 * @param {number} milliseconds since it was there
 * @param {{rate: number, latest: number, isLooping: boolean, isFilling: boolean}} how `rate`: steps a second; `latest`: last step
 *   that is there; `isFilling`: more will come, so that it waits there
 * @returns {{position: number, step: number, hasEnded: boolean}}
 */
export function advanceClock(position, milliseconds, { rate, latest, isLooping, isFilling }) {
  const last = Math.max(0, latest);
  // A page that slept does not leap. The last step is shown for a second before it starts again.
  let moved = position + (Math.min(Math.max(0, milliseconds), 250) / 1000) * rate;
  let hasEnded = false;
  if (isFilling) moved = Math.min(moved, last);
  else if (isLooping && moved >= last + Math.max(1, rate)) moved = 0;
  else if (!isLooping && moved >= last) [moved, hasEnded] = [last, true];
  return { position: moved, step: Math.min(last, Math.floor(moved)), hasEnded };
}

/**
 * @param {number} step
 * @param {number} n
 * @returns {number} from 0 at the first step to 1 at the last
 */
export function fractionOfStep(step, n) {
  return n > 1 ? step / (n - 1) : 0;
}

/**
 * @param {number} fraction
 * @param {number} n
 * @returns {number} the nearest step
 */
export function stepOfFraction(fraction, n) {
  return Math.round(Math.min(1, Math.max(0, fraction)) * Math.max(0, n - 1));
}

/**
 * The steps that a film strip shows.
 * @param {number} width of the strip
 * @param {number} size width of a picture
 * @param {number} n steps in all
 * @returns {number[]} one for each picture
 */
export function stripSteps(width, size, n) {
  const count = Math.max(1, Math.min(Math.floor(width / size), Math.max(1, n)));
  return Array.from({ length: count }, (_, slot) => stepOfFraction((slot + 0.5) / count, n));
}

/**
 * Lay images out as large as they can be.
 * @param {{count: number, height: number, width: number, room: number, ceiling: number, gap: number, ratio: number}} what `height`,
 *   `width` of an image; `room`, `ceiling`: what is free; `ratio`: pixels of the screen a CSS pixel
 * @returns {{columns: number, rows: number, scale: number, width: number, height: number}} in CSS pixels; enlarged by whole
 *   pixels of the screen
 */
export function gridLayout({ count, height, width, room, ceiling, gap, ratio }) {
  let best = null;
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.ceil(count / columns);
    const fit = Math.min((room - gap * (columns - 1)) / (columns * width), (ceiling - gap * (rows - 1)) / (rows * height));
    const scale = fit * ratio >= 1 ? Math.floor(fit * ratio) / ratio : Math.max(fit, 1 / Math.max(width, height));
    const isBetter = !best || scale > best.scale || (scale === best.scale && columns * rows < best.columns * best.rows);
    if (isBetter) best = { columns, rows, scale };
  }
  return {
    ...best,
    width: best.columns * width * best.scale + gap * (best.columns - 1),
    height: best.rows * height * best.scale + gap * (best.rows - 1),
  };
}

/**
 * Scale curves to a height.
 * @param {(number | null | undefined)[][]} curves
 * @returns {{low: number, high: number, isLog: boolean, height: (value: number) => number} | null} `height`: 0 for the lowest
 *   value, 1 for the highest; logarithmic where positive values span more than a factor of 50
 */
export function curveScale(curves) {
  const values = curves.flat().filter((value) => Number.isFinite(value));
  if (!values.length) return null;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const isLog = low > 0 && high / low > 50;
  const map = isLog ? Math.log : (value) => value;
  const span = map(high) - map(low);
  return { low, high, isLog, height: (value) => (span > 0 ? (map(value) - map(low)) / span : 0.5) };
}

/**
 * The points of a curve in a box of 1000 by 100.
 * @param {(number | null | undefined)[]} values by step
 * @param {{height: (value: number) => number}} scale
 * @param {number} n steps in all
 * @returns {string} as a polyline wants them
 */
export function curvePoints(values, scale, n) {
  const points = [];
  values.forEach((value, step) => {
    if (!Number.isFinite(value)) return;
    points.push(`${(1000 * fractionOfStep(step, n)).toFixed(1)},${(96 - 92 * scale.height(value)).toFixed(2)}`);
  });
  return points.join(" ");
}

/**
 * @param {number | null | undefined} value
 * @returns {string} with three digits that count
 */
export function shortNumber(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e5 || size < 1e-3) ? value.toExponential(2) : String(Number(value.toPrecision(3)));
  return text.replaceAll("-", "−");
}
