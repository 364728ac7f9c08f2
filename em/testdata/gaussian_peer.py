#!/usr/bin/python3
"""Times an iteration of scikit-learn's Gaussian mixture on one thread.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 gaussian_peer.py

It is the peer of BenchmarkGaussianMixture: rows of a mixture of 10 components in 10
columns, drawn as there. Prints the median of nine timings, in seconds of CPU, and the
kind of core that OpenBLAS takes the machine for.
"""
import os
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np
from sklearn.mixture import GaussianMixture

warnings.filterwarnings("ignore")
try:
    from threadpoolctl import threadpool_info

    print([(i.get("architecture"), i.get("num_threads")) for i in threadpool_info()])
except ImportError:
    pass
rng = np.random.default_rng(1)
for form, n, d, k in (("full", 100_000, 10, 10), ("tied", 100_000, 10, 10), ("diag", 100_000, 10, 10), ("spherical", 100_000, 10, 10)):
    means = 4 * rng.normal(size=(k, d))
    roots = np.eye(d) + rng.normal(size=(k, d, d)) / 2
    labels = rng.integers(k, size=n)
    e = rng.normal(size=(n, d))
    x = means[labels]
    for c in range(k):
        x[labels == c] += e[labels == c] @ roots[c].T
    m = GaussianMixture(k, covariance_type=form, max_iter=1, init_params="random", random_state=1).fit(x)
    took = []
    for _ in range(9):
        start = time.process_time()
        _, log_resp = m._e_step(x)
        m._m_step(x, log_resp)
        took.append(time.process_time() - start)
    print(f"{form}/{n}x{d},k={k}: {np.median(took):.4f} s")
