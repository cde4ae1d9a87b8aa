import { say } from "./common.js";

/**
 * The mathematics of a schedule that is drawn through points, without a page. The same as PointSchedule in Python.
 *
 * @typedef {[number, number]} ControlPoint a time from 0 to 1, and beta at this time
 * @typedef {"beta" | "alpha_bar" | "sigma" | "log_snr"} Quantity
 * @typedef {"vp" | "sub-vp"} Diffusion
 */

export const MOST_POINTS = 64;
export const BETA_LIMITS = [1e-4, 1e5];
/** Times of points keep this distance when they are moved, so that each can still be taken hold of. */
export const DISTANCE = 0.004;
const LEAST_DISTANCE = 1e-6;

/** The slope that the curve has at an end, by a one-sided estimate that keeps the shape (Moler 2004). */
function endSlope(h0, h1, m0, m1) {
  const slope = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1);
  if (Math.sign(slope) !== Math.sign(m0)) return 0;
  return Math.sign(m0) !== Math.sign(m1) && Math.abs(slope) > 3 * Math.abs(m0) ? 3 * m0 : slope;
}

/** beta(t) through control points, by the monotone cubic of Fritsch and Carlson, and its exact integral. */
export class ScheduleCurve {
  /** @param {ControlPoint[]} points */
  constructor(points) {
    const times = points.map((point) => point[0]);
    const betas = points.map((point) => point[1]);
    const last = points.length - 1;
    const h = times.slice(1).map((time, k) => time - times[k]);
    const m = h.map((width, k) => (betas[k + 1] - betas[k]) / width);
    const slopes = betas.map((_, k) => {
      if (last === 1) return m[0];
      if (k === 0) return endSlope(h[0], h[1], m[0], m[1]);
      if (k === last) return endSlope(h[last - 1], h[last - 2], m[last - 1], m[last - 2]);
      if (m[k - 1] * m[k] <= 0) return 0;
      const [w1, w2] = [2 * h[k] + h[k - 1], h[k] + 2 * h[k - 1]];
      return (w1 + w2) / (w1 / m[k - 1] + w2 / m[k]);
    });
    this.knots = times;
    let area = 0;
    this.pieces = h.map((width, k) => {
      const bend = (slopes[k] + slopes[k + 1] - 2 * m[k]) / width;
      const piece = { a: bend / width, b: (m[k] - slopes[k]) / width - bend, c: slopes[k], d: betas[k], area };
      area = areaOf(piece, width);
      return piece;
    });
  }

  /** @param {number} t */
  _pieceAt(t) {
    let low = 0;
    let high = this.pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.knots[middle] <= t) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** @param {number} t @returns {number} beta(t) */
  beta(t) {
    const k = this._pieceAt(t);
    const { a, b, c, d } = this.pieces[k];
    const s = t - this.knots[k];
    return ((a * s + b) * s + c) * s + d;
  }

  /** @param {number} t @returns {number} the integral of beta over [0, t] */
  integral(t) {
    const k = this._pieceAt(t);
    return areaOf(this.pieces[k], t - this.knots[k]);
  }
}

function areaOf({ a, b, c, d, area }, s) {
  return (((a / 4 * s + b / 3) * s + c / 2) * s + d) * s + area;
}

/** Beta and its integral, known at some times, with straight lines between. */
export class SampledCurve {
  /** @param {{t: number[], beta: number[], integral: number[]}} samples */
  constructor(samples) {
    this.samples = samples;
  }

  _at(name, t) {
    const { t: times, [name]: values } = this.samples;
    let k = times.findIndex((time) => time >= t);
    if (k === 0) return values[0];
    if (k < 0) return values[values.length - 1];
    const share = (t - times[k - 1]) / (times[k] - times[k - 1]);
    return values[k - 1] + share * (values[k] - values[k - 1]);
  }

  /** @param {number} t */
  beta(t) {
    return this._at("beta", t);
  }

  /** @param {number} t */
  integral(t) {
    return this._at("integral", t);
  }
}

/**
 * @param {Quantity} name
 * @param {{beta: (t: number) => number, integral: (t: number) => number}} curve
 * @param {number} t
 * @param {Diffusion} diffusion
 * @returns {number} the value of a quantity at a time
 */
export function quantityAt(name, curve, t, diffusion) {
  if (name === "beta") return curve.beta(t);
  const integral = curve.integral(t);
  if (name === "alpha_bar") return Math.exp(-integral);
  const noise = -Math.expm1(-integral);
  if (name === "sigma") return diffusion === "vp" ? Math.sqrt(noise) : noise;
  return -integral - (diffusion === "vp" ? 1 : 2) * Math.log(noise);
}

function noiseLevelAt(curve, t, diffusion) {
  return Math.exp(-quantityAt("log_snr", curve, t, diffusion) / 2);
}

