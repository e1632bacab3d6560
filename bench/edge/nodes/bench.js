// Nodes of the floor: as many hops through Node-RED as the loop has, empty but for one GET, one JSON.parse and one
// session.run. `globalThis.contextEdgeBench` is the rig's side of them.
module.exports = function (RED) {
  const rig = globalThis.contextEdgeBench;

  RED.nodes.registerType("bench-in", function (config) {
    RED.nodes.createNode(this, config);
    rig.inlets.set(config.name, (message) => this.send(message));
  });

  RED.nodes.registerType("bench-out", function (config) {
    RED.nodes.createNode(this, config);
    this.on("input", (message, _send, done) => {
      rig.arrived(config.name, message);
      done();
    });
  });

  RED.nodes.registerType("bench-hop", function (config) {
    RED.nodes.createNode(this, config);
    this.on("input", (message, send, done) => {
      send(message);
      done();
    });
  });

  RED.nodes.registerType("bench-lookup", function (config) {
    RED.nodes.createNode(this, config);
    this.on("input", (message, send, done) => {
      rig.redis.get(`context:${message.payload}`).then((text) => {
        message.context = JSON.parse(text);
        send(message);
        done();
      }, done);
    });
  });

  RED.nodes.registerType("bench-run", function (config) {
    RED.nodes.createNode(this, config);
    this.on("input", (message, send, done) => {
      rig.session.run(rig.feeds()).then((answer) => {
        message.logits = answer.logits.data;
        send(message);
        done();
      }, done);
    });
  });
};
