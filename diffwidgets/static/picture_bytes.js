import { imageHeader } from "./image_files.js";

const bytesOfText = (text) => new TextEncoder().encode(text);
const textOfBytes = (bytes) => new TextDecoder().decode(bytes);

/** @param {Uint8Array[]} parts @returns {Uint8Array} one after the other */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

/** @param {Uint8Array} bytes @returns {number} the check sum of PNG and zip */
export function crc32(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = CRC_TABLE[(rest ^ byte) & 255] ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}

// ---- Recipes ----

const KEY = "diffwidgets";

/** @param {string} recipe @returns {Uint8Array} the chunk of a PNG that holds it */
function textChunk(recipe) {
  const named = bytesOfText(`tEXt${KEY}\0${recipe}`);
  const chunk = new Uint8Array(named.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, named.length - 4);
  chunk.set(named, 4);
  view.setUint32(named.length + 4, crc32(named));
  return chunk;
}

function chunkOfPng(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 8; start + 12 <= bytes.length; ) {
    const end = start + 12 + view.getUint32(start);
    const kind = textOfBytes(bytes.subarray(start + 4, start + 8));
    const isNamed = textOfBytes(bytes.subarray(start + 8, start + 9 + KEY.length)) === `${KEY}\0`;
    if (["tEXt", "zTXt", "iTXt"].includes(kind) && isNamed && end <= bytes.length) return bytes.slice(start, end);
    start = end;
  }
  return null;
}

/** The texts of the Exif block of a JPEG by their numbers. */
function textsOfExif(block) {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const isLittle = block[0] === 0x49;
  const first = view.getUint32(4, isLittle);
  const texts = {};
  for (let entry = first + 2, left = view.getUint16(first, isLittle); left > 0; entry += 12, left--) {
    const [tag, kind, count] = [view.getUint16(entry, isLittle), view.getUint16(entry + 2, isLittle), view.getUint32(entry + 4, isLittle)];
    const start = count > 4 ? view.getUint32(entry + 8, isLittle) : entry + 8;
    if (kind === 2) texts[tag] = textOfBytes(block.subarray(start, start + count)).replace(/\0.*$/s, "");
  }
  return texts;
}

function recipeOfJpeg(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 2; start + 4 < bytes.length && bytes[start] === 0xff && bytes[start + 1] !== 0xda; ) {
    const end = start + 2 + view.getUint16(start + 2);
    if (bytes[start + 1] === 0xe1 && textOfBytes(bytes.subarray(start + 4, start + 10)) === "Exif\0\0") {
      const texts = textsOfExif(bytes.subarray(start + 10, end));
      if (texts[0x0131] === KEY) return texts[0x010e] ?? null;
    }
    start = end;
  }
  return null;
}

function recipeOfGif(bytes) {
  const tableAfter = (flags) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let start = 13 + tableAfter(bytes[10]);
  while (start < bytes.length && bytes[start] !== 0x3b) {
    const [kind, label] = [bytes[start], bytes[start + 1]];
    start += kind === 0x21 ? 2 : 11 + tableAfter(bytes[start + 9]);
    const blocks = [];
    for (; bytes[start]; start += bytes[start] + 1) blocks.push(bytes.subarray(start + 1, start + 1 + bytes[start]));
    start += 1;
    const comment = kind === 0x21 && label === 0xfe ? textOfBytes(joined(blocks)) : "";
    if (comment.startsWith('{"') && comment.includes('"model_hash"')) return comment;
  }
  return null;
}

/**
 * @param {Uint8Array} bytes of a PNG, JPEG or GIF
 * @returns {Uint8Array | null} the recipe that it carries, as a chunk of a PNG
 */
export function recipeChunk(bytes) {
  const kind = imageHeader(bytes)?.type;
  try {
    if (kind === "image/png") return chunkOfPng(bytes);
    const recipe = { "image/jpeg": recipeOfJpeg, "image/gif": recipeOfGif }[kind]?.(bytes);
    return recipe ? textChunk(recipe) : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // a damaged file points beyond its end: there is no recipe to keep
    throw error;
  }
}

/** @param {Uint8Array} png @param {Uint8Array} chunk @returns {Uint8Array} the PNG with one more chunk after its header */
export function withChunk(png, chunk) {
  return joined([png.subarray(0, 33), chunk, png.subarray(33)]);
}

// ---- Zip files ----

/**
 * @param {{name: string, bytes: Uint8Array}[]} files of different names
 * @returns {Uint8Array} a zip file of them, as they are
 */
export function zipOf(files) {
  const [parts, directory] = [[], []];
  let offset = 0;
  for (const { name, bytes } of files) {
    const path = bytesOfText(name);
    const head = new DataView(new ArrayBuffer(46)); // that of the directory; that of the file is a part of it
    head.setUint32(0, 0x02014b50, true);
    [20, 20, 0x800, 0, 0, 0x21].forEach((value, index) => head.setUint16(4 + 2 * index, value, true));
    [crc32(bytes), bytes.length, bytes.length].forEach((value, index) => head.setUint32(16 + 4 * index, value, true));
    head.setUint16(28, path.length, true);
    head.setUint32(42, offset, true);
    directory.push(new Uint8Array(head.buffer), path);
    const local = joined([Uint8Array.of(0x50, 0x4b, 3, 4), new Uint8Array(head.buffer, 6, 26)]);
    parts.push(local, path, bytes);
    offset += local.length + path.length + bytes.length;
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, files.length, true);
  end.setUint16(10, files.length, true);
  end.setUint32(12, directory.reduce((sum, part) => sum + part.length, 0), true);
  end.setUint32(16, offset, true);
  return joined([...parts, ...directory, new Uint8Array(end.buffer)]);
}

/**
 * List what a zip file holds, without reading the rest of it.
 * @param {Blob} zip
 * @returns {Promise<{name: string, size: number, blob: () => Promise<Blob>}[] | null>} null if it is not one that can be read here
 */
export async function readZip(zip) {
  const read = async (start, end) => new DataView(await zip.slice(start, end).arrayBuffer());
  const tail = await read(Math.max(0, zip.size - 65557), zip.size);
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) return null;
  const [count, size, start] = [tail.getUint16(end + 10, true), tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  const directory = await read(start, start + size);
  const files = [];
  for (let at = 0; at + 46 <= directory.byteLength && directory.getUint32(at, true) === 0x02014b50; ) {
    const [flags, method] = [directory.getUint16(at + 8, true), directory.getUint16(at + 10, true)];
    const [packed, unpacked] = [directory.getUint32(at + 20, true), directory.getUint32(at + 24, true)];
    const [name, extra, comment] = [28, 30, 32].map((place) => directory.getUint16(at + place, true));
    const offset = directory.getUint32(at + 42, true);
    const path = textOfBytes(new Uint8Array(directory.buffer, at + 46, name));
    if (flags & 1 || ![0, 8].includes(method)) return null; // encrypted, or packed by another method
    const blob = async () => {
      const head = await read(offset, offset + 30);
      const begin = offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
      const content = zip.slice(begin, begin + packed);
      return method === 0 ? content : new Response(content.stream().pipeThrough(new DecompressionStream("deflate-raw"))).blob();
    };
    if (!path.endsWith("/")) files.push({ name: path, size: unpacked, blob });
    at += 46 + name + extra + comment;
  }
  return files.length && count < 65535 ? files : null;
}
