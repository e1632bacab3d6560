// GET …/context-edge/ldo/<id>: the record as JSON, or in words where it is.
const id = msg.req.params.id;
const record = (flow.get("ldos") || new Map()).get(id);

msg.headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
if (record) {
  msg.statusCode = 200;
  msg.payload = JSON.stringify(record.ldo, null, 2);
} else {
  msg.statusCode = 404;
  msg.payload = JSON.stringify({
    error: "This record is no longer kept in memory. It is in the bucket, in a segment of this device under ldo/v1/.",
    ldo_id: id,
  });
}
return msg;
