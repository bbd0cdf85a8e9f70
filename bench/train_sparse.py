"""One fit of scikit-learn for bench/train_sparse.ts: seconds, CPU seconds, peak MB and accuracy."""

import json
import resource
import sys
import time
import warnings

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

warnings.filterwarnings("ignore")
folder, kind, dtype = sys.argv[1:]


def load(part):
    def read(key, kind):
        return np.fromfile(f"{folder}/{part}.{key}", dtype=kind)

    y = read("labels", np.int32)
    indptr, indices = (read(key, np.uint32).astype(np.int32) for key in ("indptr", "indices"))
    sparse = sp.csr_matrix((read("values", np.float32), indices, indptr), shape=(len(y), 1 << 18))
    dense = sp.csr_matrix(read("dense", np.float32).reshape(len(y), -1))
    return sp.hstack([dense, sparse], format="csr").astype(dtype), y


(x, y), (x_test, y_test) = load("train"), load("test")
used = np.flatnonzero(x.getnnz(axis=0))
x, x_test = x[:, used], x_test[:, used]
model = LogisticRegression(C=8, max_iter=2000) if kind == "lr" else LinearSVC()
wall, cpu = time.perf_counter(), time.process_time()
model.fit(x, y)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([wall, cpu, peak, model.score(x_test, y_test)]))
