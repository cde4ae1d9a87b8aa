import { bytesOf, element } from "./common.js";
import { playerBar } from "./player.js";

export default {
  /** @param {{model: any, el: HTMLElement}} context */
  render({ model, el }) {
    const [count, height, width] = model.get("frames_shape");
    const notes = model.get("notes");
    const pixels = bytesOf(model.get("frames"));
    const canvas = element("canvas", { class: "dw-pixels", width, height, role: "img", "aria-label": model.get("label") });
    canvas.style.inlineSize = `${width * model.get("scale")}px`;
    const note = element("div", { class: "dw-muted dw-number" });
    const context = canvas.getContext("2d");
    const size = height * width * 4;
    const { bar, stop } = playerBar({
      model,
      count,
      rate: model.get("rate"),
      describe: (frame) => notes[frame],
      show(frame) {
        const shown = new ImageData(new Uint8ClampedArray(pixels.slice(frame * size, (frame + 1) * size).buffer), width, height);
        context.putImageData(shown, 0, 0);
        note.textContent = notes[frame];
      },
    });
    el.append(element("div", { class: "dw dw-page" }, canvas, bar, note));
    return stop;
  },
};
