"""What cleanlab, semhash and MAPIE make of the rows that bench/peers.ts wrote.

    python3 bench/peers.py .artifacts/peers/in.json     # bench/peers_requirements.txt
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")


def audit(rows):
    import numpy as np
    from cleanlab.rank import get_label_quality_scores
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    labels, flipped = np.array(rows["labels"]), np.array(rows["flipped"])
    ours = np.array(rows["probabilities"]).reshape(-1, rows["classes"])
    features = TfidfVectorizer(ngram_range=(1, 2)).fit_transform(rows["prompts"])
    model = LogisticRegression(C=8, max_iter=2000, class_weight="balanced")
    usual = cross_val_predict(model, features, labels, cv=5, method="predict_proba")
    top = round(len(labels) * 0.05)
    for name, found in [("our probabilities", ours), ("TF-IDF", usual)]:
        for method in ["self_confidence", "normalized_margin"]:
            worst = np.argsort(get_label_quality_scores(labels, found, method=method))[:top]
            print(f"cleanlab, {name}, {method}: {flipped[worst].sum()} of {flipped.sum()} flips")


def near(rows):
    import numpy as np
    from semhash import SemHash

    texts = rows["pool"] + rows["planted"]
    vectors = np.array(rows["vectors"], np.float32).reshape(len(texts), rows["columns"])
    table = dict(zip(texts, vectors))

    class Ours:
        def encode(self, inputs, **_):
            return np.stack([table[text] for text in inputs])

    for name, model in [("own model", None), ("our static vectors", Ours())]:
        try:
            index = SemHash.from_records(rows["pool"], model=model)
        except Exception as error:
            print(f"semhash, {name}: skipped: {type(error).__name__}")
            continue
        for threshold in [0.9, 0.95]:
            result = index.deduplicate(rows["planted"], threshold=threshold)
            left = [found for found in result.filtered]
            right = 0
            for found in left:
                of = rows["pool"][rows["planted"].index(found.record)]
                right += any(other == of for other, _ in found.duplicates[:1]) or found.exact
            print(f"semhash, {name}, {threshold}: {right} of {len(rows['planted'])} right, "
                  f"{len(left) - right} others")


def promise(rows):
    import numpy as np
    from mapie.risk_control import BinaryClassificationController

    confidence, wrong = np.array(rows["confidence"]), np.array(rows["wrong"])
    for method in ["bonferroni", "bonferroni_holm", "fixed_sequence"]:
        thresholds = np.linspace(0, 0.99, 100)
        controller = BinaryClassificationController(
            predict_function=lambda x: np.column_stack([1 - x[:, 0], x[:, 0]]),
            risk="precision",
            target_level=1 - rows["limit"],
            confidence_level=1 - rows["delta"],
            list_predict_params=thresholds[::-1] if method == "fixed_sequence" else thresholds,
            fwer_method=method,
        )
        controller.calibrate(confidence.reshape(-1, 1), 1 - wrong)
        valid = np.asarray(controller.valid_predict_params)
        share = 0 if valid.size == 0 else (confidence >= valid.min()).mean()
        print(f"MAPIE, {method}: {100 * share:.1f}% coverage certified")


def main(path):
    with open(path) as file:
        rows = json.load(file)
    for name, run in [("audit", audit), ("near", near), ("certify", promise)]:
        try:
            run(rows[name])
        except ImportError as error:
            print(f"{name}: skipped: {error}")


main(sys.argv[1])
