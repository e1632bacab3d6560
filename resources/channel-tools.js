// Commissioning tools for a table of channels: add what was picked from an OPC UA server's tree, read a channel once, try a
// register in every byte order. Called by dialogs when they open.
(function () {
  "use strict";

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
          .text(row.type + " " + (row.order || "") + ": " + ContextEdge.shown(row.value))
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
      const written = field("match").val().trim();
      if (source === "wire") {
        const held = await ContextEdge.post("context-edge/sensor-fuse/read", {
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
      const ofAsset = written.includes("{asset}");
      const asset = context.firstAsset();
      if (ofAsset && !asset) {
        say(false, t("tools_no_asset"));
        return;
      }
      const match = written.replaceAll("{asset}", asset);
      const sayOf = (ok, text) => say(ok, ofAsset ? asset + ": " + text : text);
      const values = ContextEdge.configValues(config);
      if (source === "opcua") {
        const got = await ContextEdge.post(
          "context-edge/context-edge-opcua/read",
          Object.assign(values, { node_id: match === "" ? field("name").val().trim() : match }),
        );
        sayOf(
          got.ok && got.quality === "good",
          got.ok
            ? [ContextEdge.shown(got.value), got.unit, "(" + got.status + ", " + got.data_type + ")"]
                .filter(Boolean)
                .join(" ")
            : got.text,
        );
        if (got.ok && got.unit && field("unit").val().trim() === "") field("unit").val(got.unit).trigger("change");
        return;
      }
      const got = await ContextEdge.post(
        "context-edge/context-edge-modbus/read",
        Object.assign(values, { match: match, type: field("type").val(), order: field("order").val() }),
      );
      sayOf(got.ok, got.text);
      if (got.ok) showPreview(got.preview || []);
    }

    button("fa-eye", "tools_read", () => void read());
    const browseButton = button("fa-sitemap", "tools_browse", function () {
      const config = context.configOf("opcua");
      if (!config) {
        say(false, t("tools_choose_opcua"));
        return;
      }
      ContextEdge.browse({
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

  // The files of this folder may arrive in any order.
  /** A row of this name that nothing was chosen for yet: a fresh node has the model's channels so. */
  function waitingRow(list, name) {
    const row = list
      .editableList("items")
      .toArray()
      .find(function (item) {
        const value = (column) =>
          item
            .find("[data-column=" + column + "]")
            .val()
            .trim();
        return value("name") === name && value("source") === "wire" && value("match") === "";
      });
    return row || null;
  }

  window.ContextEdge = Object.assign(window.ContextEdge || {}, {
    /**
     * Equips a table of channels.
     * @param list jQuery element of the table, @param context {id, t, configOf(source) -> id, firstAsset() -> id, newRow(values) -> row}
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

    /** Adds one channel for each variable picked in the server's tree, or fills the row that waits for one of its name. */
    browseForChannels: function (list, context) {
      ContextEdge.browse({
        config: context.configOf("opcua"),
        title: context.t("tools_browse_title"),
        many: true,
        t: context.t,
        picked: function (nodes) {
          const taken = ContextEdge.tableRows(list).map((row) => row.name);
          for (const node of nodes) {
            const boolean = node.info.data_type === "Boolean";
            const waiting = waitingRow(list, channelName(node.name, []));
            if (waiting) {
              const set = (column, value) =>
                waiting
                  .find("[data-column=" + column + "]")
                  .val(value)
                  .trigger("change");
              set("source", "opcua");
              set("match", node.node_id);
              if (boolean) set("type", "boolean");
              continue;
            }
            const name = channelName(node.name, taken);
            taken.push(name);
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
  ].join("\n");
  document.head.appendChild(style);
})();
