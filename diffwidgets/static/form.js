import { alertLine, button, bytesOf, download, element, keepKeys, listen, say } from "./common.js";
import { Refusal, fitForSending, packedForSending, readFile } from "./sent_pictures.js";

/** Actions that are sent again and again until this many newer ones exist: a host may drop all but the last message. */
const KEPT = 50;

/**
 * @param {any} value of a field
 * @param {Record<string, any>} field
 * @returns {string} how an input shows it
 */
export function shownValue(value, field) {
  if (value === null || value === undefined) return "";
  return field.kind === "number" && typeof value === "number" ? String(Number(value.toPrecision(12))) : String(value);
}

/**
 * @param {{model: import("./common.js").WidgetModel, el: HTMLElement}} context
 * @returns {() => void} ends all of it
 */
function render({ model, el }) {
  const me = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const form = element("form", { class: "dw-form-fields", novalidate: true, onsubmit: (event) => event.preventDefault() });
  const alert = alertLine(model, (name) => {
    const { part, control } = made.get(name) ?? {};
    if (!control || part.hidden) return null;
    const row = part.closest(".dw-form-buttons");
    return { control, put: (line) => (row ? row.after(line) : part.append(line)) };
  });
  const root = element("section", { class: "dw dw-form", "aria-label": model.get("label") || null }, form, alert.line);
  /** @type {Map<string, {field: any, part: HTMLElement, input?: any, control?: HTMLElement}>} */
  const made = new Map();
  let actions = [];
  let count = 0;

  const tell = (name, value, more = {}) => {
    actions = [...actions.slice(1 - KEPT), { from: me, count: ++count, name, value }];
    for (const [trait, content] of Object.entries(more)) model.set(trait, content);
    model.set("actions", actions);
    model.save_changes();
  };

  /** What was done to files before they were sent, by the names of their fields. */
  const notes = new Map();
  const note = (field, text) => {
    notes.set(field.name, text);
    const line = made.get(field.name)?.note;
    if (line) line.textContent = text;
  };

  async function openFiles(field, input) {
    const files = [...input.files];
    input.value = "";
    if (!files.length) return;
    note(field, "");
    const bounds = { most: field.max_bytes, side: field.side ?? 2048, pixels: field.max_pixels };
    try {
      const { name, bytes, note: done } = field.many
        ? await packedForSending(model, files.map((file) => ({ name: file.webkitRelativePath || file.name, blob: async () => file })), bounds,
          (count, all) => note(field, say(model, "Reading picture {count} of {all} …", { count: count + 1, all })))
        : await readFile(model, files[0]).then(async (file) => ({ ...file, ...(await fitForSending(model, file, bounds)) }));
      note(field, done);
      tell(field.name, { file: name.slice(-200), size: bytes.length }, { uploaded: bytes.slice().buffer });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      note(field, "");
      model.set("alert_at", [error.message, field.name]);
      model.set("alert", error.message);
      model.save_changes();
    }
  }

  /** What is being typed stays, whatever comes from the host meanwhile. */
  const typed = new Map();
  let isBuilding = false;
  const typing = (field, commit) => {
    const settle = (event) => {
      if (typed.delete(field.name)) commit(event);
    };
    return {
      oninput: (event) => typed.set(field.name, event.target.value),
      onchange: settle,
      // A field that was rebuilt while someone typed has had no change that the browser knows of.
      onkeydown: (event) => {
        if (event.key === "Enter") settle(event);
      },
      onblur: (event) => {
        if (!isBuilding) settle(event);
      },
    };
  };

  const makers = {
    choice: (field, id) =>
      element("select", { id, onchange: (event) => tell(field.name, field.options[event.target.selectedIndex][0]) },
        ...field.options.map(([, text]) => element("option", {}, text))),
    number: (field, id) =>
      element("input", {
        id, type: "number", inputmode: "decimal", min: field.min, max: field.max, step: field.step ?? 1,
        ...typing(field, (event) => {
          if (event.target.value !== "") tell(field.name, Number(event.target.value));
          else event.target.value = shownValue(model.get("values")[field.name], field);
        }),
      }),
    range: (field, id) => {
      const read = element("output", { for: id, class: "dw-number" });
      const input = element("input", {
        id, type: "range", min: field.min, max: field.max, step: field.step ?? 1,
        oninput: (event) => (read.value = event.target.value),
        onchange: (event) => tell(field.name, Number(event.target.value)),
      });
      return [input, read];
    },
    text: (field, id) => element("input", { id, type: "text", maxlength: field.max_length ?? 200, ...typing(field, (event) => tell(field.name, event.target.value)) }),
    check: (field, id) => element("input", { id, type: "checkbox", onchange: (event) => tell(field.name, event.target.checked) }),
  };

  function make(field) {
    const id = `${me}-${field.name}`;
    const help = field.help ? element("p", { class: "dw-form-help dw-muted", id: `${id}-help` }, field.help) : null;
    if (field.kind === "heading") return { field, part: element("h3", {}, field.label) };
    if (field.kind === "note") return { field, part: element("p", { class: "dw-muted" }, field.label) };
    if (field.kind === "button") {
      const input = button(field.label, () => tell(field.name, true), { text: field.label });
      input.removeAttribute("title");
      if (field.primary) input.classList.add("dw-primary");
      return { field, input, control: input, part: input };
    }
    if (field.kind === "link") {
      const done = element("span", { role: "status", class: "dw-muted" });
      const input = button(field.label, async () => {
        await navigator.clipboard.writeText(new URL(model.get("values")[field.name], location.href).href);
        done.textContent = field.done;
      }, { text: field.label });
      input.removeAttribute("title");
      return { field, input, control: input, part: element("span", { class: "dw-row" }, input, done) };
    }
    if (field.kind === "file") {
      const chooser = element("input", { type: "file", accept: field.accept, multiple: Boolean(field.many), hidden: true, tabindex: "-1", "aria-label": field.label });
      chooser.addEventListener("change", () => openFiles(field, chooser));
      const input = button(field.label, () => chooser.click(), { text: field.label });
      input.removeAttribute("title");
      const told = element("p", { class: "dw-form-help dw-muted", role: "status" }, notes.get(field.name) ?? "");
      return { field, input, control: input, note: told, part: element("span", {}, input, chooser, help, told) };
    }
    if (field.kind === "pictures") {
      const title = element("span", { id: `${id}-label` }, field.label);
      const options = field.options.map(([value, text, source]) => {
        const option = button(text, () => tell(field.name, value), { text: "" });
        option.replaceChildren(element("img", { src: source, alt: "" }));
        option.disabled = Boolean(field.disabled);
        return option;
      });
      const row = element("div", { class: "dw-row", role: "group", "aria-labelledby": title.id }, ...options);
      return { field, control: row, part: element("div", { class: "dw-form-pictures" }, title, row, help) };
    }
    const [input, ...others] = [makers[field.kind](field, id)].flat();
    if (help) input.setAttribute("aria-describedby", help.id);
    const label = element("label", { for: id }, field.label);
    const isCheck = field.kind === "check";
    const part = element("div", { class: `dw-form-${field.kind}` }, ...(isCheck ? [input, label] : [label, input, ...others]), help);
    return { field, input, control: input, read: others[0], part };
  }

  function build() {
    const focused = [...made].find(([, each]) => each.input && isFocused(each.input))?.[0];
    made.clear();
    const parts = [];
    let row = null;
    for (const field of model.get("fields")) {
      const each = make(field);
      made.set(field.name, each);
      each.part.hidden = Boolean(field.hidden);
      if (each.input) each.input.disabled = Boolean(field.disabled);
      const isInRow = ["button", "file", "link"].includes(field.kind);
      if (isInRow && !row) parts.push((row = element("div", { class: "dw-row dw-form-buttons" })));
      if (isInRow) row.append(each.part);
      else {
        row = null;
        parts.push(each.part);
      }
    }
    isBuilding = true; // what is taken away while it has the focus is blurred
    form.replaceChildren(...parts);
    isBuilding = false;
    show();
    alert.place();
    const input = made.get(focused)?.input;
    input?.focus();
    if (!typed.has(focused)) input?.select?.();
  }

  const isFocused = (input) => input === root.getRootNode().activeElement;

  function show() {
    const values = model.get("values");
    for (const [name, { field, input, read }] of made) {
      if (!input || !(name in values)) continue;
      if (field.kind === "choice") input.selectedIndex = field.options.findIndex(([value]) => value === values[name]);
      else if (field.kind === "check") input.checked = Boolean(values[name]);
      else if (field.kind !== "button" && field.kind !== "link" && field.kind !== "file") {
        const text = typed.get(name) ?? shownValue(values[name], field);
        if (input.value !== text) { // else the cursor would be moved
          input.value = text;
          // A value that arrives when a reader is about to type should be typed over, not added to.
          if (!typed.has(name) && isFocused(input)) input.select();
        }
      }
      if (read) read.value = shownValue(values[name], field);
    }
  }

  const offs = [
    alert.off,
    keepKeys(root),
    listen(model, ["fields"], build),
    listen(model, ["values", "shown"], show),
    listen(model, ["file_count"], () => {
      const { to, name } = model.get("file_for");
      if (to === me) download(new Blob([bytesOf(model.get("file"))]), name);
    }),
  ];
  build();
  el.append(root);
  return () => {
    for (const off of offs) off();
    root.remove();
  };
}

export default { render };
