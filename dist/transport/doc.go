// Package transport measures how far one distribution is from another by the work
// of moving it there: Wasserstein distances and the optimal transport behind them.
//
//	d, err := transport.Samples(1, x, nil, y, nil)     // two samples of numbers
//	d, err := transport.Quantiles(2, prior, posterior) // two distributions of a number
//	d, err := transport.Gaussians(m1, cov1, m2, cov2)  // two normal distributions
//	plan, err := transport.Exact(ctx, a, b, cost)      // who sends how much to whom
//	near, err := transport.Sinkhorn{}.Solve(ctx, a, b, cost)
//	sw, err := transport.Sliced{}.Distance(ctx, 3, x, nil, y, nil)
//
// # Model
//
// Among all joint distributions γ with the marginals μ and ν, transport seeks the one
// that is cheapest under a cost c(x, y). With c = d(x, y)^p,
//
//	W_p(μ, ν) = (min over γ of E_γ[d(x, y)^p])^(1/p),  p ≥ 1,
//
// is a distance (Villani 2009, definition 6.1). On the line the cheapest joint
// distribution pairs equal quantiles, so that W_p^p = ∫₀¹ |F⁻¹(u) − G⁻¹(u)|^p du; for
// p = 1 this is the area between the distribution functions. Of two normal
// distributions,
//
//	W_2² = ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2(Σ₂^½ Σ₁ Σ₂^½)^½)
//
// (Dowson & Landau 1982; Qiu 2019, equation E.21, which prints this square under the
// name of the distance itself; only its root becomes the Euclidean distance of the
// means when both covariances are zero). The exact and the approximate solver take
// any cost; a cost of +Inf forbids a pair. They move a discrete distribution a to
// another b, and come with the dual potentials of Kantorovich, u_i + v_j ≤ c_ij, whose
// value Σ a_i u_i + Σ b_j v_j no plan can go below: what is left between the two is the
// gap that every result states.
//
// # Shapes and units
//
// A cost matrix of n sources and m sinks is a slice of n·m numbers, row after row.
// Points in d dimensions stand one after the other in a slice. Weights may be nil,
// which means all equal, and need not sum to one where two samples are compared.
// Distances are in the units of the values, costs in the units of mass times cost.
//
// # Cost
//
// Samples sorts: O(n log n). Gaussians takes O(d³). Exact is a network simplex,
// polynomial in practice (about n² log n steps for n×n; 500×500 takes a fraction of a
// second) in one copy of the matrix. A step of Sinkhorn takes n·m exponentials.
//
// # Concurrency
//
// All functions are safe for concurrent use. Only Sliced runs on several cores; its
// answer does not depend on how many.
//
// # References
//
// Villani 2009, Optimal Transport: Old and New. Peyré & Cuturi 2019, Computational
// Optimal Transport. Ahuja, Magnanti & Orlin 1993, Network Flows, chapter 11. Cuturi
// 2013, Sinkhorn distances. Altschuler, Weed & Rigollet 2017, Near-linear time
// approximation algorithms for optimal transport via Sinkhorn iteration. Bonneel,
// Rabin, Peyré & Pfister 2015, Sliced and Radon Wasserstein barycenters of measures.
// Bhatia, Jain & Lim 2019, On the Bures–Wasserstein distance between positive definite
// matrices.
package transport
