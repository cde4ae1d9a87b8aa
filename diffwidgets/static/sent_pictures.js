import { element, say } from "./common.js";
import { imageHeader } from "./image_files.js";
import { readZip, recipeChunk, withChunk, zipOf } from "./picture_bytes.js";

/** A photo of 64 megapixels is opened; a browser needs four bytes for each of its pixels. */
const MOST_PIXELS = 65e6;
const MOST_BYTES = 100e6;
/** What a picture with a recipe shows is made again, so it is sent for the recipe, without loss. */
const MOST_SIDE_WITH_RECIPE = 512;
/** A picture in a zip file that takes more may be larger than what can be learned from. */
const SMALL_BYTES = 500e3;

/** What a reader brought cannot be taken; the message says why. */
export class Refusal extends Error {}

/** @param {number} bytes @returns {string} */
export function describeBytes(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${Number((bytes / 1e6).toFixed(1))} MB`;
}

/**
 * Decode a picture, the right way up.
 * @param {import("./common.js").WidgetModel} model whose language is spoken
 * @param {{name: string, bytes: Uint8Array}} file
 * @returns {Promise<ImageBitmap>} to be closed
 * @throws {Refusal} it is none, or too large
 */
export async function decodePicture(model, { name, bytes }) {
  const header = imageHeader(bytes);
  if (!header) throw new Refusal(say(model, "{file} is not a PNG, JPEG, WebP, BMP or GIF image.", { file: name }));
  const limits = { file: name, width: header.width, height: header.height, most: MOST_PIXELS / 1e6 };
  if (!(header.width * header.height <= MOST_PIXELS)) {
    throw new Refusal(say(model, "{file} has {width} × {height} pixels, more than the {most} million that can be opened: make it smaller first.", limits));
  }
  try {
    return await createImageBitmap(new Blob([bytes], { type: header.type }), { imageOrientation: "from-image" });
  } catch {
    throw new Refusal(say(model, "{file} cannot be read: it is damaged, or of a type that this browser does not support.", { file: name }));
  }
}

/**
 * Read a file that the reader chose, dropped or pasted.
 * @param {import("./common.js").WidgetModel} model
 * @param {File} file
 * @param {number} [most] bytes
 * @returns {Promise<{name: string, bytes: Uint8Array}>}
 * @throws {Refusal} it is too large, or a folder
 */
export async function readFile(model, file, most = MOST_BYTES) {
  const name = file.name || say(model, "The picture");
  const sizes = { file: name, size: describeBytes(file.size), most: describeBytes(most) };
  if (file.size > most) throw new Refusal(say(model, "{file} has {size}, more than the {most} that can be opened here: bring a smaller file.", sizes));
  try {
    return { name, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    throw new Refusal(say(model, "{file} cannot be read: it is a folder, or was moved or changed meanwhile.", { file: name }));
  }
}

/**
 * @param {CanvasImageSource & {width: number, height: number}} source
 * @param {number} ratio at most 1
 * @returns {HTMLCanvasElement} the picture, smaller
 */
export function shrunk(source, ratio) {
  const [width, height] = [source.width, source.height].map((side) => Math.max(1, Math.floor(side * ratio)));
  const sheet = element("canvas", { width, height });
  const paper = sheet.getContext("2d", { willReadFrequently: true });
  paper.imageSmoothingQuality = "high";
  paper.drawImage(source, 0, 0, width, height);
  return sheet;
}

async function encoded(sheet, type) {
  const blob = await new Promise((done) => sheet.toBlob(done, type, 0.95));
  return new Uint8Array(await blob.arrayBuffer());
}

/** A picture as a JPEG, with white where it is transparent. */
function flattened(sheet) {
  const paper = sheet.getContext("2d");
  paper.globalCompositeOperation = "destination-over";
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, sheet.width, sheet.height);
  return encoded(sheet, "image/jpeg");
}

/**
 * @typedef {object} Bounds of what is sent
 * @property {number} most bytes
 * @property {number} side of a picture that had to be made smaller, in pixels: the longer one of a single picture, the shorter one of many
 * @property {number} [pixels] that a picture may have
 */

/**
 * Make a picture small enough to be sent, and only then. Its recipe stays in it.
 * @param {import("./common.js").WidgetModel} model
 * @param {{name: string, bytes: Uint8Array}} file
 * @param {Bounds} bounds
 * @returns {Promise<{bytes: Uint8Array, note: string, left: string}>} `note` says what was done to it, if anything; `left`, what was lost
 * @throws {Refusal} it cannot be made so
 */
export async function fitForSending(model, { name, bytes }, { most, side, pixels = MOST_PIXELS }) {
  const header = imageHeader(bytes);
  const isSmall = bytes.length <= most && !(header && header.width * header.height > pixels);
  if (isSmall) return { bytes, note: "", left: "" };
  if (!header) {
    const sizes = { file: name, size: describeBytes(bytes.length), most: describeBytes(most) };
    throw new Refusal(say(model, "{file} has {size}, more than the {most} that can be sent, and only pictures are made smaller here: bring a smaller file.", sizes));
  }
  const bitmap = await decodePicture(model, { name, bytes });
  const { width, height } = bitmap;
  const chunk = recipeChunk(bytes);
  const wanted = chunk ? Math.min(side, MOST_SIDE_WITH_RECIPE) : side;
  const sheet = shrunk(bitmap, Math.min(1, wanted / Math.max(width, height), Math.sqrt(pixels / (width * height))));
  bitmap.close();
  const isPhoto = header.type === "image/jpeg" && !chunk;
  let sent = isPhoto ? new Uint8Array(0) : await encoded(sheet, "image/png");
  let left = "";
  if (chunk && sent.length + chunk.length <= most) sent = withChunk(sent, chunk);
  else if (chunk) left = say(model, "The settings that {file} carries are too long to be sent with it, and were left out.", { file: name });
  if (isPhoto || sent.length > most) sent = await flattened(sheet);
  const sizes = { file: name, width, height, size: describeBytes(bytes.length), less: describeBytes(sent.length), most: describeBytes(most) };
  if (sent.length > most) throw new Refusal(say(model, "{file} has {size}, more than the {most} that can be sent, also when it is made smaller: bring a smaller file.", sizes));
  const said = say(model, "{file} was made smaller before it was sent: {width} × {height} pixels, {size}, became {w} × {h}, {less}.", { ...sizes, w: sheet.width, h: sheet.height });
  return { bytes: sent, note: left ? `${said} ${left}` : said, left };
}

// ---- Many pictures ----

/** Names that occur once each. */
function distinct(names) {
  const taken = new Set();
  return names.map((name) => {
    let free = name;
    for (let count = 2; taken.has(free); count++) free = name.replace(/(\.[^./]*)?$/, ` ${count}$1`);
    taken.add(free);
    return free;
  });
}

/** A name that says what the file is. */
function withSuffix(name, type) {
  return /\.(png|jpe?g|webp|bmp|gif)$/i.test(name) ? name : `${name}.${type.replace("image/", "")}`;
}

/**
 * Pack pictures into one zip file, each made smaller if it is larger than needed.
 * @param {import("./common.js").WidgetModel} model
 * @param {{name: string, blob: () => Promise<Blob>}[]} files their names with folders
 * @param {Bounds} bounds
 * @param {(count: number) => void} [tell] called with how many are done
 * @returns {Promise<{bytes: Uint8Array, note: string}>}
 * @throws {Refusal} there are none, or too much of them
 */
export async function packPictures(model, files, { most, side }, tell = () => {}) {
  const [packed, refused] = [[], []];
  let [total, count] = [0, 0];
  for (const { name, blob } of files) {
    tell(packed.length + refused.length);
    const content = await blob();
    const one = { name, bytes: new Uint8Array(await content.arrayBuffer()) };
    try {
      const header = imageHeader(one.bytes);
      if (!header || Math.max(header.width, header.height) > 2 * side) {
        const bitmap = await decodePicture(model, one);
        const sheet = shrunk(bitmap, Math.min(1, side / Math.min(bitmap.width, bitmap.height)));
        bitmap.close();
        const type = header.type === "image/jpeg" ? header.type : "image/png";
        one.bytes = await encoded(sheet, type);
        one.name = withSuffix(name.replace(/\.[^./]*$/, ""), type);
        count++;
      }
      packed.push({ ...one, name: withSuffix(one.name, header.type) });
      total += one.bytes.length;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push(error.message);
    }
    if (total > most) {
      const sizes = { count: packed.length, most: describeBytes(most) };
      throw new Refusal(say(model, "The first {count} pictures already take more than the {most} that can be sent at once: choose fewer.", sizes));
    }
  }
  if (!packed.length) throw new Refusal(refused.slice(0, 3).join("\n") || say(model, "There is no picture in it."));
  const names = distinct(packed.map(({ name }) => name));
  const bytes = zipOf(packed.map((one, index) => ({ ...one, name: names[index] })));
  const said = say(model, "Pictures packed: {count}, of them made smaller: {smaller}, {size} in all.", { count: packed.length, smaller: count, size: describeBytes(bytes.length) });
  const left = refused.length ? ` ${say(model, "Left out: {count}.", { count: refused.length })}\n${refused.slice(0, 5).join("\n")}${refused.length > 5 ? "\n…" : ""}` : "";
  return { bytes, note: said + left };
}

const isHidden = (path) => path.split("/").some((part) => part.startsWith(".") || part.startsWith("__MACOSX"));

/** The files in folders that were dropped, with their paths. */
async function filesIn(entry) {
  if (entry.isFile) {
    const blob = () => new Promise((done, fail) => entry.file(done, fail));
    return isHidden(entry.fullPath) ? [] : [{ name: entry.fullPath.replace(/^\//, ""), blob }];
  }
  const reader = entry.createReader();
  const files = [];
  for (;;) {
    const entries = await new Promise((done, fail) => reader.readEntries(done, fail)); // a hundred at a time
    if (!entries.length) return files;
    for (const each of entries) files.push(...(await filesIn(each)));
  }
}

/**
 * @param {DataTransfer} transfer of a drop, during its event
 * @returns {Promise<{name: string, blob: () => Promise<Blob>}[]>} all files, also those in folders
 */
export function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.some((entry) => entry.isDirectory)) return Promise.all(entries.map(filesIn)).then((found) => found.flat());
  return Promise.resolve([...transfer.files].map((file) => ({ name: file.name, blob: async () => file })));
}

/**
 * Make one zip file of what was chosen or dropped: pictures, or a zip file of pictures, whose large ones are made smaller.
 * @param {import("./common.js").WidgetModel} model
 * @param {{name: string, blob: () => Promise<Blob>}[]} files
 * @param {Bounds} bounds
 * @param {(count: number, all: number) => void} [tell] called with how many pictures are done
 * @returns {Promise<{name: string, bytes: Uint8Array, note: string}>}
 * @throws {Refusal} there are none, or too much of them
 */
export async function packedForSending(model, files, bounds, tell = () => {}) {
  const [first] = files;
  if (files.length === 1 && /\.zip$/i.test(first.name)) {
    const zip = await first.blob();
    const inside = await readZip(zip);
    const isSmall = zip.size <= bounds.most && !inside?.some(({ size }) => size > SMALL_BYTES);
    if (isSmall) return { name: first.name, bytes: new Uint8Array(await zip.arrayBuffer()), note: "" };
    const sizes = { file: first.name, size: describeBytes(zip.size), most: describeBytes(bounds.most) };
    if (!inside) throw new Refusal(say(model, "{file} has {size}, more than the {most} that can be sent, and is not a zip file that can be made smaller here: choose the pictures themselves.", sizes));
    const pictures = inside.filter(({ name }) => !isHidden(name));
    return { name: first.name, ...(await packPictures(model, pictures, bounds, (count) => tell(count, pictures.length))) };
  }
  const { bytes, note } = await packPictures(model, files, bounds, (count) => tell(count, files.length));
  return { name: `${first.name.split("/").slice(0, -1)[0] ?? say(model, "pictures")}.zip`, bytes, note };
}
