"""Coverage that MAPIE certifies on draws of the simulation, by number of rows.

    deno task simulate certificates --part scores --draws 10 --dump .artifacts/draws.json
    python3 bench/certificates_mapie.py .artifacts/draws.json      # needs numpy and mapie 1.6

Every method gets all rows of a draw: none of these needs a part that chooses. Truth is the law's own,
summed over its grid, as in the simulation.
"""

import json
import sys
import warnings
from collections import defaultdict

import numpy as np
from mapie.risk_control import BinaryClassificationController

warnings.filterwarnings("ignore")
METHODS = ["bonferroni", "bonferroni_holm", "fixed_sequence"]


def certified(confidence, wrong, limit, delta, method):
    """The loosest threshold that MAPIE certifies, or None."""
    thresholds = np.linspace(0, 0.99, 100)
    if method == "fixed_sequence":
        thresholds = thresholds[::-1]
    controller = BinaryClassificationController(
        predict_function=lambda x: np.column_stack([1 - x[:, 0], x[:, 0]]),
        risk="precision",
        target_level=1 - limit,
        confidence_level=1 - delta,
        list_predict_params=thresholds,
        fwer_method=method,
    )
    controller.calibrate(confidence.reshape(-1, 1), 1 - wrong)
    valid = np.asarray(controller.valid_predict_params)
    return None if valid.size == 0 else float(valid.min())


def main(path):
    with open(path) as file:
        dump = json.load(file)
    sums = defaultdict(list)
    for draw in dump["draws"]:
        law = dump["laws"][draw["law"]]
        grid, risk = np.array(law["confidence"]), np.array(law["wrong"])
        confidence, wrong = np.array(draw["confidence"]), np.array(draw["wrong"])
        for limit in dump["limits"]:
            for delta in dump["deltas"]:
                for method in METHODS:
                    threshold = certified(confidence, wrong, limit, delta, method)
                    acted = np.zeros_like(grid, bool) if threshold is None else grid >= threshold
                    broken = acted.any() and risk[acted].mean() > limit + 1e-4
                    sums[method, draw["n"]].append((acted.mean(), broken))
    for method in METHODS:
        cells = {n: np.array(rows, float) for (name, n), rows in sums.items() if name == method}
        parts = [f"{n} rows {rows[:, 0].mean():.3f}" for n, rows in sorted(cells.items())]
        every = np.concatenate(list(cells.values()))
        print(f"{method}: {', '.join(parts)}, all {every[:, 0].mean():.3f}, "
              f"broken {100 * every[:, 1].mean():.2f}%")


main(sys.argv[1])
