// What the editor dialogs of this package share. Loaded once by the first node's page; dialogs call it when they open,
// never while they register.
(function () {
  "use strict";

  /** Config nodes that a dropped node needs, with the values a fresh one gets. */
  const CONFIG_TYPES = [
    "context-edge-device",
    "context-edge-store",
    "context-edge-objects",
    "context-edge-model",
    "context-edge-opcua",
    "context-edge-modbus",
  ];

  function existing(type) {
    let found = null;
    RED.nodes.eachConfig(function (node) {
      if (!found && node.type === type && !node.d) found = node;
    });
    return found;
  }

  /** Fields that are not there get their defaults. */
  function fillIn(node) {
    for (const key of Object.keys(node._def.defaults)) {
      const { value } = node._def.defaults[key];
      if (node[key] === undefined)
        node[key] = value !== null && typeof value === "object" ? JSON.parse(JSON.stringify(value)) : value;
    }
  }

  function create(type) {
    const definition = RED.nodes.getType(type);
    if (!definition) return null;
    const node = {
      id: RED.nodes.id(),
      z: "",
      type: type,
      _def: definition,
      users: [],
      changed: true,
      hasUsers: true,
      valid: true,
    };
    fillIn(node);
    for (const key of Object.keys(definition.defaults)) {
      const wanted = definition.defaults[key].type;
      if (wanted && CONFIG_TYPES.includes(wanted) && definition.defaults[key].required !== false) {
        node[key] = ensure(wanted);
      }
    }
    RED.nodes.add(node);
    return node;
  }

  function ensure(type) {
    const node = existing(type) || create(type);
    return node ? node.id : "";
  }

  const ContextEdge = {
    /**
     * For `onadd`: gives a node dropped on an empty sheet the config nodes it needs, the ones that exist first.
     * @param wanted {property: config type}
     */
    ensureConfigs: function (node, wanted) {
      for (const property of Object.keys(wanted)) {
        if (node[property] && RED.nodes.node(node[property])) continue;
        const id = ensure(wanted[property]);
        if (!id) continue;
        node[property] = id;
        const config = RED.nodes.node(id);
        if (config && config.users && !config.users.includes(node)) config.users.push(node);
      }
      RED.nodes.dirty(true);
    },

    /** For `oneditprepare`: fields that a flow of an older version does not have show their defaults. */
    showDefaults: function (node) {
      for (const key of Object.keys(node._def.defaults)) {
        const { value, type } = node._def.defaults[key];
        if (node[key] === undefined && !type) $("#node-input-" + key + ", #node-config-input-" + key).val(value);
      }
    },

    /**
     * Validator: a number in [min, max], or an environment variable `${NAME}`. A field that a flow of an older version does
     * not have has its default.
     */
    number: function (min, max, options) {
      const integer = options && options.integer;
      const optional = options && options.optional;
      return function (value) {
        if (value === undefined) return true;
        const text = String(value === null ? "" : value).trim();
        if (text === "") return Boolean(optional);
        if (/^\$\{[^}]+\}$/.test(text)) return true;
        const number = Number(text);
        return Number.isFinite(number) && number >= min && number <= max && (!integer || Number.isInteger(number));
      };
    },

    /** Validator: host:port, separated by commas or spaces, or an environment variable. */
    addresses: function (value) {
      const parts = String(value || "")
        .split(/[\s,;]+/)
        .filter(Boolean);
      const one = /^(\[[0-9a-fA-F:.]+\]|[^\s:/@[\]]+)(:\d{1,5})?$/;
      return parts.length > 0 && parts.every((part) => /^\$\{[^}]+\}$/.test(part) || one.test(part));
    },

    /** Validator: may stand in an object key (a device, ring, model or version), or an environment variable; may be empty. */
    safeName: function (value) {
      return (
        !value || /^\$\{[^}]+\}$/.test(value) || (/^[a-z0-9][a-z0-9._-]{0,62}$/.test(value) && !value.includes(".."))
      );
    },

    /**
     * A "Test connection" button: posts what the dialog shows now and says what came of it.
     * @param button jQuery button, @param line jQuery element for the answer, @param path admin route, @param values function
     */
    testButton: function (button, line, path, values) {
      button.on("click", function (event) {
        event.preventDefault();
        button.prop("disabled", true);
        line.removeClass("ce-ok ce-bad").text("…");
        $.ajax({ url: path, method: "POST", contentType: "application/json", data: JSON.stringify(values()) })
          .done(function (answer) {
            line.addClass(answer.ok ? "ce-ok" : "ce-bad").text((answer.ok ? "✓ " : "✗ ") + answer.text);
          })
          .fail(function (request) {
            line.addClass("ce-bad").text("✗ " + request.status + " " + request.statusText);
          })
          .always(function () {
            button.prop("disabled", false);
          });
      });
    },

    /** Asks an admin route. Always resolves, with {ok: false, text} where it does not answer. */
    post: function (path, values) {
      return new Promise(function (resolve) {
        $.ajax({ url: path, method: "POST", contentType: "application/json", data: JSON.stringify(values) })
          .done(resolve)
          .fail(function (request) {
            resolve({ ok: false, text: request.status + " " + request.statusText });
          });
      });
    },

    /** A value for a person: more than seven digits help nobody who compares with a display on the machine. */
    shown: function (value) {
      if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(7)));
      return value === null || value === undefined ? "–" : String(value);
    },

    /**
     * What a config node is set to in the editor, deployed or not, for an admin route that tries it. Secrets that were not
     * typed just now stay on the server, and after a deploy the editor knows no credential of any type: what is left out is
     * as it was stored.
     */
    configValues: function (id) {
      const node = RED.nodes.node(id);
      if (!node) return { id: id };
      const values = { id: id };
      for (const name of Object.keys(node._def.defaults)) values[name] = node[name];
      for (const name of Object.keys(node._def.credentials || {})) {
        const typed = node.credentials && node.credentials[name];
        if (typed !== undefined) values[name] = typed;
        else if (node._def.credentials[name].type === "password") values[name] = "__PWRD__";
      }
      return values;
    },

    /**
     * Rows of a table in a dialog, as editableList with one `<input>`/`<select>` per column.
     * Columns with `detail` are out of sight until the row is opened (the class ce-closed is taken off), except where one of
     * them is wrong.
     * @param tools function(container), adds what stands below a row's fields
     */
    table: function (list, columns, rows, height, tools) {
      list.editableList({
        removable: true,
        sortable: true,
        height: height || 160,
        addItem: function (container, _index, row) {
          container.addClass("ce-row");
          for (const column of columns) {
            const value = row[column.name] === undefined ? column.value : row[column.name];
            const field = column.options ? $("<select>") : $('<input type="text">');
            for (const option of column.options || [])
              $("<option>").val(option.value).text(option.label).appendTo(field);
            // A caption stands above the field where rows are too wide for one line and placeholders would not be seen.
            const holder = column.caption
              ? $('<label class="ce-field">')
                  .toggleClass("ce-detail", Boolean(column.detail))
                  .css("width", column.width)
                  .appendTo(container)
              : container;
            if (column.caption) $("<span>").text(column.label).appendTo(holder);
            field
              .attr("aria-label", column.label)
              .attr("title", column.title || column.label)
              .attr("placeholder", column.placeholder === undefined ? column.label : column.placeholder)
              .css("width", column.caption ? "100%" : column.width)
              .val(value === undefined ? "" : value)
              .data("column", column)
              .on("change keyup", function () {
                const valid = !column.validate || column.validate(field.val(), container);
                field.toggleClass("input-error", !valid);
                if (column.changed) column.changed(field.val(), container);
              })
              .appendTo(holder);
            field.attr("data-column", column.name).trigger("change");
          }
          if (tools) tools(container);
          container.toggleClass("ce-closed", container.find(".ce-detail .input-error").length === 0);
        },
      });
      list.editableList("addItems", rows && rows.length ? rows.map((row) => Object.assign({}, row)) : []);
      // Adding scrolls to the last row; a dialog opens at the first.
      list.closest(".red-ui-editableList-container").scrollTop(0);
    },

    /** What the table shows now, as an array of objects. */
    tableRows: function (list) {
      return list
        .editableList("items")
        .toArray()
        .map(function (item) {
          const row = {};
          item.find("[data-column]").each(function () {
            row[$(this).attr("data-column")] = $(this).val();
          });
          return row;
        });
    },
  };

  const style = document.createElement("style");
  style.textContent = [
    ".ce-row{display:flex;gap:4px;align-items:center}",
    ".ce-row input,.ce-row select{min-width:0}",
    ".ce-lines .ce-row{flex-wrap:wrap;align-items:flex-end}",
    // Stronger than what hides or shows a field for its own reasons.
    ".ce-closed .ce-detail{display:none !important}",
    ".ce-field{display:inline-flex;flex-direction:column;margin:0;font-size:11px;color:var(--red-ui-secondary-text-color)}",
    ".ce-ok{color:var(--red-ui-text-color-success,inherit)}",
    ".ce-bad{color:var(--red-ui-text-color-error,inherit)}",
    ".ce-hint{color:var(--red-ui-secondary-text-color);margin:-6px 0 10px 104px;max-width:420px}",
    ".ce-section{font-weight:600;margin:14px 0 6px;border-bottom:1px solid var(--red-ui-secondary-border-color)}",
    ".ce-wide label{width:auto}",
  ].join("\n");
  document.head.appendChild(style);

  // Other files of this folder add to it and may have come first.
  window.ContextEdge = Object.assign(window.ContextEdge || {}, ContextEdge);
})();
