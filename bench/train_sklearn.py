"""Milliseconds that scikit-learn takes for the training of bench/train.ts, as a JSON list."""

import json
import sys
import time

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression

folder, rows, columns, calibrated, repeats = sys.argv[1:]
x = np.fromfile(f"{folder}/x.bin", dtype=np.float32).reshape(int(rows), int(columns))
y = np.fromfile(f"{folder}/y.bin", dtype=np.int32)

times = []
for _ in range(int(repeats)):
    start = time.perf_counter()
    model = LogisticRegression(C=8, max_iter=2000, class_weight="balanced")
    if calibrated == "true":
        model = CalibratedClassifierCV(model, method="isotonic", cv=3)
    model.fit(x, y)
    times.append(1000 * (time.perf_counter() - start))
print(json.dumps(times))
