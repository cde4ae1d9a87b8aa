export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/bmp", "image/gif"];

/**
 * Read what kind of image a file holds and how large it is, without decoding it.
 * @param {Uint8Array} bytes of the file
 * @returns {{type: string, height: number, width: number} | null} null if it is not a PNG, JPEG, WebP, BMP or GIF
 */
export function imageHeader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const has = (text, start) => [...text].every((letter, index) => bytes[start + index] === letter.charCodeAt(0));
  if (bytes.length < 30) return null;
  if (has("\x89PNG\r\n\x1a\n", 0) && has("IHDR", 12)) return { type: "image/png", width: view.getUint32(16), height: view.getUint32(20) };
  if (has("GIF8", 0)) return { type: "image/gif", width: view.getUint16(6, true), height: view.getUint16(8, true) };
  if (has("BM", 0)) return { type: "image/bmp", width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
  if (has("RIFF", 0) && has("WEBP", 8)) {
    const low24 = (start) => view.getUint16(start, true) + 65536 * bytes[start + 2];
    if (has("VP8X", 12)) return { type: "image/webp", width: 1 + low24(24), height: 1 + low24(27) };
    if (has("VP8L", 12)) {
      const bits = view.getUint32(21, true);
      return { type: "image/webp", width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    return { type: "image/webp", width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (!(bytes[0] === 0xff && bytes[1] === 0xd8)) return null;
  for (let start = 2; start + 9 < bytes.length && bytes[start] === 0xff; ) {
    const marker = bytes[start + 1];
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { type: "image/jpeg", height: view.getUint16(start + 5), width: view.getUint16(start + 7) };
    start += marker === 0xff ? 1 : 2 + view.getUint16(start + 2);
  }
  return null;
}

/**
 * @param {Uint8Array} bytes of a file
 * @returns {boolean} whether it may carry a recipe of diffwidgets
 */
export function mayCarryRecipe(bytes) {
  if (imageHeader(bytes)?.type === "image/gif") {
    // In a GIF it is the comment: an extension of kind 0xfe, whose first block begins with its length.
    return bytes.some((_, at) => bytes[at] === 0x21 && bytes[at + 1] === 0xfe && bytes[at + 3] === 0x7b && bytes[at + 4] === 0x22);
  }
  const word = [..."diffwidgets"].map((letter) => letter.charCodeAt(0));
  for (let start = bytes.indexOf(word[0]); start >= 0; start = bytes.indexOf(word[0], start + 1)) {
    if (word.every((code, index) => bytes[start + index] === code)) return true;
  }
  return false;
}

/** Python's `round`: halves go to the even side. */
function roundHalfEven(value) {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Resize one axis with a triangle filter as wide as the step, as torch's antialiased bilinear interpolation. */
function resizeAxis(values, lines, count, size, at, put) {
  const scale = count / size;
  const support = Math.max(1, scale);
  for (let target = 0; target < size; target++) {
    const center = scale * (target + 0.5);
    const first = Math.max(0, Math.floor(center - support + 0.5));
    const last = Math.min(count, Math.floor(center + support + 0.5));
    const weights = [];
    for (let index = first; index < last; index++) weights.push(Math.max(0, 1 - Math.abs((index - center + 0.5) / support)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let line = 0; line < lines; line++) {
      let sum = 0;
      weights.forEach((weight, offset) => (sum += weight * at(line, first + offset)));
      put(line, target, sum / total);
    }
  }
}

/**
 * The size to which an image is brought before its border is cut off or added.
 * @param {number[]} old height and width
 * @param {number[]} wanted height and width
 * @param {"crop" | "pad" | "resize"} fit
 * @returns {number[]} height and width
 */
export function fittedSize(old, wanted, fit) {
  if (fit === "resize") return [...wanted];
  const ratios = wanted.map((side, axis) => side / old[axis]);
  const ratio = fit === "crop" ? Math.max(...ratios) : Math.min(...ratios);
  return old.map((side) => Math.max(1, roundHalfEven(side * ratio)));
}

/**
 * Bring pixels into a model's shape, as `diffwidgets.constraints.as_images` does. Transparent parts show a white background.
 * @param {Uint8ClampedArray | Uint8Array} rgba `height * width * 4`
 * @param {number} height
 * @param {number} width
 * @param {number[]} shape channels, height and width wanted
 * @param {"crop" | "pad" | "resize"} fit
 * @returns {Uint8Array} `height * width * channels`, row by row
 */
export function fitPixels(rgba, height, width, shape, fit) {
  const [channels, ...wanted] = shape;
  const inner = fittedSize([height, width], wanted, fit);
  const top = Math.floor((wanted[0] - inner[0]) / 2);
  const left = Math.floor((wanted[1] - inner[1]) / 2);
  const result = new Uint8Array(wanted[0] * wanted[1] * channels);
  for (let channel = 0; channel < channels; channel++) {
    const plane = new Float32Array(height * width);
    for (let pixel = 0; pixel < plane.length; pixel++) {
      const part = (index) => 255 + ((rgba[4 * pixel + index] - 255) * rgba[4 * pixel + 3]) / 255;
      plane[pixel] = channels === 3 ? part(channel) : 0.299 * part(0) + 0.587 * part(1) + 0.114 * part(2);
    }
    const narrow = new Float32Array(height * inner[1]);
    resizeAxis(plane, height, width, inner[1], (row, column) => plane[row * width + column], (row, column, value) => (narrow[row * inner[1] + column] = value));
    const small = new Float32Array(inner[0] * inner[1]);
    resizeAxis(narrow, inner[1], height, inner[0], (column, row) => narrow[row * inner[1] + column], (column, row, value) => (small[row * inner[1] + column] = value));
    for (let row = 0; row < wanted[0]; row++) {
      for (let column = 0; column < wanted[1]; column++) {
        const [y, x] = [row - top, column - left];
        const isInside = y >= 0 && y < inner[0] && x >= 0 && x < inner[1];
        if (isInside) result[(row * wanted[1] + column) * channels + channel] = roundHalfEven(small[y * inner[1] + x]);
      }
    }
  }
  return result;
}
