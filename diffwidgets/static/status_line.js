import { alertLine, element, hasKernel, hostControl, keepKeys, kernelLine, listen, muteControls, say, sendTraits, stateWord } from "./common.js";

/**
 * Wait until the canvas has worked off what it was sent, and the browser has painted.
 * @param {any} model its `manager` is the id of the model that draws for ipycanvas
 */
async function painted(model) {
  const id = model.get("manager");
  // Hosts without ipycanvas's models answer after the next paint.
  const manager = id && model.widget_manager ? await model.widget_manager.get_model(id).catch(() => null) : null;
  await manager?.currentProcessing;
  await new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Keys that the canvas of a drawing uses; all others stay the page's, so that Tab leaves the canvas. */
const CANVAS_KEYS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", " ", "Enter"]);

export default () => {
  let views = 0;
  return {
    /** @param {{model: any, el: HTMLElement}} context */
    render({ model, el }) {
      const bar = element("div", { class: "dw-progress", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, element("div"));
      const state = element("span", { class: "dw-state", role: "status" });
      const detail = element("span", { class: "dw-detail dw-muted dw-number" });
      const alert = alertLine(model, (name) => hostControl(el.closest(".dw"), name));
      el.classList.add("dw-status-line");
      const kernel = kernelLine(model, () => requestAnimationFrame(show));
      el.append(bar, element("div", { class: "dw-status" }, state, detail), alert.line, kernel.line);
      let isGone = false;

      const show = () => {
        const percent = Math.round(100 * model.get("progress"));
        bar.firstChild.style.inlineSize = `${percent}%`;
        bar.setAttribute("aria-valuenow", String(percent));
        bar.setAttribute("aria-label", model.get("label"));
        const said = hasKernel(model) ? model.get("state") : "no kernel";
        const word = said === "no kernel" ? say(model, "no kernel") : stateWord(model, said);
        if (state.textContent !== word) state.textContent = word;
        state.dataset.state = said;
        detail.textContent = model.get("detail");
        dress();
      };
      const answer = async () => {
        const sent = model.get("sent");
        await painted(model);
        if (isGone || model.get("seen") >= sent) return;
        sendTraits(model, { seen: sent });
      };
      const tell = (name, value) => {
        if (model.get(name) !== value) sendTraits(model, { [name]: value });
      };
      const canvas = () => el.closest(".dw")?.querySelector("canvas");
      const dress = () => {
        const drawn = canvas();
        if (!hasKernel(model)) muteControls(el.closest(".dw"));
        if (!drawn) return;
        drawn.inert = model.get("is_drawing") && !hasKernel(model);
        drawn.setAttribute("role", "img");
        drawn.setAttribute("aria-label", model.get("label"));
        drawn.setAttribute("tabindex", model.get("is_drawing") ? "0" : "-1");
      };
      const media = matchMedia("(prefers-color-scheme: dark)");
      const look = () => {
        const scheme = getComputedStyle(el).colorScheme.trim();
        tell("is_dark", scheme === "dark" || (scheme !== "light" && media.matches));
      };
      const onKey = (event) => {
        if (event.target === canvas() && !CANVAS_KEYS.has(event.key)) event.stopPropagation();
      };
      const appears = new ResizeObserver(() => {
        dress();
        look();
      });
      appears.observe(el);
      const theme = new MutationObserver(look);
      theme.observe(document.body, { attributes: true });
      media.addEventListener("change", look);
      document.addEventListener("keydown", onKey, true);
      const offs = [
        alert.off,
        kernel.off,
        keepKeys(document, () => el.closest(".dw")),
        listen(model, ["progress", "state", "detail", "label", "is_drawing"], show),
        listen(model, ["sent"], answer),
        () => appears.disconnect(),
        () => theme.disconnect(),
        () => media.removeEventListener("change", look),
        () => document.removeEventListener("keydown", onKey, true),
      ];
      show();
      answer();
      tell("views", ++views);
      return () => {
        isGone = true;
        offs.forEach((off) => off());
        tell("views", --views);
      };
    },
  };
};
