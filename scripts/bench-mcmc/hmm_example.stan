data {
  int N;
  int K;
  real y[N];
}
parameters {
  simplex[K] theta1;
  simplex[K] theta2;
  positive_ordered[K] mu;
}
model {
  real logp[K, K];
  real forward[K];
  mu[1] ~ normal(3, 1);
  mu[2] ~ normal(10, 1);
  for (k in 1:K) {
    logp[1, k] = log(theta1[k]);
    logp[2, k] = log(theta2[k]);
    forward[k] = normal_lpdf(y[1] | mu[k], 1);
  }
  for (n in 2:N) {
    real next[K];
    for (k in 1:K) {
      real path[K];
      for (j in 1:K)
        path[j] = forward[j] + logp[j, k];
      next[k] = log_sum_exp(path) + normal_lpdf(y[n] | mu[k], 1);
    }
    forward = next;
  }
  target += log_sum_exp(forward);
}