/** The time that has a noise level, by bisection, or the nearer end of [0, 1]. */
function timeOfNoiseLevel(curve, level, diffusion) {
  if (level >= noiseLevelAt(curve, 1, diffusion)) return 1;
  let [low, high] = [0, 1];
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (noiseLevelAt(curve, middle, diffusion) < level) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The times at which a sampler looks: the same as `time_grid` in Python.
 * @param {ScheduleCurve} curve
 * @param {Diffusion} diffusion
 * @param {number} count
 * @param {"time" | "log-snr" | "karras"} kind
 * @returns {number[]} falling times; none if the diffusion hardly adds noise
 */
export function timeGrid(curve, diffusion, count, kind) {
  const last = timeOfNoiseLevel(curve, 1000, diffusion);
  const [high, low] = [noiseLevelAt(curve, last, diffusion), 0.01];
  if (!(low < high)) return [];
  const end = timeOfNoiseLevel(curve, low, diffusion);
  const [highRoot, lowRoot] = [high ** (1 / 7), low ** (1 / 7)];
  return Array.from({ length: count }, (_, k) => {
    if (k === 0) return last;
    const share = k / (count - 1);
    if (kind === "time") return last + share * (end - last);
    const level = kind === "karras" ? (highRoot + share * (lowRoot - highRoot)) ** 7 : high * (low / high) ** share;
    return timeOfNoiseLevel(curve, level, diffusion);
  });
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** @param {number} value @param {number} digits @returns {number} the value with this number of significant digits */
export function rounded(value, digits) {
  return Number(value.toPrecision(digits));
}

/**
 * @param {ControlPoint[]} points
 * @param {number} index
 * @returns {[number, number]} between which times a point can be
 */
export function timeRange(points, index) {
  if (index === 0) return [0, 0];
  if (index === points.length - 1) return [1, 1];
  return [points[index - 1][0] + DISTANCE, points[index + 1][0] - DISTANCE];
}

/**
 * Move a point as far as it may go: between its neighbours, the first and last only up and down.
 * @param {ControlPoint[]} points
 * @param {number} index
 * @param {number} t
 * @param {number} beta
 * @returns {ControlPoint[]} new points
 */
export function movePoint(points, index, t, beta) {
  const [low, high] = timeRange(points, index);
  // Points that stand closer than that were given by numbers: they stay where they are.
  const time = low > high ? points[index][0] : clamp(rounded(t, 4), low, high);
  const moved = /** @type {ControlPoint} */ ([rounded(time, 12), clamp(rounded(beta, 4), ...BETA_LIMITS)]);
  return points.map((point, k) => (k === index ? moved : point));
}

/**
 * @param {ControlPoint[]} points
 * @param {number} t
 * @returns {{points: ControlPoint[], index: number} | null} with a point more, on the curve; null if there is no room for it
 */
export function addPoint(points, t) {
  const index = points.findIndex((point) => point[0] > t);
  if (points.length >= MOST_POINTS || index < 1) return null;
  const time = rounded(t, 4);
  if (time - points[index - 1][0] < DISTANCE || points[index][0] - time < DISTANCE) return null;
  const added = /** @type {ControlPoint} */ ([time, clamp(rounded(new ScheduleCurve(points).beta(t), 4), ...BETA_LIMITS)]);
  return { points: [...points.slice(0, index), added, ...points.slice(index)], index };
}

/**
 * @param {ControlPoint[]} points
 * @param {number} index
 * @returns {ControlPoint[] | null} without a point; null for the first and last, which hold the ends
 */
export function removePoint(points, index) {
  if (index <= 0 || index >= points.length - 1) return null;
  return points.filter((_, k) => k !== index);
}

/**
 * Find the beta of a point for which a quantity has a value at the point's time. Every quantity is monotone in it, so
 * what cannot be reached comes as near as it may: no drag makes the noise shrink with time.
 * @param {ControlPoint[]} points
 * @param {number} index
 * @param {Quantity} name
 * @param {number} value
 * @param {Diffusion} diffusion
 * @returns {number}
 */
export function betaFor(points, index, name, value, diffusion) {
  if (name === "beta") return clamp(value, ...BETA_LIMITS);
  const [t, current] = points[index];
  if (t === 0) return current;
  const rises = name === "sigma";
  let [low, high] = BETA_LIMITS.map(Math.log);
  for (let k = 0; k < 50; k++) {
    const middle = (low + high) / 2;
    const moved = points.map((point, j) => (j === index ? [t, Math.exp(middle)] : point));
    const found = quantityAt(name, new ScheduleCurve(/** @type {ControlPoint[]} */ (moved)), t, diffusion);
    if (found < value === rises) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/**
 * Change the points before one so that the noise from the end of its piece on stays what it was: what a sampler has
 * done down to there holds. The point goes as far as the others can make up for it.
 * @param {ControlPoint[]} before the points as they were
 * @param {ControlPoint[]} moved the points with the one at `index` moved
 * @param {number} index
 * @returns {ControlPoint[]} `before` for the first point, which has none before it
 */
export function keepEnd(before, moved, index) {
  if (index === 0) return before;
  // A slope depends on the next points to both sides, so the curve is as it was from the second point after on.
  const end = before[Math.min(index + 2, before.length - 1)][0];
  const wanted = new ScheduleCurve(before).integral(end);
  const [from, to] = [before[index], moved[index]];
  /** The point moved by a share of its way, and all before it scaled. @returns {ControlPoint[]} */
  const tried = (part, factor) =>
    before.map(([t, beta], k) => {
      if (k < index) return [t, clamp(beta * factor, ...BETA_LIMITS)];
      return k > index ? [t, beta] : [t + part * (to[0] - t), beta * (to[1] / from[1]) ** part];
    });
  const areaFor = (part, factor) => new ScheduleCurve(tried(part, factor)).integral(end);
  const [least, most] = [0.1, 10];
  const isPossible = (part) => areaFor(part, least) <= wanted && wanted <= areaFor(part, most);
  const part = isPossible(1) ? 1 : bisected(0, 1, isPossible);
  const power = bisected(Math.log(least), Math.log(most), (trial) => areaFor(part, Math.exp(trial)) < wanted);
  return tried(part, Math.exp(power));
}

/** The place between two where a condition ceases to hold. */
function bisected(low, high, holds) {
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * @param {any} points
 * @param {{get: (name: string) => any}} [model] of the widget that says it; English without
 * @returns {string} what is wrong with points, or nothing
 */
export function problemOf(points, model = { get: () => null }) {
  if (!Array.isArray(points) || !points.every((point) => Array.isArray(point) && point.length === 2 && point.every(Number.isFinite))) {
    return say(model, "Points must be pairs of finite numbers (t, β).");
  }
  if (points.length < 2 || points.length > MOST_POINTS) return say(model, "There must be 2 to {most} points, but there are {count}.", { most: MOST_POINTS, count: points.length });
  if (points[0][0] !== 0 || points[points.length - 1][0] !== 1) return say(model, "The first point must be at t = 0 and the last at t = 1.");
  const wrong = points.findIndex((point, k) => k > 0 && point[0] - points[k - 1][0] < LEAST_DISTANCE);
  if (wrong > 0) {
    const values = { point: wrong + 1, before: wrong, least: points[wrong - 1][0], t: points[wrong][0] };
    return say(model, "t of point {point} must be more than that of point {before}, {least}, but is {t}.", values);
  }
  const [low, high] = BETA_LIMITS;
  const off = points.findIndex((point) => point[1] < low || point[1] > high);
  if (off < 0) return "";
  return say(model, "β of point {point} must be from {low} to {high}, but is {beta}.", { point: off + 1, low, high, beta: points[off][1] });
}

const MOST_HISTORY = 50;

/**
 * Note down points that were settled on.
 * @param {ControlPoint[][]} history all that can be gone back to
 * @param {number} position of the present points in it
 * @param {ControlPoint[]} points
 * @returns {{history: ControlPoint[][], position: number}}
 */
export function noted(history, position, points) {
  if (JSON.stringify(history[position]) === JSON.stringify(points)) return { history, position };
  const longer = [...history.slice(0, position + 1), points].slice(-MOST_HISTORY);
  return { history: longer, position: longer.length - 1 };
}

/** @param {number} low @param {number} high @param {number} count @returns {number[]} about `count` round numbers */
export function roundTicks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) => rounded((first + k) * step, 10) + 0);
}

/** @param {number} low @param {number} high @returns {number[]} powers of ten; 2 and 5 times these too if they are few */
export function powerTicks(low, high) {
  const [first, last] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  const step = last - first > 6 ? 2 : 1;
  const powers = Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, k) => 10 ** (first + k * step));
  const ticks = last - first > 2 ? powers : powers.flatMap((power) => [power, 2 * power, 5 * power]);
  return ticks.map((tick) => rounded(tick, 6)).filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

/**
 * @param {Quantity} name
 * @param {number[]} values of all lines
 * @param {boolean} isLog whether beta has a logarithmic axis
 * @param {number[]} [drawn] values of the line that is drawn, which must not be small beside the others
 * @returns {[number, number]} between which values the axis runs, with room to drag to
 */
export function axisRange(name, values, isLog, drawn = values) {
  if (name === "alpha_bar" || name === "sigma") return [0, 1];
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (name === "log_snr") return [5 * Math.floor(Math.max(low, -40) / 5 - 0.2), 10];
  if (!isLog) return [0, 1.25 * Math.min(high, 2.5 * Math.max(...drawn))];
  return [10 ** Math.floor(Math.log10(low / 2)), 10 ** Math.ceil(Math.log10(high * 2))];
}

/** @param {number} value @returns {string} short, with a true minus */
export function shortNumber(value) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e5)) return String(rounded(value, 3)).replace("-", "−");
  const [digits, power] = value.toExponential(1).split("e");
  const raised = [...power.replace("+", "")].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("");
  return (digits === "1.0" ? `10${raised}` : `${digits.replace(".0", "")}·10${raised}`).replace("-", "−");
}
