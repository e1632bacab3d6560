// GET …/context-edge/training/report?id=<run>: asks the node for it.
msg.command = { name: "report", id: String(msg.req.query.id || "") };
return msg;
