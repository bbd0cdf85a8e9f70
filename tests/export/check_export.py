"""Runs exported mappers in Python's ONNX Runtime; exits 1 if a probability is off by more than 1e-6.

    deno run --allow-read=. --allow-write=.artifacts,.cache tests/export/write_cases.ts FOLDER
    python check_export.py FOLDER
"""

import glob
import json
import sys

import numpy as np
import onnxruntime

worst = 0.0
paths = sorted(glob.glob(f"{sys.argv[1]}/case_*.json"))
assert paths, "no cases"
for path in paths:
    with open(path) as file:
        case = json.load(file)
    session = onnxruntime.InferenceSession(path.replace(".json", ".onnx"))
    assert json.loads(session.get_modelmeta().custom_metadata_map["classes"])
    for run in case["runs"]:
        feeds = {
            name: np.array(value["data"], value["type"]).reshape(value["shape"])
            for name, value in run["feeds"].items()
        }
        (found,) = session.run(["probabilities"], feeds)
        worst = max(worst, float(np.abs(found[0] - run["expected"]).max()))
print(f"onnxruntime {onnxruntime.__version__}: {len(paths)} exports, largest difference {worst:.1e}")
sys.exit(worst > 1e-6)
