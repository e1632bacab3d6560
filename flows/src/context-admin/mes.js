// mes/contexts/<code>: a JSON object is stored, an empty message removes what was there.
const code = msg.topic.split("/").pop();
const text = msg.payload.toString();
msg.code = code;
if (text === "") {
  msg.command = { name: "delete", code };
  return [msg, null];
}
try {
  msg.command = { name: "put", code, value: JSON.parse(text) };
  return [msg, null];
} catch (error) {
  msg.topic = `mes/refused/contexts/${code}`;
  msg.payload = JSON.stringify({ code, reason: `no JSON: ${error.message}` });
  return [null, msg];
}
