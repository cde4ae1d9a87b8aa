import { alertLine, besides, bufferOf, bytesOf, button, download, element, hasKernel, hostControl, isStatic, keepKeys, kernelLine, listen, muteControls, say, sendTraits } from "./common.js";
import { Refusal, fitForSending, readFile } from "./sent_pictures.js";

/** Milliseconds until the last view counts as gone: a cell that is moved, or run again, shows it again meanwhile. */
const PATIENCE = 1000;

/**
 * @param {{model: import("./common.js").WidgetModel, el: HTMLElement}} context
 * @param {(change: number) => void} count
 */
function render({ model, el }, count) {
  let isAsking = false;
  let root = null;
  const input = element("input", { type: "file", accept: model.get("accept"), "aria-label": say(model, "File to open"), hidden: true });
  const told = element("p", { class: "dw-notice dw-muted", role: "status" });
  const warn = (text) => sendTraits(model, { alert_at: [text, "open"], alert: text });

  /** @param {FileList | File[]} files */
  async function open([file, ...others]) {
    if (!file) return;
    told.textContent = others.length ? say(model, "Only {file} was opened: open one file at a time.", { file: file.name }) : "";
    try {
      const read = await readFile(model, file);
      const { bytes, note } = await fitForSending(model, read, { most: model.get("max_bytes"), side: model.get("picture_side") });
      if (note) told.textContent = note;
      sendTraits(model, { alert: "", opened_name: file.name, opened: bufferOf(bytes), opened_count: model.get("opened_count") + 1 });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      told.textContent = "";
      warn(error.message);
    }
  }

  const saving = button(say(model, "Save"), () => {
    isAsking = true;
    sendTraits(model, { save_requests: model.get("save_requests") + 1 });
  }, { text: say(model, model.get("save_text")) });
  const opening = button(say(model, "Open"), () => input.click(), { text: say(model, model.get("open_text")) });
  input.addEventListener("change", async () => {
    await open(input.files);
    input.value = "";
  });
  const stopListening = listen(model, ["saved_count"], () => {
    if (!isAsking) return; // another view of this widget asked
    isAsking = false;
    download(new Blob([bytesOf(model.get("saved"))]), model.get("saved_name"));
  });

  const notice = element("p", { class: "dw-notice dw-muted", role: "status" });
  const show = () => (notice.textContent = model.get("notice"));
  const stopShowing = listen(model, ["notice"], show);
  show();
  const kernel = kernelLine(model, () => {
    saving.inert = opening.inert = true;
    requestAnimationFrame(() => muteControls(root.closest(".dw-drop-target"))); // when it has its place
  });
  const row = element("div", { class: "dw-row" }, saving, opening, input, element("span", { class: "dw-muted" }, say(model, model.get("hint"))));
  const find = (name) => ({ save: besides(saving, row), open: besides(opening, row) })[name] ?? hostControl(root?.closest(".dw-drop-target"), name);
  const alert = alertLine(model, find);
  root = element("div", { class: "dw dw-file-exchange" }, row, told, notice, alert.line, kernel.line);
  saving.disabled = opening.disabled = isStatic(model);
  el.append(root);

  count(1);

  // Looked for at each event: a host may put the widget into its place only after this.
  const whole = () => root.closest(".dw-drop-target") ?? root;
  const leaveKeys = keepKeys(document, whole);
  const over = (event) => {
    const target = whole();
    if (!hasKernel(model)) return;
    if (!event.composedPath().includes(target) || !event.dataTransfer?.types.includes("Files")) return;
    target.classList.toggle("dw-dropping", event.type !== "dragleave" && event.type !== "drop");
    if (event.defaultPrevented) return; // a part of the whole has taken it
    event.preventDefault();
    if (event.type === "drop") open(event.dataTransfer.files);
  };
  const events = ["dragenter", "dragover", "dragleave", "drop"];
  if (!isStatic(model)) for (const event of events) document.addEventListener(event, over);
  return () => {
    alert.off();
    stopListening();
    stopShowing();
    leaveKeys();
    kernel.off();
    for (const event of events) document.removeEventListener(event, over);
    root.remove();
    count(-1);
  };
}

export default () => {
  let views = 0;
  let timer = 0;
  return {
    render: ({ model, el }) =>
      render({ model, el }, (change) => {
        views += change;
        clearTimeout(timer);
        timer = setTimeout(() => {
          if (model.get("views") !== views) sendTraits(model, { views });
        }, views ? 0 : PATIENCE);
      }),
  };
};
