/** A model as anywidget's hosts give it, without a kernel behind it. */
function pageModel(state) {
  const handlers = new Map();
  return {
    get: (name) => state[name],
    set(name, value) {
      const old = state[name];
      state[name] = value instanceof ArrayBuffer ? new DataView(value) : value;
      if (old !== value) for (const handler of [...(handlers.get(`change:${name}`) ?? [])]) handler();
    },
    save_changes() {},
    send() {},
    on: (event, handler) => handlers.set(event, (handlers.get(event) ?? new Set()).add(handler)),
    off: (event, handler) => handlers.get(event)?.delete(handler),
  };
}

const { parts, links } = JSON.parse(document.getElementById("page").textContent);
const models = [];
for (const { state, buffers, source } of parts) {
  for (const [name, text] of Object.entries(buffers)) {
    state[name] = new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  }
  state.is_static = true;
  const model = pageModel(state);
  const loaded = (await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })))).default;
  const widget = typeof loaded === "function" ? await loaded() : loaded;
  const el = document.createElement("div");
  document.getElementById("widgets").append(el);
  models.push(model);
  await widget.initialize?.({ model });
  await widget.render({ model, el });
}
for (const { from, to, values } of links) {
  const [source, name] = from;
  const [target, shown] = to;
  models[source].on(`change:${name}`, () => models[target].set(shown, values[models[source].get(name)]));
}
