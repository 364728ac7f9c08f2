package nn

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// A Score is how attention compares a key k with a query q.
type Score string

// The scores (Qiu 2019, eq. 8.2 to 8.5).
const (
	ScaledDot Score = "scaled-dot" // kᵀq/√d, the default (Vaswani et al. 2017)
	Dot       Score = "dot"        // kᵀq
	Bilinear  Score = "bilinear"   // kᵀWq (Luong, Pham & Manning 2015: general)
	Additive  Score = "additive"   // vᵀtanh(Wk + Uq) (Bahdanau, Cho & Bengio 2015)
)

// Attention reads from a number of values, each of which has a key, what a query asks
// for: their mean with weights α_i = softmax_i s(k_i, q) (Qiu 2019, eq. 8.1 and 8.9).
// For several heads see [MultiHead].
type Attention struct {
	Score      Score
	Query, Key int  // sizes; with a dot product they must be equal
	Hidden     int  // of the additive score; 0 means Key
	Init       Init // of the matrices; by default Xavier
}

// Validate checks the sizes and the score.
func (a Attention) Validate() error {
	if err := positive("Attention", "Query", a.Query, "Key", a.Key); err != nil {
		return err
	}
	switch {
	case a.Score != "" && a.Score != ScaledDot && a.Score != Dot && a.Score != Bilinear && a.Score != Additive:
		return &belief.ConfigError{Field: "Attention.Score", Value: string(a.Score), Want: "scaled-dot, dot, bilinear or additive"}
	case a.Score != Bilinear && a.Score != Additive && a.Query != a.Key:
		return &belief.ConfigError{Field: "Attention.Key", Value: a.Key, Want: fmt.Sprintf("%d, the size of the query, for their dot product", a.Query)}
	case a.Hidden < 0:
		return &belief.ConfigError{Field: "Attention.Hidden", Value: a.Hidden, Want: "0 or more"}
	}
	return nil
}

// An AttentionLayer is an Attention with its weights, of which a score has none, W, or
// all three.
type AttentionLayer[T Float] struct {
	Attention
	Name    string
	KeyW    *autodiff.Param[T] // W: Key×Query if bilinear, Key×Hidden if additive
	QueryW  *autodiff.Param[T] // U: Query×Hidden
	Combine *autodiff.Param[T] // v: Hidden
}

// Attention makes attention with the parameters name.key, name.query and
// name.combine, as far as the score has them.
func (n *Net[T]) Attention(name string, a Attention) *AttentionLayer[T] {
	must(a.Validate())
	if a.Hidden == 0 {
		a.Hidden = a.Key
	}
	l := &AttentionLayer[T]{Attention: a, Name: n.prefix + name}
	start := a.Init
	if start == nil {
		start = Xavier{}
	}
	switch a.Score {
	case Bilinear:
		l.KeyW = n.Param(name+".key", start, a.Key, a.Query, a.Key, a.Query)
	case Additive:
		l.KeyW = n.Param(name+".key", start, a.Key, a.Hidden, a.Key, a.Hidden)
		l.QueryW = n.Param(name+".query", start, a.Query, a.Hidden, a.Query, a.Hidden)
		l.Combine = n.Param(name+".combine", start, a.Hidden, 1, a.Hidden)
	}
	return l
}

// Prepare computes of keys, batch×keys×Key, what does not depend on the query, once
// for all queries that are to come.
func (l *AttentionLayer[T]) Prepare(keys autodiff.Var[T]) autodiff.Var[T] {
	if shape := keys.Shape(); len(shape) != 3 || shape[2] != l.Key {
		wrongShape("attention", fmt.Sprintf("keys are batch×keys×%d", l.Key), shape)
	}
	if l.KeyW == nil {
		return keys
	}
	t := keys.Tape()
	before := t.SetLabel(l.Name)
	y := keys.MatMul(t.Param(l.KeyW))
	t.SetLabel(before)
	return y
}

// Scores compares queries, batch×queries×Query, with prepared keys, and returns
// batch×queries×keys. Their softmax points to a key (Vinyals, Fortunato & Jaitly
// 2015; Qiu 2019, eq. 8.12 to 8.15). The scaling is part of the weights, not of the scores.
func (l *AttentionLayer[T]) Scores(queries, prepared autodiff.Var[T]) autodiff.Var[T] {
	q, k := queries.Shape(), prepared.Shape()
	if len(q) != 3 || len(k) != 3 || q[0] != k[0] || q[2] != l.Query {
		wrongShape("attention", fmt.Sprintf("queries are batch×queries×%d, with prepared keys of that batch", l.Query), q, k)
	}
	if l.Score != Additive {
		return queries.MatMulT(prepared)
	}
	t := queries.Tape()
	before := t.SetLabel(l.Name)
	u := queries.MatMul(t.Param(l.QueryW))
	sum := prepared.Reshape(k[0], 1, k[1], l.Hidden).Add(u.Reshape(q[0], q[1], 1, l.Hidden))
	s := sum.Tanh().MatMul(t.Param(l.Combine).Reshape(l.Hidden, 1)).Reshape(q[0], q[1], k[1])
	t.SetLabel(before)
	return s
}

// Attend returns for queries, batch×queries×Query, the weighted means of values,
// batch×keys×V, whose keys are prepared: batch×queries×V, and the weights,
// batch×queries×keys. A query that sees no key gets zeros.
func (l *AttentionLayer[T]) Attend(queries, prepared, values autodiff.Var[T], mask Mask[T]) (y, w autodiff.Var[T]) {
	t := queries.Tape()
	before := t.SetLabel(l.Name)
	scale := T(1)
	if l.Score == "" || l.Score == ScaledDot {
		scale = T(1 / math.Sqrt(float64(l.Key)))
	}
	w = weightsOf(l.Scores(queries, prepared), scale, mask)
	y = w.MatMul(values)
	t.SetLabel(before)
	return y, w
}
