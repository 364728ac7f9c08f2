"""Writes kmeans.json: what scikit-learn finds on made-up rows.

    python3 kmeans_golden.py > kmeans.json

Written with scikit-learn 1.2.1.
"""
import json

import numpy as np
from kmeans_peer import made_up, rows
from sklearn import metrics
from sklearn.cluster import KMeans

fits = []
for n, d, k, clusters, spread, weighted in [
    (300, 2, 3, 3, 3.0, False),
    (1300, 5, 6, 8, 1.0, False),
    (1300, 5, 6, 8, 1.0, True),
    (2000, 17, 10, 25, 0.5, False),
    (600, 1, 4, 5, 2.0, False),
]:
    x = rows(n, d, clusters, spread)
    weights = np.floor(4 * made_up(np.arange(n) + 77)) if weighted else None
    m = KMeans(k, init=x[:k], n_init=1, max_iter=1000, tol=0, algorithm="lloyd").fit(x, sample_weight=weights)
    fit = dict(rows=n, columns=d, k=k, clusters=clusters, spread=spread, weighted=weighted, iterations=int(m.n_iter_),
               inertia=float(m.inertia_), centers=m.cluster_centers_.tolist())
    if not weighted:
        fit["silhouette"] = float(metrics.silhouette_score(x, m.labels_))
        fit["silhouettes"] = metrics.silhouette_samples(x, m.labels_)[:20].tolist()
        fit["silhouette_manhattan"] = float(metrics.silhouette_score(x, m.labels_, metric="manhattan"))
        fit["silhouette_cosine"] = float(metrics.silhouette_score(x, m.labels_, metric="cosine")) if d > 1 else None
        fit["davies_bouldin"] = float(metrics.davies_bouldin_score(x, m.labels_))
    fits.append(fit)

comparisons = []
for n, a, b, same in [(50, 3, 3, 0.0), (200, 4, 7, 0.5), (500, 10, 5, 0.9), (30, 1, 4, 0.0), (12, 12, 3, 0.0), (40, 3, 3, 1.0)]:
    u = np.arange(n)
    first = (made_up(u + 1000) * a).astype(int)
    second = np.where(made_up(u + 3000) < same, first % b, (made_up(u + 5000) * b).astype(int))
    comparisons.append(dict(
        first=first.tolist(), second=second.tolist(),
        adjusted_rand=float(metrics.adjusted_rand_score(first, second)),
        mutual=float(metrics.mutual_info_score(first, second)),
        normalized=float(metrics.normalized_mutual_info_score(first, second)),
        adjusted=float(metrics.adjusted_mutual_info_score(first, second)),
    ))

print(json.dumps(dict(fits=fits, comparisons=comparisons)))
