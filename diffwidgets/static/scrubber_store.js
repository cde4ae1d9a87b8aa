import { bytesOf, download, hasKernel, isStatic, listen, sendTraits } from "./common.js";
import { advanceClock, readParts, ScrubbedRun } from "./scrubber_frames.js";

/** Steps a second at speed 1; exported films use the same. */
const STEPS_A_SECOND = 12;
const LIVE_STATES = ["queued", "running", "paused"];
const SHOWN_TRAITS = ["view", "loop", "speed", "quantity", "comparing", "state", "n_steps", "can_run_on"];

/** What all views of one widget on a page share: the pictures, the step that is shown, the clock. */
class ScrubberStore {
  constructor() {
    /** @type {Set<{model: import("./common.js").WidgetModel, redraw: () => void, isVisible: boolean}>} */
    this.views = new Set();
    /** @type {Map<number, ScrubbedRun>} */
    this.runs = new Map();
    this.client = Math.random().toString(36).slice(2);
    this.count = 0;
    this.position = 0;
    this.step = 0;
    this.divider = 0.5;
    this.isPlaying = false;
    this.isUnanswered = false;
    this.waiting = {};
    this.written = [];
  }

  /** @returns {import("./common.js").WidgetModel} of any view: all have the same traits */
  get model() {
    return this.views.values().next().value.model;
  }

  /** @param {"a" | "b"} side */
  run(side) {
    return this.runs.get(this.model.get("runs")[side]?.id) ?? new ScrubbedRun();
  }

  /** Whether the run goes on at this moment. */
  get isLive() {
    return LIVE_STATES.includes(this.model.get("state")) && hasKernel(this.model);
  }

  /** Whether a step was chosen, here or in Python, which newer ones do not take the place of. */
  get isHeld() {
    return Boolean(this.model.get("is_held"));
  }

  /** The step whose values are shown: the newest one, while that of the widget has not come yet. */
  get shown() {
    return Math.max(0, Math.min(this.step, this.run("a").latest));
  }

  get isComparing() {
    return Boolean(this.model.get("comparing") && this.model.get("runs").b && this.run("b").latest >= 0);
  }

  redraw() {
    for (const view of this.views) view.redraw();
  }

  attach(view) {
    this.views.add(view);
    if (this.views.size > 1) return;
    this.isWatched = view.isVisible;
    this.step = this.position = this.model.get("step");
    this.divider = this.model.get("divider");
    this.isFollowing = this.isLive && !this.isHeld;
    this.takeRuns();
    this.takePlaying();
  }

  detach(view) {
    if (this.views.size > 1) {
      this.views.delete(view);
      this.takeVisibility();
      return;
    }
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    clearTimeout(this.askTimer);
    if (this.isPlaying) this.write({ playing: false, step: this.step });
    this.isPlaying = false;
    if (!isStatic(this.model)) this.write({ want: this.wish(false) });
    this.flush();
    this.views.delete(view);
  }

  // -- traits that come

  takeRuns() {
    const wanted = Object.values(this.model.get("runs")).filter(Boolean).map((run) => run.id);
    for (const id of this.runs.keys()) if (!wanted.includes(id)) this.runs.delete(id);
    for (const id of wanted) if (!this.runs.has(id)) this.runs.set(id, new ScrubbedRun());
    if (this.isLive && !this.isHeld) this.isFollowing = true;
    this.chunk = null;
    this.takeChunk();
    this.ask(true);
  }

  takeChunk() {
    const chunk = this.model.get("chunk");
    if (chunk === this.chunk) return;
    this.chunk = chunk;
    for (const { header, body } of readParts(bytesOf(chunk))) {
      if (!this.runs.has(header.run)) continue; // of a run that is shown no more
      this.runs.get(header.run).add(header, body);
      this.isUnanswered = false;
    }
    this.together(() => {
      this.follow();
      this.ask(false);
    });
    this.redraw();
  }

  takeStep() {
    const step = this.model.get("step");
    // A host may give back, late, what was set while the clock ran on.
    if (step === this.step || (this.isPlaying && this.written.includes(step))) return;
    delete this.waiting.step; // of before
    this.step = this.position = step;
    this.isFollowing = this.isLive && !this.isHeld && step >= this.run("a").latest;
    this.redraw();
  }

  takeDivider() {
    this.divider = this.model.get("divider");
    this.redraw();
  }

  takePlaying() {
    const isPlaying = Boolean(this.model.get("playing"));
    if (isPlaying === this.isPlaying) return;
    this.isPlaying = isPlaying;
    cancelAnimationFrame(this.frame);
    if (isPlaying) {
      if (this.run("a").hasEnded && this.step >= this.run("a").latest) this.show(0);
      this.position = this.shown;
      this.before = undefined;
      this.frame = requestAnimationFrame((now) => this.tick(now));
    }
    this.redraw();
  }

  takeVisibility() {
    const isWatched = [...this.views].some((view) => view.isVisible);
    if (isWatched === this.isWatched) return;
    this.isWatched = isWatched;
    this.ask(true);
  }

  // -- traits that go

