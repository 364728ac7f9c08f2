"""Bayesian Gaussian mixtures by scikit-learn 1.2, from given starts: variational.json.

Only full covariances are compared: for the other forms scikit-learn takes the degrees of
freedom of a full matrix.
"""

import json

import numpy as np
from sklearn.mixture import BayesianGaussianMixture

rng = np.random.default_rng(4)
x = np.concatenate(
    [
        rng.normal(size=(25, 2)) @ [[1.0, 0.4], [0.0, 0.5]],
        rng.normal(size=(20, 2)) * 0.7 + [3.0, 1.0],
        rng.normal(size=(15, 2)) * [0.4, 1.2] + [0.0, 5.0],
    ]
)
prior = dict(concentration=0.3, mu=[0.8, 1.5], kappa=0.6, nu=3.5, psi=[[1.2, 0.1], [0.1, 1.7]])
cases = []
for start in (
    [[0.0, 0.0], [3.0, 1.0], [0.0, 5.0]],
    [[0.0, 0.0], [1.5, 0.5], [1.0, 3.0]],
    [[0.0, 4.3], [0.0, 6.0], [1.5, 0.5]],
):
    k = len(start)
    m = BayesianGaussianMixture(
        n_components=k,
        covariance_type="full",
        weight_concentration_prior_type="dirichlet_distribution",
        weight_concentration_prior=prior["concentration"],
        mean_prior=prior["mu"],
        mean_precision_prior=prior["kappa"],
        degrees_of_freedom_prior=prior["nu"],
        covariance_prior=prior["psi"],
        reg_covar=0,
        tol=1e-13,
        max_iter=20000,
    )
    scale = x.std(0)
    near = (((x[:, None] - np.array(start)) / scale) ** 2).sum(2).argmin(1)
    m._initialize_parameters = lambda X, state: m._initialize(X, np.eye(k)[near])
    m.fit(x)
    assert m.converged_
    cases.append(
        dict(
            means=start,
            concentrations=list(m.weight_concentration_),
            mu=m.means_.tolist(),
            kappa=list(m.mean_precision_),
            nu=list(m.degrees_of_freedom_),
            psi=[(c * n).ravel().tolist() for c, n in zip(m.covariances_, m.degrees_of_freedom_)],
            bound=m.lower_bound_,
            responsibilities=m.predict_proba(x[:3]).tolist(),
        )
    )
json.dump(dict(x=x.tolist(), prior=prior, cases=cases), open("variational.json", "w"), indent=1)
