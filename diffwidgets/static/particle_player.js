import { bytesOf, element, say } from "./common.js";
import { playerBar } from "./player.js";

/**
 * @param {any} model
 * @param {string} name of a trait
 * @returns {Uint16Array} its numbers
 */
function shorts(model, name) {
  return new Uint16Array(bytesOf(model.get(name)).slice().buffer);
}

export default {
  /** @param {{model: any, el: HTMLElement}} context */
  render({ model, el }) {
    const pixels = model.get("pixels");
    const notes = model.get("notes");
    const groups = model.get("groups");
    const target = shorts(model, "target");
    const places = shorts(model, "places");
    const arrows = shorts(model, "arrows");
    const ofFrame = (all, frame) => all.subarray((all.length / notes.length) * frame, (all.length / notes.length) * (frame + 1));
    const canvas = element("canvas", { width: pixels, height: pixels, role: "img", "aria-label": model.get("label") });
    canvas.style.inlineSize = `${pixels / 2}px`;
    const note = element("div", { class: "dw-muted dw-number" });
    const box = element("input", { type: "checkbox", checked: model.get("shows_arrows") });
    const context = canvas.getContext("2d");
    let shown = notes.length - 1;

    const squares = (all, color, opacity, size) => {
      context.fillStyle = color;
      context.globalAlpha = opacity;
      for (let k = 0; k < all.length; k += 2) context.fillRect(all[k] - size / 2, all[k + 1] - size / 2, size, size);
    };
    const show = (frame) => {
      shown = frame;
      const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
      const colors = model.get("palettes")[isDark ? 1 : 0];
      context.clearRect(0, 0, pixels, pixels);
      squares(target, colors.target, 0.35, 6);
      const now = ofFrame(places, frame);
      let from = 0;
      groups.forEach((count, group) => {
        squares(now.subarray(2 * from, 2 * (from + count)), colors.groups[group], 0.9, 3);
        from += count;
      });
      if (box.checked) {
        const lines = ofFrame(arrows, frame);
        context.strokeStyle = colors.arrow;
        context.globalAlpha = 0.55;
        context.lineWidth = 1.8;
        context.beginPath();
        for (let k = 0; k < lines.length; k += 4) {
          context.moveTo(lines[k], lines[k + 1]);
          context.lineTo(lines[k + 2], lines[k + 3]);
        }
        context.stroke();
      }
      note.textContent = notes[frame];
    };
    const { bar, start, stop } = playerBar({ model, count: notes.length, rate: model.get("rate"), show, describe: (frame) => notes[frame] });
    const again = () => show(shown);
    const media = matchMedia("(prefers-color-scheme: dark)");
    media.addEventListener("change", again);
    box.addEventListener("change", again);
    el.append(element("div", { class: "dw dw-page dw-plane-page" }, canvas, bar, note, element("label", {}, box, say(model, "score field"))));
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) start();
    return () => {
      stop();
      media.removeEventListener("change", again);
    };
  },
};