  /** Set traits; what is set often goes to the kernel ten times a second, and in the end. */
  write(values) {
    Object.assign(this.waiting, values);
    if (this.isCollecting || this.timer !== undefined) return;
    this.flush();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (Object.keys(this.waiting).length) this.write({});
    }, 100);
  }

  /** Send what an action writes in one message: each keeps the kernel and the page busy. */
  together(action) {
    this.isCollecting = true;
    action();
    this.isCollecting = false;
    if (Object.keys(this.waiting).length) this.write({});
  }

  flush() {
    const entries = Object.entries(this.waiting);
    if (!entries.length) return;
    this.waiting = {};
    for (const [name, value] of entries) {
      if (name === "step") this.written = [...this.written.slice(-5), value];
    }
    sendTraits(this.model, Object.fromEntries(entries));
  }

  /** Set traits at once. */
  set(values) {
    Object.assign(this.waiting, values);
    this.flush();
  }

  wish(isWatching, again = true) {
    const runs = {};
    for (const [id, run] of this.runs) if (!run.hasEnded) runs[id] = run.next;
    return { client: this.client, count: ++this.count, watching: isWatching, again, runs };
  }

  /**
   * Say what has come and what is still missing.
   * @param {boolean} again whether what was sent meanwhile may be lost
   */
  ask(again) {
    clearTimeout(this.askTimer);
    if (!this.views.size || isStatic(this.model) || !hasKernel(this.model)) return;
    const isWatched = this.isWatched ?? true;
    const wish = this.wish(isWatched, again);
    if (isWatched && !Object.keys(wish.runs).length) return;
    // A later wish may take the place of one that has not left the page: what it asked for is asked until it comes.
    this.isUnanswered = wish.again ||= this.isUnanswered;
    this.write({ want: wish });
    if (isWatched) this.askTimer = setTimeout(() => this.ask(true), 4000);
  }

  // -- moving

  /** Show a step, and tell the kernel. */
  show(step) {
    const latest = this.run("a").latest;
    const target = Math.max(0, Math.min(step, latest));
    this.isFollowing = this.isLive && target >= latest;
    this.position = target;
    this.written = [];
    if (this.isLive || this.isHeld) this.write({ is_held: this.isLive && !this.isFollowing });
    this.put(target);
  }

  put(step, more = {}) {
    if (step === this.step) return;
    this.step = step;
    this.write({ step, ...more });
    this.redraw();
  }

  /** Move the line between the two runs. */
  wipe(fraction) {
    this.divider = Math.min(1, Math.max(0, fraction));
    this.write({ divider: this.divider });
    this.redraw();
  }

  follow() {
    if (this.isFollowing && !this.isPlaying && this.run("a").latest >= 0) {
      this.position = this.run("a").latest;
      this.put(this.position, { follow_count: this.model.get("follow_count") + 1 });
    }
  }

  play(isPlaying) {
    this.set({ playing: isPlaying, step: this.step });
    this.takePlaying();
  }

  tick(now) {
    if (!this.isPlaying) return;
    const clock = advanceClock(this.position, now - (this.before ?? now), {
      rate: STEPS_A_SECOND * this.model.get("speed"),
      latest: this.run("a").latest,
      isLooping: this.model.get("loop"),
      isFilling: !this.run("a").hasEnded && hasKernel(this.model),
    });
    this.before = now;
    this.position = clock.position;
    this.put(clock.step);
    if (clock.hasEnded) this.play(false);
    else this.frame = requestAnimationFrame((next) => this.tick(next));
  }

  // -- files

  /** Ask the kernel for a file of the run. */
  export(kind) {
    this.asked = { client: this.client, count: ++this.count, kind };
    this.set({ step: this.shown, export_request: this.asked });
    this.redraw();
  }

  takeExport() {
    for (const { header, body } of readParts(bytesOf(this.model.get("export_result")))) {
      if (header.client !== this.client || header.count !== this.asked?.count) continue;
      this.asked = null;
      if (header.name) download(new Blob([body], { type: header.mime }), header.name);
      this.set({ export_request: {} });
      this.redraw();
    }
  }
}

/** @type {Map<string, ScrubberStore>} by the widget's own mark: hosts give each view a model object of its own */
const scrubberStores = new Map();

/**
 * Put a view of a widget to the others.
 * @param {{model: import("./common.js").WidgetModel, redraw: () => void, isVisible: boolean}} view
 * @returns {{store: ScrubberStore, leave: () => void}}
 */
export function joinStore(view) {
  const mark = view.model.get("mark");
  const store = scrubberStores.get(mark) ?? new ScrubberStore();
  scrubberStores.set(mark, store);
  store.attach(view);
  const offs = [
    listen(view.model, ["runs"], () => store.takeRuns()),
    listen(view.model, ["chunk"], () => store.takeChunk()),
    listen(view.model, ["step"], () => store.takeStep()),
    listen(view.model, ["divider"], () => store.takeDivider()),
    listen(view.model, ["playing"], () => store.takePlaying()),
    listen(view.model, ["export_result"], () => store.takeExport()),
    listen(view.model, SHOWN_TRAITS, () => store.redraw()),
  ];
  const leave = () => {
    for (const off of offs) off();
    store.detach(view);
    if (!store.views.size) scrubberStores.delete(mark);
  };
  return { store, leave };
}
