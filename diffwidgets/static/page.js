const state = JSON.parse(document.getElementById("state").textContent);
for (const [name, text] of Object.entries(JSON.parse(document.getElementById("buffers").textContent))) {
  state[name] = new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
}
state.is_static = true;
const handlers = new Map();
const model = {
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
const source = JSON.parse(document.getElementById("source").textContent);
const loaded = (await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })))).default;
const widget = typeof loaded === "function" ? await loaded() : loaded;
await widget.initialize?.({ model });
await widget.render({ model, el: document.getElementById("widget") });
