import { alertLine, button, element, keepKeys, listen } from "./common.js";

/**
 * On a phone, where the settings are a screen of their own, scroll to the result of the button that was pressed there.
 * @param {HTMLElement} root what is to be seen
 */
function comeIntoView(root) {
  const { top, bottom } = root.getBoundingClientRect();
  if (innerWidth > 700 || (top >= 0 && bottom < innerHeight / 2)) return;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  root.scrollIntoView({ behavior: isCalm ? "auto" : "smooth" });
}

/** @param {{model: import("./common.js").WidgetModel, el: HTMLElement}} context */
function render({ model, el }) {
  const bar = element("div");
  const progress = element("div", { class: "dw-run-progress", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, bar);
  const state = element("strong", { role: "status" });
  const detail = element("span", { class: "dw-muted dw-number" });
  const press = (name) => () => {
    model.set("presses", { ...model.get("presses"), [name]: (model.get("presses")[name] ?? 0) + 1 });
    model.save_changes();
  };
  const pause = button("", press("pause"));
  const cancel = button("", press("cancel"));
  const alert = alertLine(model);
  const words = element("span", { class: "dw-run-words" }, state, " ", detail);
  const root = element("section", { class: "dw dw-run-bar" }, progress, element("div", { class: "dw-row" }, words, pause, cancel), alert.line);
  const name = (target, text) => {
    target.textContent = text;
    target.setAttribute("aria-label", text);
    target.title = "";
  };
  let wasGoing = model.get("can_cancel");
  const show = () => {
    const percent = Math.round(100 * model.get("progress"));
    bar.style.inlineSize = `${percent}%`;
    progress.setAttribute("aria-valuenow", String(percent));
    progress.setAttribute("aria-label", model.get("label"));
    if (state.textContent !== model.get("state")) state.textContent = model.get("state");
    detail.textContent = model.get("detail");
    name(pause, model.get("pause_text"));
    name(cancel, model.get("cancel_text"));
    pause.disabled = !model.get("can_pause");
    cancel.disabled = !model.get("can_cancel");
    const isGoing = model.get("can_cancel");
    if (isGoing && !wasGoing) comeIntoView(root);
    wasGoing = isGoing;
  };
  const shown = ["progress", "label", "state", "detail", "pause_text", "cancel_text", "can_pause", "can_cancel"];
  const offs = [alert.off, keepKeys(root), listen(model, shown, show)];
  show();
  el.append(root);
  return () => {
    for (const off of offs) off();
    root.remove();
  };
}

export default { render };
