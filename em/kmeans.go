package em

// What a user sets for k-means, and how a fit begins and ends.

import (
	"context"
	"iter"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// A Metric says how far a row x is from a centre c.
type Metric uint8

const (
	// SquaredEuclidean is ‖x − c‖²; centres are means.
	SquaredEuclidean Metric = iota
	// Manhattan is Σ|x − c|; centres are medians, coordinate by coordinate, midway
	// between two if every number between them is one.
	Manhattan
	// Cosine is 1 − x·c/(‖x‖‖c‖); centres are mean directions of length one (spherical
	// k-means; Dhillon & Modha 2001). A row of zeros has no direction and is an error.
	Cosine
)

var metrics = constants{"metric", []string{"squared-euclidean", "manhattan", "cosine"}}

// String is the name.
func (m Metric) String() string { return metrics.name(int(m)) }

// MarshalText writes the name.
func (m Metric) MarshalText() ([]byte, error) { return metrics.text(int(m)) }

// UnmarshalText reads a name; the error is a [*belief.UnknownNameError].
func (m *Metric) UnmarshalText(text []byte) error { return parseConstant(&metrics, text, m) }

// A KMeansInit says where k-means begins.
type KMeansInit uint8

const (
	// KMeansPlusPlus draws each centre among the rows in proportion to their distance
	// from those there are, several times, and keeps the draw that leaves the smallest
	// sum of distances (Arthur & Vassilvitskii 2007; greedy, with 2 + ⌊log k⌋ draws).
	KMeansPlusPlus KMeansInit = iota
	// KMeansRandom draws different rows.
	KMeansRandom
)

var kmeansInits = constants{"beginning", []string{"k-means++", "random"}}

// String is the name.
func (i KMeansInit) String() string { return kmeansInits.name(int(i)) }

// MarshalText writes the name.
func (i KMeansInit) MarshalText() ([]byte, error) { return kmeansInits.text(int(i)) }

// UnmarshalText reads a name; the error is a [*belief.UnknownNameError].
func (i *KMeansInit) UnmarshalText(text []byte) error { return parseConstant(&kmeansInits, text, i) }

// A KMeansAlgorithm says how the nearest centres are found. The result is the same.
type KMeansAlgorithm uint8

const (
	// KMeansAuto is Hamerly's for rows in memory, and Lloyd's else.
	KMeansAuto KMeansAlgorithm = iota
	// Lloyd looks at all distances: O(n k d) per iteration (Lloyd 1982).
	Lloyd
	// Hamerly keeps a lower bound of the distance to the second nearest centre, and looks
	// at all distances of a row only where that does not settle it (Hamerly 2010). It
	// takes 12 bytes per row.
	Hamerly
	// Elkan keeps a lower bound for every centre besides, and looks only at the distances
	// that they do not settle (Elkan 2003). It takes 12 + 8 k bytes per row, and pays
	// where distances are expensive.
	Elkan
)

var kmeansAlgorithms = constants{"algorithm", []string{"auto", "lloyd", "hamerly", "elkan"}}

// String is the name.
func (a KMeansAlgorithm) String() string { return kmeansAlgorithms.name(int(a)) }

// MarshalText writes the name.
func (a KMeansAlgorithm) MarshalText() ([]byte, error) { return kmeansAlgorithms.text(int(a)) }

// UnmarshalText reads a name; the error is a [*belief.UnknownNameError].
func (a *KMeansAlgorithm) UnmarshalText(text []byte) error {
	return parseConstant(&kmeansAlgorithms, text, a)
}

// KMeans divides rows into K clusters, each with a centre, such that the inertia, the sum
// of the rows' distances from the nearest centre, is small:
//
//	I = Σ wᵢ minⱼ d(xᵢ, cⱼ)
//
// It is hard EM: the E step finds the nearest centre of every row, the lowest index if
// several are, and the M step moves each centre to where its rows are nearest. With
// squared Euclidean distances that is hard EM of a mixture of spherical Gaussians of one
// variance and equal weights. The objective of the run, also called its log-likelihood, is
// −I.
//
// Inertia has many local minima: unless [Config] says otherwise there are 10 starts. A
// start goes on until no row changes its cluster, which is what Tolerance 0 of Config
// means here; a positive one ends it earlier, where all that seems left to gain is that
// part of the inertia about one centre.
// A cluster that runs empty is moved to the row that is farthest from its centre, and a
// warning says so.
//
// With Batch in Config centres are averages over the batches seen (Sculley 2010, with
// Decay 1; a lower Decay forgets faster), a cluster that runs empty stays where it is, and
// there are 20 passes unless Config says otherwise: batches differ, so that inertia
// seldom settles. Manhattan needs rows in memory, and no batches.
//
// The cost of an iteration is O(n k d), less with bounds, and O(n) memory; there is no
// array of n × k, but for Elkan's.
type KMeans struct {
	K         int             `json:"k"` // the number of clusters
	Metric    Metric          `json:"metric"`
	Init      KMeansInit      `json:"init"`
	Algorithm KMeansAlgorithm `json:"algorithm"`
	// Centers are where to begin, in place of Init, in one start. Their number is K,
	// which may then be 0.
	Centers [][]float64 `json:"centers,omitempty"`
}

const (
	kmeansStarts = 10 // unless the user says otherwise
	kmeansPasses = 20 // the iterations with batches
)

// Fit finds the clusters. Bad settings are a [*belief.ConfigError], bad cells a
// [*data.ValueError].
func (k KMeans) Fit(ctx context.Context, src data.Source, c Config) (*Run[*KMeansModel], error) {
	w, c, err := k.open(ctx, src, c)
	if err != nil {
		return nil, err
	}
	run, err := Fit(ctx, w.rows, w.begin, c)
	if run == nil || run.Model == nil {
		return run, err
	}
	m := run.Model
	if err == nil {
		err = m.measure(ctx)
	}
	if err != nil {
		m.Inertia = -run.LogLikelihood
	}
	m.work = nil
	m.derived.Store(nil) // it is about the origin of the fit
	return run, err
}

// Steps is Fit an iteration at a time.
func (k KMeans) Steps(ctx context.Context, src data.Source, c Config) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		w, c, err := k.open(ctx, src, c)
		if err != nil {
			yield(Step{}, err)
			return
		}
		Steps(ctx, w.rows, w.begin, c)(yield)
	}
}

