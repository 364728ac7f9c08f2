// Package linear fits linear models with latent variables: principal components,
// probabilistic principal components, factors, and sparse codes over a learnt dictionary.
//
//	digits, err := data.ReadCSVFile("digits.csv.gz", data.CSVOptions{})
//	pca, err := linear.PCA{Components: 10}.Fit(ctx, digits, em.Config{})
//	scores, err := linear.Transform(ctx, pca, digits) // rows × 10
//
//	fit, err := linear.FactorAnalysis{Factors: 3}.Fit(ctx, src, em.Config{})
//	fmt.Println(fit.LogLikelihood, fit.BIC(), fit.Converged, fit.Warnings)
//
// # Principal components
//
// With S the covariance of the rows, divided by their weight, the components are its
// eigenvectors of the largest eigenvalues, the directions w of unit length in which the
// variance wᵀSw is largest (Qiu 2019, equations 9.1 to 9.8). S is formed about the means,
// block by block, so that data of any number of rows are streamed. A few components of
// many columns are found by subspace iteration to the accuracy of a full decomposition,
// which is about 1e-15 of the largest eigenvalue; columns on scales that differ by 1e5 and
// more, up to 256 of them, keep the digits of the small eigenvalues as well.
// [Randomized] is for more columns than a covariance has room for.
//
// # Factors
//
// x = μ + W z + ε with z ~ N(0, I) and ε ~ N(0, Ψ) has the density N(μ, W Wᵀ + Ψ).
// [FactorAnalysis] lets Ψ be any diagonal matrix, [ProbabilisticPCA] σ²I, for which the
// maximum is known in closed form: with λ and U the eigenvalues and vectors of S
//
//	σ² = Σ_{j>k} λ_j / (d − k),  W = U_k (Λ_k − σ² I)^½.
//
// (Tipping & Bishop 1999, equations 8 and 7). Both are fitted by EM, parameter-expanded so
// that it is fast, with the cells that are there: the missing ones are integrated out,
// which is exact where they are missing at random. An iteration costs O(n d k), and
// O(k²) for each missing cell beside O(d k² + k³) for each row that has one.
//
// # Sparse codes
//
// With p atoms, the columns of A, more than there are columns of data or fewer,
// [SparseCoding] minimizes Σ ‖x − A z‖² + η ρ(z), with ρ one of Σ|z|, Σ log(1 + z²) and
// −Σ exp(−z²) (Qiu 2019, equations 9.11 and 9.13 to 9.15; its equation 9.16 prints the
// penalty with a minus sign, where what is minimized is ‖x − A z‖² + η ρ(z)). Only ℓ1
// gives codes with zeros; with it codes are the best ones within a tolerance that a
// duality gap bounds. Under the others, which are smooth at zero and not convex, they are
// points without slope. A step of a code costs O(p²).
//
// # Costs
//
// With n rows, d columns and k components, covariances cost O(n d²) and d² numbers of
// memory, inner products of n < d rows O(n² d). Log-likelihoods are in nats. Fits give the
// same bits for any number of workers, and for files and memory. Fitted models are safe
// for concurrent use as long as nobody changes them.
//
// # References
//
//   - Tipping & Bishop, Probabilistic principal component analysis, 1999
//   - Rubin & Thayer, EM algorithms for ML factor analysis, 1982
//   - Liu, Rubin & Wu, Parameter expansion to accelerate EM: the PX-EM algorithm, 1998
//   - Kaiser, The varimax criterion for analytic rotation in factor analysis, 1958
//   - Ledermann, On the rank of the reduced correlational matrix in multiple-factor
//     analysis, 1937
//   - Bishop, Pattern Recognition and Machine Learning, 2006, chapter 12
//   - Olshausen & Field, Emergence of simple-cell receptive field properties by learning a
//     sparse code for natural images, 1996
//   - Daubechies, Defrise & De Mol, An iterative thresholding algorithm for linear inverse
//     problems with a sparsity constraint, 2004
//   - Beck & Teboulle, A fast iterative shrinkage-thresholding algorithm for linear
//     inverse problems, 2009
//   - O'Donoghue & Candès, Adaptive restart for accelerated gradient schemes, 2015
//   - Mairal, Bach, Ponce & Sapiro, Online dictionary learning for sparse coding, 2009
//   - Halko, Martinsson & Tropp, Finding structure with randomness, 2011
//   - Zhou, Saad, Tiago & Chelikowsky, Self-consistent-field calculations using
//     Chebyshev-filtered subspace iteration, 2006
//   - Demmel & Veselić, Jacobi's method is more accurate than QR, 1992
//   - Qiu Xipeng, Neural Networks and Deep Learning, draft of 6 April 2019, chapter 9
package linear
