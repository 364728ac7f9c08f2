data {
  int N;
  vector[N] Y;
  int K;
  matrix[N, K] X;
}
transformed data {
  matrix[N, K - 1] Xc;
  for (j in 2:K)
    Xc[, j - 1] = X[, j] - mean(X[, j]);
}
parameters {
  vector[K - 1] b;
  real Intercept;
  real<lower=0> sigma;
}
model {
  b ~ normal(0, 1);
  Intercept ~ student_t(3, 8, 10);
  sigma ~ student_t(3, 0, 10);
  Y ~ normal_id_glm(Xc, Intercept, b, sigma);
}
