#!/usr/bin/python3
"""Writes gaussian.json: log-likelihoods of scikit-learn's EM from given parameters.

    /usr/bin/python3 gaussian.py > gaussian.json

For each form of covariance: rows, parameters to start from, and the log-likelihood of
the parameters after 0, 1, 2, 5 and 10 iterations, without regularization.
"""
import json
import warnings

import numpy as np
from sklearn.mixture import GaussianMixture

warnings.filterwarnings("ignore")
rng = np.random.default_rng(7)
n, d, k = 200, 3, 3
means = rng.normal(size=(k, d)) * 2
roots = np.eye(d) + rng.normal(size=(k, d, d)) / 2
labels = rng.integers(k, size=n)
x = means[labels] + np.einsum("nij,nj->ni", roots[labels], rng.normal(size=(n, d)))
x = np.round(x * [1, 1000, 0.01] + [0, 50000, -3], 6)
sd = x.std(axis=0)
start = x[[3, 70, 140]]
names = {"full": "full", "tied": "tied", "diag": "diagonal", "spherical": "spherical"}
out = {"rows": x.tolist(), "weights": [0.2, 0.3, 0.5], "means": start.tolist(), "sd": sd.tolist(), "log_likelihoods": {}}
for theirs, ours in names.items():
    scale = sd if theirs != "spherical" else np.full(d, np.sqrt(np.mean(sd**2)))
    precision = {
        "full": np.array([np.diag(1 / sd**2)] * k),
        "tied": np.diag(1 / sd**2),
        "diag": np.array([1 / sd**2] * k),
        "spherical": np.full(k, 1 / np.mean(sd**2)),
    }[theirs]
    found = []
    for iterations in (1, 2, 5, 10):
        m = GaussianMixture(k, covariance_type=theirs, reg_covar=0, tol=0, max_iter=iterations,
                            weights_init=[0.2, 0.3, 0.5], means_init=start, precisions_init=precision).fit(x)
        found.append(float(m.score_samples(x).sum()))
    out["log_likelihoods"][ours] = found
print(json.dumps(out))
