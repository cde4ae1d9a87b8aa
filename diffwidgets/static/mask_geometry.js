/**
 * A stroke: something done to the mask, as plain data. Coordinates are whole numbers of 1/64 pixel.
 * @typedef {object} Stroke
 * @property {"brush" | "rectangle" | "lasso" | "fill" | "invert" | "clear" | "mask"} tool
 * @property {number} [value] 1 paints, 0 erases
 * @property {number[]} [points] brush: x, y, radius, again and again; rectangle: x, y of two corners; lasso: x, y of its corners; fill: x, y
 * @property {string} [bits] mask: its bits, row by row, in base64
 */

export const UNIT = 64;
const FARTHEST = 2 ** 18;
const MOST_STROKES = 512;
const MOST_NUMBERS = 60000;

/**
 * @param {number} pixels a coordinate in pixels
 * @returns {number} in units of 1/64 pixel
 */
export function toUnits(pixels) {
  const units = Math.floor(pixels * UNIT);
  return Math.min(FARTHEST, Math.max(-FARTHEST, Number.isNaN(units) ? 0 : units));
}

/**
 * Set the pixels whose centers lie on the way of a disc, and those in which its points lie.
 * @param {Uint8Array} mask `height * width`, changed
 * @param {number} height
 * @param {number} width
 * @param {number[]} points x, y, radius, again and again
 * @param {number} value
 * @param {number} [from] the point to begin at, to go on with a stroke
 */
export function paintBrush(mask, height, width, points, value, from = 0) {
  for (let index = from; index < points.length / 3; index++) {
    const [x, y, radius] = points.slice(3 * index, 3 * index + 3);
    const [x0, y0] = index > 0 ? points.slice(3 * index - 3, 3 * index - 1) : [x, y];
    const left = Math.max(0, Math.floor((Math.min(x0, x) - radius) / UNIT));
    const right = Math.min(width - 1, Math.floor((Math.max(x0, x) + radius) / UNIT));
    const top = Math.max(0, Math.floor((Math.min(y0, y) - radius) / UNIT));
    const bottom = Math.min(height - 1, Math.floor((Math.max(y0, y) + radius) / UNIT));
    const dx = x - x0;
    const dy = y - y0;
    const length = dx * dx + dy * dy;
    const reach = radius * radius;
    for (let row = top; row <= bottom; row++) {
      const py = UNIT * row + UNIT / 2 - y0;
      for (let column = left; column <= right; column++) {
        const px = UNIT * column + UNIT / 2 - x0;
        const along = px * dx + py * dy;
        let isInside;
        if (along <= 0) isInside = px * px + py * py <= reach;
        else if (along >= length) isInside = (px - dx) * (px - dx) + (py - dy) * (py - dy) <= reach;
        else isInside = (px * dy - py * dx) * (px * dy - py * dx) <= reach * length;
        if (isInside) mask[row * width + column] = value;
      }
    }
    const column = Math.floor(x / UNIT);
    const row = Math.floor(y / UNIT);
    if (column >= 0 && column < width && row >= 0 && row < height) mask[row * width + column] = value;
  }
}

function paintRectangle(mask, height, width, [x0, y0, x1, y1], value) {
  const left = Math.max(0, Math.floor(Math.min(x0, x1) / UNIT));
  const right = Math.min(width - 1, Math.floor(Math.max(x0, x1) / UNIT));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) / UNIT));
  const bottom = Math.min(height - 1, Math.floor(Math.max(y0, y1) / UNIT));
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) mask[row * width + column] = value;
  }
}

function paintLasso(mask, height, width, points, value) {
  const winding = new Int32Array(height * width);
  const count = points.length / 2;
  for (let index = 0; index < count; index++) {
    const [x1, y1] = points.slice(2 * index, 2 * index + 2);
    const next = 2 * ((index + 1) % count);
    const [x2, y2] = points.slice(next, next + 2);
    const direction = y2 > y1 ? 1 : -1;
    const top = Math.max(0, Math.floor(Math.min(y1, y2) / UNIT));
    const bottom = Math.min(height - 1, Math.floor(Math.max(y1, y2) / UNIT));
    for (let row = top; row <= bottom; row++) {
      const py = UNIT * row + UNIT / 2;
      if (y1 <= py === y2 <= py) continue;
      for (let column = 0; column < width; column++) {
        const px = UNIT * column + UNIT / 2;
        const side = (x2 - x1) * (py - y1) - (px - x1) * (y2 - y1);
        if (direction * side > 0) winding[row * width + column] += direction;
      }
    }
  }
  for (let pixel = 0; pixel < winding.length; pixel++) if (winding[pixel] !== 0) mask[pixel] = value;
}

function paintFill(mask, height, width, [x, y], value) {
  const column = Math.floor(x / UNIT);
  const row = Math.floor(y / UNIT);
  if (column < 0 || column >= width || row < 0 || row >= height) return;
  const old = mask[row * width + column];
  if (old === value) return;
  const waiting = [row * width + column];
  mask[waiting[0]] = value;
  const visit = (pixel) => {
    if (mask[pixel] !== old) return;
    mask[pixel] = value;
    waiting.push(pixel);
  };
  while (waiting.length) {
    const pixel = waiting.pop();
    if (pixel % width > 0) visit(pixel - 1);
    if (pixel % width < width - 1) visit(pixel + 1);
    if (pixel >= width) visit(pixel - width);
    if (pixel < width * (height - 1)) visit(pixel + width);
  }
}

