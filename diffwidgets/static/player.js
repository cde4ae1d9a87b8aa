import { button, element, say } from "./common.js";

const PLAY = "M4 2.5v11l9-5.5z";
const PAUSE = "M4.5 3v10M11.5 3v10";

/**
 * The frame that a player shows.
 * @param {number} start the frame that it started from
 * @param {number} elapsed milliseconds since
 * @param {number} rate frames a second
 * @param {number} count of frames
 * @returns {number} stops at the last
 */
export function frameAfter(start, elapsed, rate, count) {
  return Math.min(count - 1, start + Math.floor((Math.max(elapsed, 0) / 1000) * rate));
}

/**
 * A button and a slider over frames.
 * @param {{model: import("./common.js").WidgetModel, count: number, rate: number, show: (frame: number) => void, describe: (frame: number) => string}} options
 * @returns {{bar: HTMLElement, start: () => void, stop: () => void}} `stop` ends playing
 */
export function playerBar({ model, count, rate, show, describe }) {
  let request = 0;
  const slider = element("input", { type: "range", min: 0, max: count - 1, step: 1, value: count - 1, "aria-label": say(model, "Step") });
  const play = button(say(model, "Play"), () => (request ? stop() : start()), { icon: PLAY });
  const turn = (frame) => {
    slider.value = String(frame);
    slider.setAttribute("aria-valuetext", describe(frame));
    show(frame);
  };
  const label = (name, icon) => {
    play.setAttribute("aria-label", name);
    play.title = name;
    play.querySelector("path").setAttribute("d", icon);
  };
  function stop() {
    cancelAnimationFrame(request);
    request = 0;
    label(say(model, "Play"), PLAY);
  }
  function start() {
    const from = Number(slider.value) < count - 1 ? Number(slider.value) : 0;
    let began = 0;
    const advance = (now) => {
      began ||= now;
      const frame = frameAfter(from, now - began, rate, count);
      if (frame !== Number(slider.value)) turn(frame);
      if (frame === count - 1) stop();
      else request = requestAnimationFrame(advance);
    };
    turn(from);
    label(say(model, "Pause"), PAUSE);
    request = requestAnimationFrame(advance);
  }
  slider.addEventListener("input", () => {
    stop();
    turn(Number(slider.value));
  });
  turn(count - 1);
  return { bar: element("div", { class: "dw-player" }, play, slider), start, stop };
}
