// The dialog of model-train: its tables, and the configuration that it would write.
(function () {
  "use strict";

  const GATES = ["accuracy", "fpr", "macro_f1", "recall", "calibration_gap", "int8_drop", "latency_ms", "min_rows"];
  const PLACE = "place python key release_keys pointer_key repository workflow ref api bucket poll_s token";
  const LEARNT = "model_name fuse channels since limit group allow deny epochs";
  const TEXTS = (PLACE + " " + LEARNT).split(" ");

  /** For `oneditprepare`. */
  function trainingDialog(node) {
    const t = (key) => node._("context-edge-model-train." + key);
    const field = (name) => $("#node-input-" + name);
    const options = (values, key) => values.map((value) => ({ value: value, label: t(key + value) }));
    const filled = (value) => value.trim() !== "";
    const column = (name, width, more) =>
      Object.assign(
        {
          name: name,
          label: t("column_" + name),
          title: t("column_" + name + "_hint"),
          width: width,
          caption: true,
          placeholder: "",
        },
        more,
      );
    const onlyForReferences = (value, container) => {
      const show = container.find("[data-column=use]").val() === "reference";
      for (const name of ["channel", "fill"])
        container
          .find("[data-column=" + name + "]")
          .closest(".ce-field")
          .toggle(show);
      container.find("[data-column=channel]").trigger("change");
    };
    ContextEdge.table(
      $("#node-input-fields-list"),
      [
        column("field", "34%", { validate: filled }),
        column("use", "24%", {
          value: "id",
          options: options(["id", "number", "reference"], "use_"),
          changed: onlyForReferences,
        }),
        column("channel", "22%", {
          validate: (v, container) => container.find("[data-column=use]").val() !== "reference" || filled(v),
        }),
        column("fill", "13%", { validate: ContextEdge.number(-1e12, 1e12, { optional: true }) }),
      ],
      node.fields,
      150,
    );
    $("#node-input-fields-list [data-column=use]").trigger("change");
    ContextEdge.table(
      $("#node-input-labels-list"),
      [
        column("name", "30%", { validate: filled }),
        column("kind", "19%", { value: "fault", options: options(["normal", "fault", "other"], "kind_") }),
        column("severity", "19%", {
          value: "high",
          options: options(["low", "medium", "high", "critical"], "severity_"),
        }),
        column("action", "96%"),
      ],
      node.labels,
      170,
    );

    const select = field("fuse");
    $("<option>").val("").text(t("fuse_auto")).appendTo(select);
    RED.nodes.eachNode(function (each) {
      if (each.type === "sensor-fuse")
        $("<option>")
          .val(each.id)
          .text(each.name || each.id)
          .appendTo(select);
    });
    if (node.fuse && select.find("option").filter((_i, each) => each.value === node.fuse).length === 0)
      $("<option>").val(node.fuse).text(node.fuse).appendTo(select);
    select.val(node.fuse || "");

    const show = () => {
      const local = field("place").val() === "local";
      $(".ce-train-local").toggle(local);
      $(".ce-train-github").toggle(!local);
      $(".ce-train-monthly").toggle(field("monthly").is(":checked"));
    };
    field("place").on("change", show);
    field("monthly").on("change", show);
    show();

    const values = () => {
      const shown = { id: node.id };
      for (const name of TEXTS) shown[name] = field(name).val();
      for (const name of GATES) shown["gate_" + name] = field("gate_" + name).val();
      shown.model = field("model").val();
      shown.simulated = field("simulated").is(":checked");
      shown.fields = ContextEdge.tableRows($("#node-input-fields-list"));
      shown.labels = ContextEdge.tableRows($("#node-input-labels-list"));
      return shown;
    };
    ContextEdge.testButton(
      $("#node-config-button-test"),
      $("#ce-train-answer"),
      "context-edge/context-edge-model-train/test",
      values,
    );
    const preview = () =>
      ContextEdge.post("context-edge/context-edge-model-train/config", values()).then((answer) => {
        $("#ce-train-said")
          .toggleClass("ce-bad", !answer.ok)
          .text(answer.ok ? "" : "✗ " + answer.text);
        $("#ce-train-toml").val(answer.toml || "");
        return answer;
      });
    $("#ce-train-preview").on("click", preview);
    $("#ce-train-download").on("click", function () {
      preview().then((answer) => {
        if (!answer.ok) return;
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([answer.toml], { type: "application/toml" }));
        link.download = (field("model_name").val() || "model") + ".toml";
        link.click();
        URL.revokeObjectURL(link.href);
      });
    });
    preview();
  }

  window.ContextEdge = Object.assign(window.ContextEdge || {}, { trainingDialog });
})();
