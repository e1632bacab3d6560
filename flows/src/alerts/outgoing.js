// What must go out waits here: one at a time, in order, again until it is taken, with growing pauses.
const MOST_WAITING = 1000;
const MOST_REMEMBERED = 2000;
const LONGEST_PAUSE_S = 60;

const state = context.get("state") || { waiting: [], done: [], busyUntil: 0, tries: 0 };
context.set("state", state);

/** Names one transition for ever; what comes twice goes out once. */
const keyOf = (mer) => mer.mer_id + "/" + (mer.transition ? mer.transition.number : mer.updated_at);
const seconds = (name, otherwise) => Number(env.get(name)) || otherwise;

/** @returns what found no room, or undefined */
function add(key, what) {
  if (state.done.includes(key) || state.waiting.some((each) => each.key === key)) return undefined;
  state.waiting.push({ key, what });
  if (state.waiting.length <= MOST_WAITING) return undefined;
  // The first one may be on its way.
  const [dropped] = state.waiting.splice(1, 1);
  node.warn(MOST_WAITING + " wait already: " + dropped.key + " was dropped");
  return dropped;
}

/** The first one, when nothing is on its way. Somebody must answer within `limitS`, or it goes out again. */
function next(limitS) {
  const now = Date.now();
  const first = state.waiting[0];
  if (!first || now < state.busyUntil) return undefined;
  state.busyUntil = now + limitS * 1000;
  wakeAt(state.busyUntil);
  return first;
}

/** What is on its way has arrived, or never will. */
function finish(key) {
  if (!state.waiting[0] || state.waiting[0].key !== key) return;
  state.waiting.shift();
  state.done = [...state.done, key].slice(-MOST_REMEMBERED);
  state.tries = 0;
  state.busyUntil = 0;
}

function again(key, atLeastS = 0) {
  if (!state.waiting[0] || state.waiting[0].key !== key) return;
  const pause = Math.min(LONGEST_PAUSE_S, seconds("RETRY_AFTER_S", 1) * 2 ** state.tries) * (0.8 + 0.4 * Math.random());
  state.tries += 1;
  state.busyUntil = Date.now() + Math.max(pause, atLeastS) * 1000;
  wakeAt(state.busyUntil);
}

function wakeAt(at) {
  setTimeout(() => node.send([go(), null]), Math.max(0, at - Date.now()) + 5);
}

function show() {
  const { waiting, tries } = state;
  if (tries > 0)
    node.status({ fill: "yellow", shape: "ring", text: waiting.length + " waiting · tried " + tries + " times" });
  else node.status({ fill: "green", shape: "dot", text: waiting.length + " waiting" });
}
