// Keeps the records that the pages link to: the last ones, and those that an alert names as its evidence. Older ones are
// in the bucket, by device and number.
const LAST = 500;

const records = flow.get("ldos") || new Map();
flow.set("ldos", records);

if (msg.ldo) {
  records.delete(msg.ldo.ldo_id);
  const { outcome } = msg.ldo.decision || {};
  records.set(msg.ldo.ldo_id, { ldo: msg.ldo, evidence: outcome === "alert" || outcome === "delayed" });
  const surplus = records.size - LAST;
  if (surplus > 0) {
    const old = [...records].filter(([, record]) => !record.evidence).slice(0, surplus);
    for (const [id] of old.length > 0 ? old : [...records].slice(0, surplus)) records.delete(id);
  }
}
return null;
