# Seconds of processor time that Python's libraries take on one thread for what the
# benchmarks of em, em/linear and graphical/chain do: prints the task and the best of some.
#
#   python3 peer.py TASK [DATA]
#
# Tasks: kmeans kmeans-noise gmm-full gmm-diagonal pca pca-noise pca-randomized, of
# scikit-learn; baum-welch forward viterbi, of hmmlearn, on the file DATA.
import gzip
import json
import os
import sys
import time
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

warnings.simplefilter("ignore")
FAR = 1 << 40


def best(times, run):
    took = []
    for _ in range(times):
        start = time.process_time()
        run()
        took.append(time.process_time() - start)
    return min(took)


def made_up(i):
    """Number i of the stream of BenchmarkKMeans: splitmix64."""
    with np.errstate(over="ignore"):
        z = (np.asarray(i, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(float) / 2**53


def normal(i):
    i = np.asarray(i, dtype=np.uint64) * np.uint64(4)
    return (sum(made_up(i + np.uint64(j)) for j in range(4)) - 2) * 1.7320508075688772


def kmeans(spread):
    """An iteration of Lloyd's algorithm, of ten after the first."""
    from sklearn.cluster import KMeans

    n, d, k = 100_000, 50, 20
    c = (made_up(np.arange(n, dtype=np.uint64) + np.uint64(2 * FAR)) * k).astype(int)
    centers = normal(np.arange(k * d, dtype=np.uint64) + np.uint64(FAR // 8)).reshape(k, d)
    x = spread * centers[c] + normal(np.arange(n * d, dtype=np.uint64)).reshape(n, d)

    def run(iterations):
        m = KMeans(k, init=x[:k], n_init=1, max_iter=iterations, tol=0, algorithm="lloyd").fit(x)
        return m.n_iter_

    last = run(11)
    return (best(3, lambda: run(11)) - best(3, lambda: run(1))) / (last - 1)


def mixture(form):
    """An iteration, E step and M step."""
    from sklearn.mixture import GaussianMixture

    rng = np.random.default_rng(1)
    n, d, k = 100_000, 10, 10
    means = 4 * rng.normal(size=(k, d))
    roots = np.eye(d) + rng.normal(size=(k, d, d)) / 2
    labels = rng.integers(k, size=n)
    e = rng.normal(size=(n, d))
    x = means[labels] + np.einsum("nij,nj->ni", roots[labels], e)
    m = GaussianMixture(k, covariance_type=form, max_iter=1, init_params="random", random_state=1).fit(x)

    def run():
        _, log_resp = m._e_step(x)
        m._m_step(x, log_resp)

    return best(5, run)


def pca(signal, solver):
    """50 components of 10,000 × 784."""
    from sklearn.decomposition import PCA

    n, d, k = 10_000, 784, 50
    r = np.random.default_rng(1)
    x = r.normal(size=(n, d))
    if signal:
        x += r.normal(size=(n, k)) @ (r.normal(size=(k, d)) / np.arange(1, k + 1)[:, None])
    return best(3, lambda: PCA(k, svd_solver=solver, random_state=0).fit(x))


def markov(task, path):
    from hmmlearn import _hmmc, hmm

    with gzip.open(path) as f:
        d = json.load(f)
    x = np.concatenate(d["sequences"]).reshape(-1, 1)
    lengths = [len(s) for s in d["sequences"]]

    def model(iterations):
        m = hmm.CategoricalHMM(32, implementation="scaling", n_iter=iterations, tol=-np.inf, init_params="")
        m.n_features = 64
        m.startprob_, m.transmat_, m.emissionprob_ = (np.array(d[k]) for k in ("start", "transition", "emission"))
        return m

    m = model(1)
    if task == "baum-welch":
        return (best(2, lambda: model(4).fit(x, lengths)) - best(2, lambda: model(1).fit(x, lengths))) / 3
    if task == "viterbi":
        return best(3, lambda: m.decode(x, lengths))

    def forward():
        b, i = m.emissionprob_.T[x[:, 0]], 0
        for n in lengths:
            _hmmc.forward_scaling(m.startprob_, m.transmat_, b[i : i + n])
            i += n

    return best(5, forward)


tasks = {
    "kmeans": lambda: kmeans(1),
    "kmeans-noise": lambda: kmeans(0),
    "gmm-full": lambda: mixture("full"),
    "gmm-diagonal": lambda: mixture("diag"),
    "pca": lambda: pca(True, "full"),
    "pca-noise": lambda: pca(False, "full"),
    "pca-randomized": lambda: pca(True, "randomized"),
}
task = sys.argv[1]
print(task, tasks[task]() if task in tasks else markov(task, sys.argv[2]))
