// Commissioning tools for a table of channels: browse an OPC UA server and pick, read a channel once, try a register in
// every byte order. Called by dialogs when they open.
(function () {
  "use strict";

  const NODES_ROOT = "i=85"; // the Objects folder

  function post(path, values) {
    return new Promise(function (resolve) {
      $.ajax({ url: path, method: "POST", contentType: "application/json", data: JSON.stringify(values) })
        .done(resolve)
        .fail(function (request) {
          resolve({ ok: false, text: request.status + " " + request.statusText });
        });
    });
  }

  /** "-" and more than ten digits help nobody who compares with a display on the machine. */
  function shown(value) {
    if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(7)));
    return value === null || value === undefined ? "–" : String(value);
  }

  /** A channel's name from what a server calls a variable: "Motor Temp. 1" becomes motor_temp_1. */
  function channelName(text, taken) {
    const plain = String(text)
      .normalize("NFKD")
      .replace(/[^\w]+/g, "_")
      .replace(/^_+|_+$/g, "")
      .toLowerCase();
    const name = plain === "" ? "channel" : plain;
    let free = name;
    for (let n = 2; taken.includes(free); n++) free = name + "_" + n;
    return free;
  }

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
      const answer = await post(
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
      const answer = await post(
        "context-edge/context-edge-opcua/read",
        Object.assign(ContextEdge.configValues(options.config), { node_id: entry.node.node_id }),
      );
      if (answer.ok) Object.assign(entry.node, { data_type: answer.data_type, unit: answer.unit || entry.node.unit });
      entry.valueLine
        .toggleClass("ce-bad", !answer.ok)
        .text(
          answer.ok ? [shown(answer.value), answer.unit || entry.node.unit].filter(Boolean).join(" ") : answer.text,
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

  /** The last line of a row: its buttons, and what came of them. */
  function tools(container, context) {
    const t = context.t;
    const field = (name) => container.find("[data-column=" + name + "]");
    const line = $('<div class="ce-tools">').appendTo(container);
    const button = (icon, key, action) =>
      $('<button type="button" class="red-ui-button red-ui-button-small">')
        .append($("<i>").addClass("fa " + icon), " ", $("<span>").text(t(key)))
        .on("click", function (event) {
          event.preventDefault();
          action();
        })
        .appendTo(line);
    const answer = $('<span class="ce-tools-answer" role="status">');
    const preview = $('<div class="ce-preview">').appendTo(container).hide();

    function say(ok, text) {
      answer
        .removeClass("ce-ok ce-bad")
        .addClass(ok ? "ce-ok" : "ce-bad")
        .text((ok ? "✓ " : "✗ ") + text);
    }

    /** Within the channel's limits where it has some, else of a size that machines show. */
    function plausible(value) {
      const number = Number(value);
      const limit = (name, otherwise) => (field(name).val().trim() === "" ? otherwise : Number(field(name).val()));
      const bounded = number >= limit("min", -1e6) && number <= limit("max", 1e6);
      return bounded && (number === 0 || Math.abs(number) > 1e-4);
    }

    function showPreview(rows) {
      preview.empty().toggle(rows.length > 0);
      for (const row of rows.toSorted((a, b) => plausible(b.value) - plausible(a.value))) {
        $('<button type="button" class="red-ui-button red-ui-button-small">')
          .toggleClass("ce-unlikely", !plausible(row.value))
          .text(row.type + " " + (row.order || "") + ": " + shown(row.value))
          .attr("title", t("tools_use_order"))
          .on("click", function (event) {
            event.preventDefault();
            field("type").val(row.type).trigger("change");
            if (row.order) field("order").val(row.order).trigger("change");
            preview.hide();
            void read();
          })
          .appendTo(preview);
      }
    }

    async function read() {
      const source = field("source").val();
      answer.removeClass("ce-ok ce-bad").text("…");
      preview.hide();
      const match = field("match").val().trim();
      if (source === "wire") {
        const held = await post("context-edge/sensor-fuse/read", {
          id: context.id,
          channel: field("name").val().trim(),
        });
        say(held.ok && held.quality === "good", held.text);
        return;
      }
      const config = context.configOf(source);
      if (!config) {
        say(false, t("tools_choose_" + source));
        return;
      }
      const values = ContextEdge.configValues(config);
      if (source === "opcua") {
        const got = await post(
          "context-edge/context-edge-opcua/read",
          Object.assign(values, { node_id: match === "" ? field("name").val().trim() : match }),
        );
        say(
          got.ok && got.quality === "good",
          got.ok
            ? [shown(got.value), got.unit, "(" + got.status + ", " + got.data_type + ")"].filter(Boolean).join(" ")
            : got.text,
        );
        if (got.ok && got.unit && field("unit").val().trim() === "") field("unit").val(got.unit).trigger("change");
        return;
      }
      const got = await post(
        "context-edge/context-edge-modbus/read",
        Object.assign(values, { match: match, type: field("type").val(), order: field("order").val() }),
      );
      say(got.ok, got.text);
      if (got.ok) showPreview(got.preview || []);
    }

    button("fa-eye", "tools_read", () => void read());
    const browseButton = button("fa-sitemap", "tools_browse", function () {
      const config = context.configOf("opcua");
      if (!config) {
        say(false, t("tools_choose_opcua"));
        return;
      }
      browse({
        config: config,
        title: t("tools_browse_title"),
        many: false,
        t: t,
        picked: function (nodes) {
          field("match").val(nodes[0].node_id).trigger("change");
          if (field("unit").val().trim() === "" && nodes[0].info.unit)
            field("unit").val(nodes[0].info.unit).trigger("change");
          if (field("name").val().trim() === "")
            field("name").val(channelName(nodes[0].name, context.names())).trigger("change");
          void read();
        },
      });
    });
    const details = button("fa-sliders", "tools_details", function () {
      container.toggleClass("ce-closed");
      details.attr("aria-expanded", String(!container.hasClass("ce-closed")));
    }).attr("aria-expanded", "false");
    answer.appendTo(line);
    field("source")
      .on("change", function () {
        browseButton.toggle($(this).val() === "opcua");
        answer.removeClass("ce-ok ce-bad").text("");
        preview.hide();
      })
      .trigger("change");
  }

  // The two files may arrive in either order.
  window.ContextEdge = Object.assign(window.ContextEdge || {}, {
    /**
     * Equips a table of channels.
     * @param list jQuery element of the table, @param context {id, t, configOf(source) -> id, newRow(values) -> row}
     * @returns what `ContextEdge.table` calls for each row
     */
    channelTools: function (list, context) {
      const names = () =>
        list
          .find("[data-column=name]")
          .toArray()
          .map((field) => field.value.trim());
      return (container) => tools(container, Object.assign({ names: names }, context));
    },

    /** Adds one channel for each variable picked in the server's tree. */
    browseForChannels: function (list, context) {
      browse({
        config: context.configOf("opcua"),
        title: context.t("tools_browse_title"),
        many: true,
        t: context.t,
        picked: function (nodes) {
          const taken = ContextEdge.tableRows(list).map((row) => row.name);
          for (const node of nodes) {
            const name = channelName(node.name, taken);
            taken.push(name);
            const boolean = node.info.data_type === "Boolean";
            list.editableList(
              "addItem",
              context.newRow({
                name: name,
                match: node.node_id,
                unit: node.info.unit || "",
                type: boolean ? "boolean" : "number",
              }),
            );
          }
        },
      });
    },
  });

  const style = document.createElement("style");
  style.textContent = [
    ".ce-tools{flex-basis:100%;display:flex;gap:4px;align-items:center;margin-top:2px}",
    ".ce-tools-answer{font-size:12px;margin-left:4px}",
    ".ce-preview{flex-basis:100%;display:flex;flex-wrap:wrap;gap:4px;margin:2px 0}",
    ".ce-unlikely{opacity:.55}",
    ".ce-browse{position:relative;height:100%;box-sizing:border-box;padding:12px;display:flex;flex-direction:column;gap:8px}",
    ".ce-tree{position:relative;flex:1 1 auto;min-height:300px}",
    ".ce-tree-answer{min-height:20px;color:var(--red-ui-secondary-text-color)}",
    ".ce-tree-answer.ce-bad{color:var(--red-ui-text-color-error,inherit)}",
    ".ce-tree-line{display:flex;flex:1;justify-content:space-between;align-items:center;min-width:0}",
    ".ce-tree-value{font-size:12px;padding:0 12px;color:var(--red-ui-secondary-text-color)}",
  ].join("\n");
  document.head.appendChild(style);
})();
