"""Golden numbers of scikit-learn 1.2 for package linear: python3 golden.py > golden.json

Rows come with the numbers, so that no generator has to be shared.
"""
import json

import numpy as np
from sklearn.decomposition import PCA, FactorAnalysis, SparseCoder
from sklearn.linear_model import Lasso

r = np.random.default_rng(20261122)
n, d, k = 60, 6, 2
x = r.normal(size=(n, k)) @ r.normal(size=(k, d)) * 2 + r.normal(size=(n, d)) * [0.8, 0.9, 1, 2, 0.7, 0.8] + 100
x = np.round(x, 6)

pca = PCA(3, svd_solver="full").fit(x)
wide = PCA(4, svd_solver="full").fit(x[:5])
fa = FactorAnalysis(2, svd_method="lapack", tol=1e-12, max_iter=100000).fit(x)

atoms = r.normal(size=(12, 5))
atoms = np.round(atoms / np.linalg.norm(atoms, axis=1, keepdims=True), 8)
y = np.round(r.normal(size=(7, 5)), 6)
eta = 0.5
# Ours is |y - A z|^2 + eta |z|_1, Lasso's |y - A z|^2 / (2 d) + alpha |z|_1.
lasso = [Lasso(eta / 2 / 5, fit_intercept=False, tol=1e-12, max_iter=1000000).fit(atoms.T, row).coef_ for row in y]
coder = SparseCoder(atoms, transform_algorithm="lasso_lars", transform_alpha=eta / 2).transform(y)

print(json.dumps({
    "rows": x.tolist(),
    "pca": {
        "mean": pca.mean_.tolist(), "components": pca.components_.tolist(), "ratio": pca.explained_variance_ratio_.tolist(),
        "singular": pca.singular_values_.tolist(), "variance": pca.explained_variance_.tolist(), "noise": pca.noise_variance_,
        "scores": pca.transform(x[:3]).tolist(),
        "white": PCA(3, svd_solver="full", whiten=True).fit(x).transform(x[:3]).tolist(),
    },
    "wide": {"components": wide.components_.tolist(), "singular": wide.singular_values_.tolist()},
    "fa": {
        "log_likelihood": fa.score(x) * n, "noise": fa.noise_variance_.tolist(),
        "covariance": fa.get_covariance().tolist(), "mean": fa.mean_.tolist(),
        "varimax": FactorAnalysis(2, svd_method="lapack", tol=1e-12, max_iter=100000, rotation="varimax").fit(x).components_.tolist(),
    },
    "sparse": {"atoms": atoms.tolist(), "rows": y.tolist(), "eta": eta, "lasso": np.array(lasso).tolist(), "lars": coder.tolist()},
}, indent=1))
