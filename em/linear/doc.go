// Package linear fits linear models with latent variables, such as
// principal components.
//
//	digits, err := data.ReadCSVFile("digits.csv.gz", data.CSVOptions{})
//	pca, err := linear.PCA{Components: 10}.Fit(ctx, digits, em.Config{})
//	scores, err := linear.Transform(ctx, pca, digits) // rows × 10
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
//   - Halko, Martinsson & Tropp, Finding structure with randomness, 2011
//   - Zhou, Saad, Tiago & Chelikowsky, Self-consistent-field calculations using
//     Chebyshev-filtered subspace iteration, 2006
//   - Demmel & Veselić, Jacobi's method is more accurate than QR, 1992
//   - Qiu Xipeng, Neural Networks and Deep Learning, draft of 6 April 2019, chapter 9
package linear
