// The tree of an OPC UA server in a tray, to pick variables from. Called by dialogs when they open.
(function () {
  "use strict";

  const NODES_ROOT = "i=85"; // the Objects folder

  /**
   * A tray with the server's tree.
   * @param options {config: id of the -opcua node, title, many: boolean, t: words, picked: function(nodes)}
   */
  function browse(options) {
    const t = options.t;
    const chosen = new Map();
    let tree;
    let answerLine;
    let okButton;

    function refreshButton() {
      const none = chosen.size === 0;
      okButton.prop("disabled", none).toggleClass("disabled", none);
      okButton.text(options.many && !none ? t("tools_add_n", { count: chosen.size }) : t("tools_take"));
    }

    function item(node, path) {
      const here = path.concat(node.name);
      const variable = node.class === "Variable";
      const about = [node.data_type, node.unit].filter(Boolean).join(", ");
      const value = $('<span class="ce-tree-value">').text(about);
      const entry = {
        element: $('<div class="ce-tree-line">').append($("<span>").text(node.name), value),
        icon: variable ? "fa fa-tag" : node.children ? "fa fa-folder-o" : "fa fa-circle-o",
        node: node,
        path: here,
        valueLine: value,
      };
      if (variable && options.many) entry.checkbox = true;
      else if (variable) entry.radio = "context-edge-browse";
      if (node.children) entry.children = (done) => void level(node.node_id, here, done);
      return entry;
    }

    async function level(nodeId, path, done) {
      answerLine.removeClass("ce-bad").text("");
      const answer = await ContextEdge.post(
        "context-edge/context-edge-opcua/browse",
        Object.assign(ContextEdge.configValues(options.config), { node_id: nodeId }),
      );
      if (!answer.ok) {
        answerLine.addClass("ce-bad").text("✗ " + answer.text);
        done([]);
        return;
      }
      if (answer.nodes.length === 0) answerLine.text(t("tools_nothing_below"));
      else if (answer.more) answerLine.text(t("tools_more", { count: answer.nodes.length }));
      done(answer.nodes.map((node) => item(node, path)));
    }

    async function readValue(entry) {
      entry.valueLine.text("…");
      const answer = await ContextEdge.post(
        "context-edge/context-edge-opcua/read",
        Object.assign(ContextEdge.configValues(options.config), { node_id: entry.node.node_id }),
      );
      if (answer.ok) Object.assign(entry.node, { data_type: answer.data_type, unit: answer.unit || entry.node.unit });
      entry.valueLine
        .toggleClass("ce-bad", !answer.ok)
        .text(
          answer.ok
            ? [ContextEdge.shown(answer.value), answer.unit || entry.node.unit].filter(Boolean).join(" ")
            : answer.text,
        );
    }

    RED.tray.show({
      title: options.title,
      width: 620,
      buttons: [
        { id: "context-edge-browse-cancel", text: t("tools_cancel"), click: () => RED.tray.close() },
        {
          id: "context-edge-browse-ok",
          text: t("tools_take"),
          class: "primary disabled",
          click: function () {
            if (chosen.size === 0) return;
            const nodes = [...chosen.values()];
            RED.tray.close(() => options.picked(nodes));
          },
        },
      ],
      open: function (tray, done) {
        const body = tray.find(".red-ui-tray-body").addClass("ce-browse");
        answerLine = $('<div class="ce-tree-answer" role="status">').appendTo(body);
        const holder = $("<div>").addClass("ce-tree").appendTo(body);
        tree = holder.treeList({ data: [] });
        okButton = $("#context-edge-browse-ok");
        refreshButton();
        // A tick takes a variable and shows its value at once.
        tree.on("treelistselect", function (_event, entry) {
          if (!entry.node) return;
          const id = entry.node.node_id;
          if (entry.node.class === "Variable") {
            if (entry.selected) {
              if (!options.many) chosen.clear();
              chosen.set(id, { node_id: id, name: entry.node.name, path: entry.path, info: entry.node });
              void readValue(entry);
            } else chosen.delete(id);
            refreshButton();
          }
        });
        answerLine.text("…");
        void level(NODES_ROOT, [], function (items) {
          if (answerLine.text() === "…") answerLine.text(t("tools_tick"));
          tree.treeList("data", items);
        });
        done();
      },
      close: function () {},
      show: function () {},
    });
  }

  // The files of this folder may arrive in any order.
  window.ContextEdge = Object.assign(window.ContextEdge || {}, { browse: browse });

  const style = document.createElement("style");
  style.textContent = [
    ".ce-browse{position:relative;height:100%;box-sizing:border-box;padding:12px;display:flex;flex-direction:column;gap:8px}",
    ".ce-tree{position:relative;flex:1 1 auto;min-height:300px}",
    ".ce-tree-answer{min-height:20px;color:var(--red-ui-secondary-text-color)}",
    ".ce-tree-answer.ce-bad{color:var(--red-ui-text-color-error,inherit)}",
    ".ce-tree-line{display:flex;flex:1;justify-content:space-between;align-items:center;min-width:0}",
    ".ce-tree-value{font-size:12px;padding:0 12px;color:var(--red-ui-secondary-text-color)}",
  ].join("\n");
  document.head.appendChild(style);
})();
