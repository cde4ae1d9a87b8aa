import { alertLine, element, listen, say } from "./common.js";
import { Refusal, droppedFiles, fitForSending, packedForSending, readFile } from "./sent_pictures.js";

/** @param {{model: import("./common.js").WidgetModel, el: HTMLElement}} context */
function render({ model, el }) {
  const tell = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  const navigation = element("nav", { "aria-label": model.get("words").pages });
  const menu = (name, options) => element("select", { onchange: (event) => tell({ [name]: event.target.value }) }, ...options);
  const language = menu("language_choice", []);
  const theme = menu("theme", []);
  const lost = element("div", { class: "dw-shell-lost", role: "alert" });
  const alert = alertLine(model);
  const told = element("p", { class: "dw-shell-told dw-muted", role: "status" });
  const root = element("div", { class: "dw dw-shell" }, navigation, element("div", { class: "dw-shell-menus" }, language, theme), told, alert.line, lost);
  let timer = 0;

  const visit = (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { page } = event.target.dataset;
    // The entry of the history is there before the server answers: Back may be pressed at once.
    const query = new URLSearchParams(location.search);
    query.set("page", page);
    if (page !== model.get("page")) history.pushState(null, "", `?${query}`);
    tell({ page });
  };
  const show = () => {
    const words = model.get("words");
    navigation.setAttribute("aria-label", words.pages);
    const links = model.get("pages").map(([name, text]) =>
      element("a", { href: `?page=${name}`, "data-page": name, "aria-current": name === model.get("page") ? "page" : null, onclick: visit }, text));
    const hasFocus = navigation.contains(root.getRootNode().activeElement);
    navigation.replaceChildren(...links);
    if (hasFocus) navigation.querySelector("[aria-current]")?.focus();
    const fill = (select, label, options, value) => {
      select.setAttribute("aria-label", label);
      select.replaceChildren(...options.map(([name, text]) => element("option", { value: name, selected: name === value }, text)));
    };
    fill(language, words.language, model.get("languages"), model.get("language_choice"));
    fill(theme, words.theme, model.get("themes"), model.get("theme"));
    document.documentElement.lang = model.get("language_choice");
    document.title = model.get("title");
  };
  const media = matchMedia("(prefers-color-scheme: dark)");
  const dress = () => {
    const chosen = model.get("theme");
    const isDark = chosen === "dark" || (chosen === "auto" && media.matches);
    document.documentElement.style.colorScheme = isDark ? "dark" : "light";
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    if (model.get("is_dark") !== isDark) tell({ is_dark: isDark });
  };
  const address = () => {
    const query = model.get("query");
    const [before, now] = [location.search, query].map((text) => new URLSearchParams(text).get("page"));
    if (query === location.search || now !== model.get("page")) return; // the latter is of a page that was left
    history[before && before !== now ? "pushState" : "replaceState"](null, "", query || location.pathname);
  };
  const goBack = () => {
    const page = new URLSearchParams(location.search).get("page");
    if (page && page !== model.get("page")) tell({ page });
  };
  const wait = async () => {
    lost.textContent = model.get("words").lost;
    const answer = await fetch("healthz", { cache: "no-store" }).catch(() => null);
    if (answer?.ok) location.reload();
    else timer = setTimeout(wait, 2000);
  };
  const isLost = () => !lost.textContent && wait();
  const ask = (event) => {
    if (!model.get("asks_before_leaving") || lost.textContent) return;
    event.preventDefault();
    event.returnValue = ""; // older browsers ask for this
  };
  const over = (event) => {
    if (!event.dataTransfer?.types.includes("Files") || event.defaultPrevented) return;
    event.preventDefault();
    document.documentElement.classList.toggle("dw-dropping", event.type === "dragover" || event.type === "dragenter");
    if (event.type === "drop") take(droppedFiles(event.dataTransfer));
  };
  const isOfPictures = (files) => files.length > 1 || files[0].name.includes("/") || /\.zip$/i.test(files[0].name);
  async function take(dropped) {
    const files = await dropped;
    if (!files.length) return;
    told.textContent = "";
    try {
      const bounds = { most: model.get("max_bytes"), side: model.get("picture_side"), pixels: model.get("max_pixels") };
      const many = { ...bounds, side: model.get("training_side") };
      const first = async () => readFile(model, new File([await files[0].blob()], files[0].name));
      const { name, bytes, note } = model.get("takes_many") && isOfPictures(files)
        ? await packedForSending(model, files, many, (count, all) => (told.textContent = say(model, "Reading picture {count} of {all} …", { count: count + 1, all })))
        : await first().then(async (file) => ({ ...file, ...(await fitForSending(model, file, bounds)) }));
      const isLeft = files.length > 1 && !model.get("takes_many");
      told.textContent = [isLeft && say(model, "Only {file} was opened: open one file at a time.", { file: name }), note].filter(Boolean).join(" ");
      tell({ alert: "", dropped: bytes.slice().buffer, dropped_name: name.slice(-200), drop_count: model.get("drop_count") + 1 });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      told.textContent = "";
      tell({ alert: error.message });
    }
  }

  const offs = [
    alert.off,
    listen(model, ["pages", "page", "languages", "language_choice", "themes", "theme", "words", "title"], show),
    listen(model, ["page"], () => (told.textContent = "")),
    listen(model, ["theme"], dress),
    listen(model, ["query", "page"], address),
    () => media.removeEventListener("change", dress),
    () => window.removeEventListener("dw-lost", isLost),
    () => window.removeEventListener("popstate", goBack),
    () => window.removeEventListener("beforeunload", ask),
    () => clearTimeout(timer),
  ];
  media.addEventListener("change", dress);
  window.addEventListener("dw-lost", isLost);
  window.addEventListener("popstate", goBack);
  window.addEventListener("beforeunload", ask);
  const drops = ["dragenter", "dragover", "dragleave", "drop"];
  for (const event of drops) document.addEventListener(event, over);
  show();
  dress();
  address();
  el.append(root);
  return () => {
    for (const off of offs) off();
    for (const event of drops) document.removeEventListener(event, over);
    root.remove();
  };
}

export default { render };