/**
 * Do a stroke.
 * @param {Uint8Array} mask `height * width` of 0 and 1, changed
 * @param {number} height
 * @param {number} width
 * @param {Stroke} stroke
 */
export function paint(mask, height, width, stroke) {
  const { tool, points, value, bits } = stroke;
  if (tool === "brush") paintBrush(mask, height, width, points, value);
  else if (tool === "rectangle") paintRectangle(mask, height, width, points, value);
  else if (tool === "lasso") paintLasso(mask, height, width, points, value);
  else if (tool === "fill") paintFill(mask, height, width, points, value);
  else if (tool === "invert") for (let pixel = 0; pixel < mask.length; pixel++) mask[pixel] = 1 - mask[pixel];
  else if (tool === "clear") mask.fill(0);
  else if (tool === "mask") mask.set(unpackBits(fromBase64(bits), mask.length));
  else throw new Error(`unknown tool ${tool}`);
}

/**
 * @param {Uint8Array} mask of 0 and 1
 * @returns {Uint8Array} its bits, the first in the highest place
 */
export function packBits(mask) {
  const packed = new Uint8Array(Math.ceil(mask.length / 8));
  for (let pixel = 0; pixel < mask.length; pixel++) packed[pixel >> 3] |= mask[pixel] << (7 - (pixel & 7));
  return packed;
}

/**
 * @param {Uint8Array} packed
 * @param {number} count of pixels
 * @returns {Uint8Array} of 0 and 1
 */
export function unpackBits(packed, count) {
  const mask = new Uint8Array(count);
  for (let pixel = 0; pixel < count; pixel++) mask[pixel] = (packed[pixel >> 3] >> (7 - (pixel & 7))) & 1;
  return mask;
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toBase64(bytes) {
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters);
}

/**
 * @param {string} text
 * @returns {Uint8Array}
 */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/**
 * @param {Stroke} first
 * @param {Stroke} second
 * @returns {boolean} whether they say the same
 */
export function sameStroke(first, second) {
  if (first === second) return true;
  if (first.tool !== second.tool || first.value !== second.value || first.bits !== second.bits) return false;
  const [some, others] = [first.points ?? [], second.points ?? []];
  return some.length === others.length && some.every((number, index) => number === others[index]);
}

/** Masks that lists of strokes lead to. What a list shares with the list before it is not painted again. */
export class Replay {
  /**
   * @param {number} height
   * @param {number} width
   */
  constructor(height, width) {
    this.height = height;
    this.width = width;
    /** @type {Stroke[]} */
    this.strokes = [];
    this.masks = [packBits(new Uint8Array(height * width))];
  }

  /**
   * @param {Stroke[]} strokes
   * @returns {Uint8Array} the mask after them
   */
  mask(strokes) {
    let shared = 0;
    while (shared < Math.min(strokes.length, this.strokes.length) && sameStroke(strokes[shared], this.strokes[shared])) shared++;
    this.strokes.length = shared;
    this.masks.length = shared + 1;
    const mask = unpackBits(this.masks[shared], this.height * this.width);
    for (const stroke of strokes.slice(shared)) {
      paint(mask, this.height, this.width, stroke);
      this.strokes.push(stroke);
      this.masks.push(packBits(mask));
    }
    return mask;
  }

  /**
   * Replace the oldest strokes by the mask they led to, once there are many.
   * @param {Stroke[]} strokes
   * @returns {Stroke[]} strokes that lead to the same mask
   */
  fold(strokes) {
    const weights = strokes.map(strokeWeight);
    let weight = weights.reduce((sum, one) => sum + one, 0);
    if (strokes.length <= MOST_STROKES && weight <= MOST_NUMBERS) return strokes;
    this.mask(strokes);
    let first = 0;
    while (first < strokes.length - 1 && (weight > MOST_NUMBERS / 2 || strokes.length - first > MOST_STROKES / 2)) {
      weight -= weights[first];
      first++;
    }
    return [{ tool: "mask", bits: toBase64(this.masks[first]) }, ...strokes.slice(first)];
  }
}

/**
 * @param {Stroke} stroke
 * @returns {number} how much there is to store
 */
export function strokeWeight(stroke) {
  return 1 + (stroke.points?.length ?? 0) + Math.floor((stroke.bits?.length ?? 0) / 4);
}

/**
 * Soften the edge of a mask on the known side, as `diffwidgets.constraints.feather` does.
 * @param {Uint8Array} mask of 0 and 1
 * @param {number} height
 * @param {number} width
 * @param {number} radius
 * @returns {Float64Array} in [0, 1]
 */
export function featherMask(mask, height, width, radius) {
  /** Sums of windows along one axis, whose ends repeat. */
  const sums = (values, count, step, lines, lineStep) => {
    const result = new Float64Array(values.length);
    for (let line = 0; line < lines; line++) {
      const at = (index) => values[line * lineStep + step * Math.min(count - 1, Math.max(0, index))];
      let sum = 0;
      for (let index = -radius; index <= radius; index++) sum += at(index);
      for (let index = 0; index < count; index++) {
        result[line * lineStep + step * index] = sum;
        sum += at(index + radius + 1) - at(index - radius);
      }
    }
    return result;
  };
  const twice = (values, change) => sums(sums(values, width, 1, height, width), height, width, width, 1).map(change);
  const grown = twice(Float64Array.from(mask), (sum) => (sum > 0 ? 1 : 0));
  const soft = twice(grown, (sum) => sum / (2 * radius + 1) ** 2);
  return soft.map((value, pixel) => Math.max(value, mask[pixel]));
}
