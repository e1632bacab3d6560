// Which of two open records needs attention more: not shelved, active, not acknowledged, severe, new; in this order.
const RANK = ["low", "medium", "high", "critical"];

function byUrgency(a, b) {
  const [left, right] = [a, b].map(({ shelved_until, active, acknowledged, severity, raised_at }) => [
    Number(shelved_until === null),
    Number(active),
    Number(acknowledged === null),
    RANK.indexOf(severity),
    Date.parse(raised_at),
  ]);
  const i = left.findIndex((value, at) => value !== right[at]);
  return i < 0 ? 0 : right[i] - left[i];
}
