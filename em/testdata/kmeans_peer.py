"""Times scikit-learn's k-means on the rows of BenchmarkKMeans, one thread.

    python3 kmeans_peer.py [rows [columns [clusters]]]

prints, for centres that are 0, 1 and 5 standard deviations apart and for each of its
algorithms, the processor time per iteration: that of eleven iterations less that of one,
divided by ten. It begins with the first rows, as the benchmark does.
"""
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import sys
import time
import warnings

import numpy as np

FAR = 1 << 40


def made_up(i):
    """Number i of the stream, as float64 in [0, 1): splitmix64."""
    with np.errstate(over="ignore"):
        z = (np.asarray(i, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(float) / 2**53


def normal(i):
    i = np.asarray(i, dtype=np.uint64) * np.uint64(4)
    s = made_up(i)
    for j in range(1, 4):
        s = s + made_up(i + np.uint64(j))
    return (s - 2) * 1.7320508075688772


def rows(n, d, k, spread):
    c = (made_up(np.arange(n, dtype=np.uint64) + np.uint64(2 * FAR)) * k).astype(int)
    noise = normal(np.arange(n * d, dtype=np.uint64)).reshape(n, d)
    centers = normal(np.arange(k * d, dtype=np.uint64) + np.uint64(FAR // 8)).reshape(k, d)
    return spread * centers[c] + noise


def main():
    from sklearn.cluster import KMeans

    n, d, k = [int(a) for a in sys.argv[1:]] + [100_000, 50, 20][len(sys.argv) - 1 :]
    warnings.simplefilter("ignore")
    for spread in (0, 1, 5):
        x = rows(n, d, k, spread)
        for algorithm in ("lloyd", "elkan"):
            took = {}
            for iterations in (1, 11):
                took[iterations] = np.inf
                for _ in range(3):
                    begin = time.process_time()
                    m = KMeans(k, init=x[:k], n_init=1, max_iter=iterations, tol=0, algorithm=algorithm).fit(x)
                    took[iterations] = min(took[iterations], time.process_time() - begin)
            print(f"spread={spread} {algorithm}: {(took[11] - took[1]) / (m.n_iter_ - 1):.5f} s per iteration, inertia {m.inertia_:.6f}")


if __name__ == "__main__":
    main()
