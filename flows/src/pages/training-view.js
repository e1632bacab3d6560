// Keeps what the Training page shows: the latest runs, the epochs of the one that goes on, what was refused last.
// Comes in: what model-train sends on output 1, and its errors.
const EPOCHS = 200;
const RUNS = 20;

const view = context.get("view") || { model: "", place: "", runs: [], curve: { id: "", points: [] }, trouble: null };
context.set("view", view);

/** Epochs of one run; another's begin anew. */
function remember(run) {
  const { epoch, macro_f1, variant } = run.progress || {};
  if (typeof epoch !== "number") return;
  if (view.curve.id !== run.id) view.curve = { id: run.id, points: [] };
  const { points } = view.curve;
  const last = points[points.length - 1];
  if (last && last.epoch === epoch && last.variant === variant) return;
  points.push({ epoch, variant: variant || "", macro_f1: typeof macro_f1 === "number" ? macro_f1 : null });
  if (points.length > EPOCHS) points.shift();
}

const { event, error } = msg;
if (error) {
  // A report that is asked for over HTTP is refused there; a run that failed says so itself.
  if (msg.res || (event && event.kind === "failed")) return null;
  view.error = { text: error.message.replace(/^\w*Error: /, ""), at: new Date().toISOString() };
} else if (event && event.kind === "state") {
  Object.assign(view, { model: event.model, place: event.place, runs: event.runs, trouble: event.trouble || null });
  view.ring = event.ring;
  event.runs.forEach(remember);
} else if (event && event.kind === "promoted") {
  view.promoted = event;
} else if (event && event.run) {
  const { run } = event;
  const others = view.runs.filter((each) => each.id !== run.id);
  view.runs = [run, ...others].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, RUNS);
  if (event.kind === "already") {
    const became = run.failure ? `${run.phase}: ${run.failure.text}` : run.phase;
    view.error = { text: `${event.cause} was asked for before, and is ${became}`, at: event.at };
  }
  remember(run);
} else {
  return null;
}
return { payload: RED.util.cloneMessage(view) };
