"""Writes the golden numbers of training and calibration. Made with scikit-learn 1.2.1, numpy 1.24.2:

    python3 tests/golden/make_golden.py tests/golden/training.json

Features are rounded to five decimals, so that both sides read the same numbers.
"""

import json
import sys

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold


def make(seed, counts, columns, zeros=0.0):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(len(counts), columns))
    labels = np.repeat(np.arange(len(counts)), counts)
    rng.shuffle(labels)
    x = centres[labels] * 0.6 + rng.normal(size=(len(labels), columns))
    x[rng.random(x.shape) < zeros] = 0
    return np.round(x, 5).astype(np.float32), labels


def base(c, weight):
    """The optimum itself: lbfgs stops on the objective before it gets there."""
    return LogisticRegression(
        C=c, class_weight=weight, solver="newton-cg", tol=1e-9, max_iter=20000
    )


CASES = [
    ("balanced, 3 classes", 1, [20, 20, 20], 5, 0.0, 8.0, None),
    ("imbalanced, 3 classes, balanced weights", 2, [40, 15, 6], 5, 0.0, 1.0, "balanced"),
    ("8 classes, balanced weights", 3, [9] * 8, 6, 0.0, 8.0, "balanced"),
    ("2 classes", 4, [30, 20], 4, 0.0, 2.0, None),
    ("2 classes, balanced weights", 5, [30, 10], 4, 0.0, 8.0, "balanced"),
    ("sparse, 3 classes", 6, [18, 18, 18], 12, 0.7, 8.0, "balanced"),
    ("sparse, 8 classes", 7, [8] * 8, 16, 0.7, 4.0, None),
]

out = []
for name, seed, counts, columns, zeros, c, weight in CASES:
    x, y = make(seed, counts, columns, zeros)
    data = csr_matrix(x.astype(float)) if zeros else x.astype(float)
    case = {
        "name": name,
        "C": c,
        "class_weight": weight or "none",
        "sparse": bool(zeros),
        "columns": columns,
        "x": [float(f"{v:.5f}") for v in x.ravel()],
        "y": y.tolist(),
        "folds": [t.tolist() for _, t in StratifiedKFold(3).split(x, y)],
        "probabilities": {
            "none": base(c, weight).fit(data, y).predict_proba(data).ravel().tolist(),
            "lbfgs": LogisticRegression(C=c, class_weight=weight, max_iter=2000)
            .fit(data, y)
            .predict_proba(data)
            .ravel()
            .tolist(),
        },
    }
    for method in ("isotonic", "sigmoid"):
        model = CalibratedClassifierCV(base(c, weight), method=method, cv=3).fit(data, y)
        case["probabilities"][method] = model.predict_proba(data).ravel().tolist()
    case["probabilities"] = {
        k: [float(f"{p:.8f}") for p in v] for k, v in case["probabilities"].items()
    }
    out.append(case)

with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(out, file, separators=(",", ":"))
    file.write("\n")
