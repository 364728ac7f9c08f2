"""Times of scikit-learn's PCA on one thread, beside BenchmarkPCA:

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python3 pca_peer.py
"""
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import time

import numpy as np
from sklearn.decomposition import PCA

n, d, k = 10_000, 784, 50
r = np.random.default_rng(1)
w = r.normal(size=(k, d)) / np.arange(1, k + 1)[:, None]
signals = r.normal(size=(n, k)) @ w + r.normal(size=(n, d))
noise = r.normal(size=(n, d))
print("OPENBLAS_CORETYPE", os.environ.get("OPENBLAS_CORETYPE", "(as detected)"))
for name, x, solver in [("full", signals, "full"), ("full/noise", noise, "full"), ("randomized", signals, "randomized")]:
    times = []
    for _ in range(9):
        start = time.process_time()
        PCA(k, svd_solver=solver, random_state=0).fit(x)
        times.append(time.process_time() - start)
    print(f"{name:12} median {np.median(times):.3f} s of CPU, from {min(times):.3f} to {max(times):.3f}")
