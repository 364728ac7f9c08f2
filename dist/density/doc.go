// Package density estimates densities from observations without a formula for them:
// histograms, kernel estimates and nearest neighbours.
//
// All three rest on one observation (Qiu 2019, equation 9.43; Bishop 2006, equation
// 2.246). If K of N observations fall into a small region of volume V, the density
// there is about
//
//	p(x) ≈ K / (N V).
//
// Histograms and kernels fix V and count K, nearest neighbours fix K and measure V.
//
//	hist, err := density.FitHistogram(x, nil, density.HistogramConfig{})
//	kde, err := density.FitKernel(ctx, x, nil, density.KernelConfig{})
//	fmt.Println(hist.LogProb(34), kde.LogProb(34), kde.Quantile(0.9))
//	grid, err := kde.Grid(512) // all at once, by fast Fourier transform
//	plane, err := density.FitVectorKernel(ctx, 2, xy, nil, density.VectorKernelConfig{Full: true})
//	near, err := density.FitNeighborDensity(2, xy, 5)
//	class, err := density.FitNeighborClassifier(2, xy, labels, density.NeighborConfig{K: 5})
//
// # Kernels and bandwidths
//
// A kernel estimate (Parzen 1962) is the mean of one kernel per observation,
//
//	p(x) = Σ w_n K((x − x_n)/h) / h,  Σ w_n = 1,
//
// with K one of [Gaussian], exp(−u²/2)/√(2π), [Epanechnikov], ¾(1 − u²) on |u| ≤ 1,
// and [Tophat], ½ on |u| ≤ 1. In d dimensions the product of d of them stands in its
// place. The book's hypercube (equation 9.45), of side h, is the product of tophats
// of half that bandwidth; and its Gaussian kernel (9.48, 9.49) has the constant of
// one dimension, (2π)^(1/2) h, which in d dimensions must be (2π)^(d/2) h^d.
//
// # Accuracy and cost
//
// Estimates are exact to rounding: what is left out of a sum of Gaussian kernels is
// below 1e-16 of it, bounded on the way and not assumed, so that densities and
// distribution functions keep a relative accuracy of 1e-12 wherever they are, far
// tails included. (Near the end of a compact kernel x itself has few digits left.)
// One evaluation among n observations costs O(log n) and the observations near it;
// in one dimension and for Gaussian kernels dense groups of observations count as
// one. [Kernel.Grid] trades accuracy for speed and says how much.
//
// Cross-validated bandwidths minimize the exact criterion. In one dimension they cost
// about a dozen passes of O(n log n), a fraction of a second for 10,000 observations;
// in d dimensions as many passes of up to O(n²d).
//
// Estimates are immutable and safe for concurrent use. Evaluating allocates nothing.
// Results are the same bits for any number of workers.
//
// Observations are sequences of numbers, or of vectors one after the other, with
// weights that need not sum to one; nil weights are equal. With weights, the number
// of observations in rules means Kish's effective one, (Σ w)²/Σ w². Observations
// beyond ±1e150 are refused, as their squares could overflow. Errors are
// [*dist.FitError], [*belief.ConfigError] and [*belief.TooLargeError]. Logarithms are
// natural. Wrong lengths panic.
//
// # References
//
// Qiu (2019), Neural Networks and Deep Learning, section 9.2.2. Silverman (1986),
// Density Estimation for Statistics and Data Analysis. Scott (1992), Multivariate
// Density Estimation. Freedman & Diaconis (1981), On the histogram as a density
// estimator. Cover & Hart (1967), Nearest neighbor pattern classification. Files
// name what else they use.
package density
