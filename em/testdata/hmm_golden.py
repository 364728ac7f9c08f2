"""Baum-Welch in log space with numpy and scipy, written straight from the formulas, for
hidden Markov models with Gaussian and mixture emissions: python3 hmm_golden.py > hmm_golden.json

A state's emission is a mixture of normals; one component is a single normal. Rows that
are missing have density one. Sequences have weights.
"""
import json
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def log_components(x, model):
    """log of weight times density, T x K x M; zero for a missing row, log weight apart."""
    k, m = model["weights"].shape
    out = np.zeros((len(x), k, m))
    with np.errstate(divide="ignore"):
        logw = np.log(model["weights"])
    for t, row in enumerate(x):
        for i in range(k):
            for j in range(m):
                out[t, i, j] = logw[i, j]
                if not np.isnan(row).any():
                    out[t, i, j] += multivariate_normal.logpdf(row, model["means"][i, j], model["covs"][i, j])
    return out


def e_step(x, model):
    with np.errstate(divide="ignore"):
        pi, a = np.log(model["start"]), np.log(model["transition"])
    comp = log_components(x, model)
    b = logsumexp(comp, axis=2)
    n, k = b.shape
    alpha, beta = np.zeros((n, k)), np.zeros((n, k))
    alpha[0] = pi + b[0]
    for t in range(1, n):
        alpha[t] = logsumexp(alpha[t - 1][:, None] + a, axis=0) + b[t]
    for t in range(n - 2, -1, -1):
        beta[t] = logsumexp(a + b[t + 1] + beta[t + 1], axis=1)
    ll = logsumexp(alpha[-1])
    gamma = np.exp(alpha + beta - ll)
    xi = np.zeros((k, k))
    for t in range(n - 1):
        xi += np.exp(alpha[t][:, None] + a + b[t + 1] + beta[t + 1] - ll)
    share = gamma[:, :, None] * np.exp(comp - b[:, :, None])
    return ll, gamma, xi, share


def iterate(sequences, weights, model, kind):
    k, m = model["weights"].shape
    d = model["means"].shape[2]
    start, trans = np.zeros(k), np.zeros((k, k))
    mass, first = np.zeros((k, m)), np.zeros((k, m, d))
    total, parts = 0.0, []
    for x, w in zip(sequences, weights):
        if len(x) == 0:
            continue
        ll, gamma, xi, share = e_step(x, model)
        total += w * ll
        start += w * gamma[0]
        trans += w * xi
        seen = ~np.isnan(x).any(axis=1)
        share, x = w * share[seen], x[seen]
        parts.append((x, share))
        mass += share.sum(axis=0)
        first += np.einsum("tkm,td->kmd", share, x)
    means = first / mass[:, :, None]
    covs = np.zeros((k, m, d, d))
    for x, share in parts:
        for i in range(k):
            for j in range(m):
                r = x - means[i, j]
                covs[i, j] += np.einsum("t,td,te->de", share[:, i, j], r, r)
    covs /= mass[:, :, None, None]
    if kind == "diagonal":
        covs = covs * np.eye(d)
    return total, {
        "start": start / start.sum(),
        "transition": trans / trans.sum(axis=1, keepdims=True),
        "weights": mass / mass.sum(axis=1, keepdims=True),
        "means": means,
        "covs": covs,
    }


def case(seed, kind, k, m, d, steps, missing=0.0, weights=None, left=False):
    rng = np.random.default_rng(seed)
    sequences = []
    for n in steps:
        z, rows = rng.integers(k), []
        for _ in range(n):
            j = rng.integers(m)
            rows.append(np.round(3 * z + 1.2 * j * (-1) ** z + rng.normal(size=d) * (0.6 + 0.3 * z), 3))
            if rng.random() < 0.3:
                z = rng.integers(k)
        x = np.array(rows).reshape(n, d)
        x[rng.random(n) < missing] = np.nan
        sequences.append(x)
    transition = rng.dirichlet(np.full(k, 5.0), size=k)
    if left:
        transition = np.triu(transition)
        transition /= transition.sum(axis=1, keepdims=True)
    model = {
        "start": np.eye(k)[0] if left else rng.dirichlet(np.full(k, 5.0)),
        "transition": transition,
        "weights": rng.dirichlet(np.full(m, 5.0), size=k),
        "means": np.arange(k)[:, None, None] * 2.5 + rng.normal(size=(k, m, d)),
        "covs": np.broadcast_to(np.eye(d), (k, m, d, d)).copy(),
    }
    weights = weights or [1.0] * len(steps)
    out = {
        "kind": kind, "states": k, "components": m, "columns": d, "weights": weights,
        "sequences": [[None if np.isnan(v) else v for v in x.ravel()] for x in sequences],
        "begin": {key: v.ravel().tolist() for key, v in model.items()}, "log_likelihoods": [],
    }
    for _ in range(6):
        ll, model = iterate(sequences, weights, model, kind)
        out["log_likelihoods"].append(ll)
    out["log_likelihoods"].append(iterate(sequences, weights, model, kind)[0])
    out["end"] = {key: v.ravel().tolist() for key, v in model.items()}
    return out


cases = [
    case(1, "diagonal", 2, 1, 2, [40, 25, 1]),
    case(2, "full", 2, 1, 2, [60, 0, 30], missing=0.15, weights=[1.0, 2.0, 0.5]),
    case(3, "diagonal", 2, 2, 1, [80, 60], missing=0.1),
    case(4, "full", 2, 2, 2, [90, 70], weights=[0.7, 1.3]),
    case(5, "full", 3, 1, 1, [40, 40, 40], left=True),
]
print(json.dumps(cases, allow_nan=False))
