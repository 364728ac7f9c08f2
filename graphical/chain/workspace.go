package chain

import "context"

// A Workspace holds the memory of the algorithms, which it uses again. The zero value is
// ready. It is for one goroutine.
type Workspace struct {
	// LogSpace has everything computed with logarithms, which is many times slower and to
	// the same answer; without it that is done only where linear space underflows.
	LogSpace bool
	// Memory is how many bytes the forward probabilities may take before only every √T-th
	// row of them is kept and the others are computed twice; 0 means 64 MiB.
	Memory int64
	// Context is looked at now and then, also in the middle of a sequence, by forward and
	// backward passes, which return its error; nil means never.
	Context context.Context

	order          []int
	groups         sums
	log            logSpace
	viterbi        viterbi
	single         [1]Evidence
	one            [1]float64
	lonely         Expected
	gamma, weights []float64
}

// Expected is what the hidden states of many sequences are expected to have done.
type Expected struct {
	LogZ []float64 // of each sequence: log p(x), in nats
	// Initial, S numbers, is Σ γ_0, and Transition, S×S, is Σ_t ξ_t, over the sequences,
	// each times its weight.
	Initial    []float64
	Transition []float64
	// Rows is Σ γ by the rows of the Log that all evidence shares, rows × S. It is wanted
	// if it is not nil.
	Rows []float64
	// Gamma[i] is T×S: γ of sequence i times its weight. They are wanted if Gamma is not
	// nil.
	Gamma [][]float64
	// Pairs[i] is (T−1)×S×S: ξ of sequence i times its weight. They are wanted if Pairs
	// is not nil.
	Pairs [][]float64
}

// A watch looks at a context now and then.
type watch struct {
	ctx  context.Context
	work float64 // since it was looked at
	err  error   // of ctx
}

// watchWork is about how many multiplications there are between two looks.
const watchWork = 1 << 24

// ended says whether the context has, after so much more work.
func (w *watch) ended(work int) bool {
	if w.ctx == nil || w.err != nil {
		return w.err != nil
	}
	if w.work += float64(work); w.work >= watchWork {
		w.work, w.err = 0, w.ctx.Err()
	}
	return w.err != nil
}

// watch makes the passes look at the context.
func (w *Workspace) watch() {
	w.groups.watch, w.log.watch = watch{ctx: w.Context}, watch{ctx: w.Context}
}

// grow returns s with length n; what is in it does not matter.
func grow[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n)
	}
	return s[:n]
}

func weightOf(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}
