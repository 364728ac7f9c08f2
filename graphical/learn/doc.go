// Package learn makes the tables of Bayesian networks from data: parameters of a given
// structure, from rows in which every variable is observed, and how well a structure
// fits. Rows with missing cells and hidden variables are the business of em.Network,
// whose M step is here.
//
//	net, err := bif.ReadFile("alarm.bif")
//	src, err := data.ReadCSVFile("patients.csv", data.CSVOptions{})
//	fit, err := learn.Tables{Prior: learn.Prior{BDeu: 10}}.Fit(ctx, net, src)
//	err = bif.WriteFile("learnt.bif", fit.Net)
//
// # The method
//
// Variable i has r_i states, its parents q_i combinations of theirs, and N_ijk is the
// weight of the rows in which it is in state k and its parents in combination j. The
// log-likelihood is Σ N_ijk log θ_ijk, a sum over variables, each of which is learnt by
// itself (Qiu 2019, equations 11.74 and 11.75, there per row). The tables of most
// likelihood are N_ijk / N_ij, and with a Dirichlet prior of parameters α_ijk the posterior means are
//
//	θ_ijk = (N_ijk + α_ijk) / (N_ij + α_ij).
//
// They are the most probable tables as well, if the prior's density is taken over the
// logarithms of their entries (MacKay 1998): what rises in EM is L + Σ α_ijk log θ_ijk. A
// [Prior] is that of Buntine (1991), BDeu, by which networks that state the same
// independences have the same score, or one of equal pseudo-counts (Laplace; Cooper &
// Herskovits 1992, K2). Combinations of parents that the data do not have get a uniform
// row, and are named.
//
// # Scores
//
// BIC and AIC are −2 L plus a penalty, so that less is better, as everywhere in the
// house. [Counts.LogMarginal] is the logarithm of the probability of the data with the
// tables integrated out (Heckerman, Geiger & Chickering 1995, equations 20 and 35), of
// which more is better:
//
//	Σ_ij [log Γ(α_ij) − log Γ(α_ij + N_ij) + Σ_k (log Γ(α_ijk + N_ijk) − log Γ(α_ijk))].
//
// All of them are sums over variables. Logarithms are natural.
//
// # Data
//
// Columns and variables are matched by their names, categories and states by theirs.
// A column that no variable is named after is an error, for it may be a misspelt one;
// data.Without leaves it out. A column of numbers fits states whose names are these
// numbers, and, if Indices says so, it holds the indices of states.
//
// # Costs and concurrency
//
// Counting takes time proportional to rows × variables and memory for one number per
// table entry, never for rows. [Families] may be used concurrently, [Counts] may not:
// goroutines and shards have their own, which are merged.
//
// # References
//
//   - Buntine, Theory refinement on Bayesian networks, 1991
//   - Cooper & Herskovits, A Bayesian method for the induction of probabilistic networks
//     from data, 1992
//   - Heckerman, Geiger & Chickering, Learning Bayesian networks: the combination of
//     knowledge and statistical data, 1995
//   - MacKay, Choice of basis for Laplace approximation, 1998
//   - Qiu Xipeng, Neural Networks and Deep Learning, draft of 6 April 2019, section 11.4.1
package learn
