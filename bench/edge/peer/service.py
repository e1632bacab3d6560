"""The way plants do it today: a FastAPI service that looks the context up, runs the model and answers the verdict.

    python service.py PORT REDIS_PORT MODEL_DIR
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import redis.asyncio as redis
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

port, redis_port, model_dir = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
manifest = json.loads((model_dir / "model.json").read_text())
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(str(model_dir / "model.onnx"), options, providers=["CPUExecutionProvider"])
client = redis.Redis(host="127.0.0.1", port=redis_port)
app = FastAPI()
calibration = manifest["calibration"]["fp32"]


class Scan(BaseModel):
    code: str
    asset_id: str
    sensors: dict[str, float]


def at(context: dict, path: str):
    for step in path.split("."):
        context = context.get(step) if isinstance(context, dict) else None
    return context


@app.post("/predict")
async def predict(scan: Scan) -> dict:
    context = json.loads(await client.get(f"context:{scan.code}"))
    row = [scan.sensors[c["name"]] - (at(context, c["reference"]) if "reference" in c else 0) for c in manifest["channels"]]
    feeds = {"sensors": np.array([row], dtype=np.float32)}
    for spec in manifest["ids"]:
        value = scan.asset_id if spec["field"] == "asset_id" else at(context, spec["field"])
        feeds[spec["input"]] = np.array([spec["vocabulary"].get(value, 0)], dtype=np.int64)
    (logits,) = session.run([manifest["output"]["name"]], feeds)
    scaled = (logits[0] + np.array(calibration["bias"])) / calibration["temperature"]
    odds = np.exp(scaled - scaled.max())
    probabilities = odds / odds.sum()
    best = int(probabilities.argmax())
    label = manifest["labels"][best]
    confidence = float(probabilities[best])
    verdict = "review" if confidence <= 0.8 else "normal" if label["kind"] == "normal" else "alert"
    return {"label": label["name"], "confidence": confidence, "outcome": verdict, "context": context}


uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
