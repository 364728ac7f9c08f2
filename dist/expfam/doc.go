// Package expfam writes distributions as members of exponential families,
//
//	p(x) = h(x) exp(η·T(x) − A(η)),
//
// with sufficient statistics T, natural parameters η, base measure h and
// log-partition function A. What is learnt of a family holds for all its members:
// data enter through the sums of T alone, ∇A(η) is the mean of T and ∇²A(η) its
// covariance, and the likelihood is greatest where ∇A(η) is the mean of T over the
// data.
//
//	f := expfam.Gamma{}
//	eta, err := f.Natural(dist.Gamma{Shape: 2, Rate: 3}) // [2 -3]
//	mean := f.MeanTo(nil, eta)                           // E log x, E x
//	d, err := f.Distribution(eta)                        // and back
//
//	s := expfam.NewStatistics(f) // what EM and shards of data add up
//	err = s.AddBatch(xs, weights)
//	err = s.Merge(other)
//	eta, err = s.Fit()
//
// # Families
//
// A [Family] is a value that fixes what is not in η, such as the number of trials
// of [Binomial]. All representations are minimal: no combination of the statistics
// is constant, so that η is unique, and ∇²A positive definite. The type's comment
// gives T, η, h, A and the domain of η. [Of] finds the family of a distribution.
//
// A value x is a slice of length Size, of length one for distributions of one
// number; matrices stand row after row. Symmetric matrices in T and η are their
// lower triangles row by row, and an entry of η off the diagonal belongs to both
// its places.
//
// # Edges
//
// Outside its domain, which is open, A is +Inf, and its derivatives are NaN; it is
// NaN where η has a NaN. LogBase is −Inf for an x outside the support, to which
// the ends count at which T is infinite. Degenerate distributions, such as a
// Bernoulli distribution with P = 0, lie at infinity of η and are refused with a
// [*dist.ParameterError]. A mean that no η has is refused with a [*dist.FitError].
// A slice of wrong length panics with "expfam: ".
//
// # Costs
//
// Everything is O(Dim), but Hessians, O(Dim²), the families with matrices of D rows,
// whose A takes O(D³), and a class added to [Statistics], O(1). Families are values
// without memory and safe for concurrent use; a [Statistics] is not.
//
// # References
//
//   - Barndorff-Nielsen, Information and Exponential Families, 1978
//   - Brown, Fundamentals of Statistical Exponential Families, 1986, chapters 1-5
//   - Wainwright & Jordan, Graphical Models, Exponential Families, and Variational
//     Inference, 2008, section 3 and table 3.1
//   - Nielsen & Garcia, Statistical exponential families: a digest, 2009
package expfam
