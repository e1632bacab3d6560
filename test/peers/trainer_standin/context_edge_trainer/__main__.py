"""`run … --out DIR --progress json`, or its stages one by one, with the model's name deciding what becomes of it.

good: two epochs, a release. slow: the same with forty epochs, some seconds. gates: a gate fails, exit 3. mend: exit 2. hang: works until it is stopped. deaf: the same,
and hears no SIGTERM. flood: says far too much. die: is killed, and good when it goes on from its snapshot.
"""

import json
import os
import re
import signal
import sys
import time
from pathlib import Path

arguments = sys.argv[1:]
option = {key: value for key, value in zip(arguments, arguments[1:], strict=False) if key.startswith("--")}
out = Path(option["--out"])
out.mkdir(parents=True, exist_ok=True)
config = Path(option["--config"]).read_text()
how = re.search(r'name = "(\w+)"', config).group(1)


def say(**facts: object) -> None:
    print(json.dumps({"at": "2026-11-24T00:00:00.000Z", **facts}), flush=True)


def write(path: str, document: object) -> None:
    file = out / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(document))


def stopped(*_: object) -> None:
    say(stage="stopped", text="stopped; no file was changed")
    sys.exit(130)


signal.signal(signal.SIGTERM, signal.SIG_IGN if how == "deaf" else stopped)
if arguments[0] not in ("run", "release"):
    say(stage=arguments[0])
    say(stage="done", text=f"{arguments[0]} is done")
    sys.exit(0)
if arguments[0] == "run":
    say(stage="snapshot", text="read 10 records")
    write("snapshot/manifest.json", {})
print("a library says something", flush=True)
if arguments[0] == "run":
    say(stage="train", variant="with_context", epoch=1, epochs=2, loss=0.5, macro_f1=0.7)
if how == "mend":
    say(stage="failed", text="the test fold is empty")
    sys.exit(2)
if how == "die" and arguments[0] == "run":
    print("Killed by the test", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
if how in ("hang", "deaf"):
    time.sleep(600)
if how == "flood":
    while True:
        print("x" * 65536)
if how == "slow":
    for epoch in range(2, 41):
        time.sleep(0.15)
        score = 0.95 - 0.6 / epoch
        say(stage="train", variant="with_context", epoch=epoch, epochs=40, loss=1 / epoch, macro_f1=score, text=f"epoch {epoch} of 40")
if arguments[0] == "run":
    say(stage="train", variant="with_context", epoch=2, epochs=2, loss=0.4, macro_f1=0.8)
else:
    say(stage="release")
result = "fail" if how == "gates" else "pass"
gates = [
    {"name": "accuracy", "value": 0.9, "sense": ">", "bound": 0.92, "n": 400, "result": result, "low": 0.88, "high": 0.92},
    {"name": "recall:bearing_wear", "value": 0.81, "sense": ">=", "bound": 0.5, "n": 12, "result": "not enough rows"},
    {"name": "latency", "value": None, "sense": "<", "bound": 100, "n": 0, "result": "pending-device"},
]
if how != "gates":
    gates[1].update(n=41, result="waived", waived_by="kim")
write("report.json", {"gates": gates, "model": {"name": how, "version": "1.0.0"}})
(out / "report.html").write_text(
    "<!doctype html><title>report</title><h1>Report of the stand-in</h1><script>document.title = 'ran'</script>"
)
if how == "gates":
    say(stage="failed", text="accuracy: fail")
    sys.exit(3)
write("release/model.json", {"name": how, "version": "1.0.0"})
(out / "release" / "model.sig").write_text("{}")
say(stage="done", text=f"{arguments[0]} is done")
