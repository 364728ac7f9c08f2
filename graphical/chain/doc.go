// Package chain is about hidden Markov models: a chain of hidden states, each of which
// emits what is observed.
//
//	h := &chain.HMM{
//		States:     []string{"rainy", "sunny"},
//		Initial:    []float64{0.6, 0.4},
//		Transition: []float64{0.7, 0.3, 0.4, 0.6},
//		Emission:   &chain.Categorical{Symbols: []string{"walk", "shop", "clean"}, P: []float64{0.1, 0.4, 0.5, 0.6, 0.3, 0.1}},
//	}
//	seqs, err := data.FromSymbols(data.Column{Name: "did", Categories: []string{"walk", "shop", "clean"}}, [][]int{{0, 1, 2}})
//	logp, err := h.LogProb(ctx, seqs)
//	paths, err := h.Viterbi(ctx, seqs)
//
// # The model
//
// With S states, the probability of states z and observations x at the times 0 to T−1 is
//
//	p(z, x) = π(z₀) b₀(z₀) Π_{t≥1} a_t(z_{t−1}, z_t) b_t(z_t),    b_t(s) = p(x_t | s).
//
// The algorithms see arrays and no model: a [Markov] has π, S numbers, and a, S×S numbers
// or (T−1)×S×S, row i for what comes after i; [Evidence] has log b, T×S numbers, or a table
// and for every time the row that holds. Nothing need sum to one, so that the same code
// serves unnormalized chains such as linear-chain conditional random fields, where log Z
// stands in place of log p(x).
//
// # What can be asked
//
//   - [Workspace.Filter]: p(z_t | x_0 … x_t), and log p(x). [Online] takes observations as
//     they come, and [Markov.PredictTo] looks ahead.
//   - [Workspace.Smooth]: γ_t(s) = p(z_t = s | x). [Workspace.Expect] adds γ and
//     ξ_t(i, j) = p(z_{t−1} = i, z_t = j | x) up over many sequences, which is the E step of
//     Baum & Welch.
//   - [Workspace.Viterbi]: the most probable path; [Workspace.KBest]: the k most probable;
//     [Workspace.Decode]: the most probable state of every time.
//   - [Workspace.Sample]: paths from p(z | x).
//
// The methods of an [HMM] ask the same of [data.Sequences].
//
// # Numbers
//
// Probabilities are kept in linear space and scaled at every time (Rabiner 1989, section
// V.A), which is fast. A sequence in which a number that might matter has underflown, and
// no other, is done again with logarithms; [Workspace].LogSpace asks for them at once. A
// transition of probability zero stays exactly zero in every answer. Observations of
// probability zero are an [*ImpossibleError] that names the sequence and the time.
// Logarithms are natural.
//
// # Costs
//
// O(T·S²) time. Memory is O(T·S), or O(√T·S + T) where that would be more than
// [Workspace].Memory, for one more forward pass; evidence that is no table takes O(T·S)
// itself, and as much for each of the sequences that are worked on together, and so do
// logarithms. Sequences are worked on several at a time, so that a step is a product of
// matrices. A [Workspace] keeps its memory: with a warm one nothing is allocated. It is
// for one goroutine, as is an [Online]; everything else may be used concurrently.
//
// # References
//
//   - Baum, Petrie, Soules & Weiss, A maximization technique occurring in the statistical
//     analysis of probabilistic functions of Markov chains, 1970
//   - Viterbi, Error bounds for convolutional codes, 1967
//   - Rabiner, A tutorial on hidden Markov models and selected applications in speech
//     recognition, 1989
//   - Seshadri & Sundberg, List Viterbi decoding algorithms with applications, 1994
//   - Scott, Bayesian methods for hidden Markov models, 2002 (sampling of paths)
package chain