// open checks settings and data and completes the engine's settings.
func (k KMeans) open(ctx context.Context, src data.Source, c Config) (*kmeansWork, Config, error) {
	if k.Centers != nil && k.K == 0 {
		k.K = len(k.Centers)
	}
	if err := k.validate(c); err != nil {
		return nil, c, err
	}
	c.Settings = k
	rows, err := NewRows(ctx, src, c, RefuseMissing)
	if err != nil {
		return nil, c, err
	}
	w, err := newKMeansWork(ctx, k, rows, c)
	if err != nil {
		return nil, c, err
	}
	if c.Starts == 0 && k.Centers == nil {
		c.Starts = kmeansStarts
	}
	// A hard fit has ended when nothing changes any more; the tolerance is for rows that
	// rounding moves to and fro. The engine's is relative to the objective or to the
	// weight, whichever is larger, while here there is no unit other than the data's own.
	c.Hard = c.Batch == 0
	if c.Tolerance == 0 && c.Hard {
		c.Tolerance, w.exact = 1e-15, true
	}
	if c.Iterations == 0 && !c.Hard {
		c.Iterations = kmeansPasses
	}
	if c.Tolerance > 0 {
		c.Tolerance *= min(1, max(w.spread/rows.Weight(), 1e-280))
	}
	return w, c, nil
}

func (k KMeans) validate(c Config) error {
	for _, f := range []struct {
		field string
		value any
		ok    bool
		want  string
	}{
		{"K", k.K, k.K > 0, "positive"},
		{"K", k.K, k.K <= math.MaxInt32, "at most 2147483647"},
		{"Metric", uint8(k.Metric), int(k.Metric) < len(metrics.names), "SquaredEuclidean, Manhattan or Cosine"},
		{"Init", uint8(k.Init), int(k.Init) < len(kmeansInits.names), "KMeansPlusPlus or KMeansRandom"},
		{"Algorithm", uint8(k.Algorithm), int(k.Algorithm) < len(kmeansAlgorithms.names), "KMeansAuto, Lloyd, Hamerly or Elkan"},
		{"Centers", len(k.Centers), k.Centers == nil || len(k.Centers) == k.K, "as many as K"},
		{"Starts", c.Starts, k.Centers == nil || c.Starts <= 1, "1 with given centres"},
		{"Batch", c.Batch, c.Batch == 0 || k.Metric != Manhattan, "0 with the Manhattan metric, whose medians need all rows"},
	} {
		if !f.ok {
			return &belief.ConfigError{Field: f.field, Value: f.value, Want: f.want}
		}
	}
	return nil
}
