// Hands the file to the context store, as one command.
msg.command = { name: "import", format: "json", data: msg.payload };
return msg;
