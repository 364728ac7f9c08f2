package nn

import (
	"slices"

	"github.com/belief-go/belief/autodiff"
)

// The losses are means over the rows of a batch, its first dimension, of the sum of
// the losses of a row's entries; 0 where there are no rows.

// SquaredError is the mean over rows, the first dimension, of Σ (x−y)². As for the
// other losses, y has the shape of x, or is a single number.
func SquaredError[T Float](x, y autodiff.Var[T]) autodiff.Var[T] {
	sameShape("SquaredError", x, y)
	return perRow(x, x.Sub(y).Square())
}

// AbsoluteError is the mean over rows of Σ |x−y|.
func AbsoluteError[T Float](x, y autodiff.Var[T]) autodiff.Var[T] {
	sameShape("AbsoluteError", x, y)
	return perRow(x, x.Sub(y).Abs())
}

// Huber is the mean over rows of Σ h(x−y) with h(d) = d²/2 where |d| ≤ delta, and
// delta·(|d| − delta/2) beyond (Huber 1964).
func Huber[T Float](x, y autodiff.Var[T], delta T) autodiff.Var[T] {
	sameShape("Huber", x, y)
	d := x.Sub(y)
	near := d.Clip(-delta, delta)
	return perRow(x, near.Mul(d.Sub(near.Scale(0.5))))
}

// Hinge is the mean over rows of Σ max(0, 1 − x·y), with y of −1 and 1 (Vapnik 1995).
func Hinge[T Float](x, y autodiff.Var[T]) autodiff.Var[T] {
	sameShape("Hinge", x, y)
	return perRow(x, x.Mul(y).Neg().Shift(1).ReLU())
}

// Perceptron is the mean over rows of Σ max(0, −x·y), with y of −1 and 1 (Rosenblatt
// 1958).
func Perceptron[T Float](x, y autodiff.Var[T]) autodiff.Var[T] {
	sameShape("Perceptron", x, y)
	return perRow(x, x.Mul(y).Neg().ReLU())
}

// CrossEntropy is the mean over rows of −log p of the row's label, in nats, where p is
// the softmax of the row of logits; x is of …×K for K classes, and every row of the
// last dimension counts. With smoothing, the label is believed with probability
// 1−smoothing only, and the other classes share the rest (Szegedy et al. 2016, whose
// ε is smoothing·K/(K−1)). A label that is not in 0 … K−1 panics.
func CrossEntropy[T Float](x autodiff.Var[T], labels []int, smoothing T) autodiff.Var[T] {
	losses := x.CrossEntropy(labels, smoothing)
	return losses.Sum().Scale(1 / T(max(len(labels), 1)))
}

// BinaryCrossEntropy is the mean over rows of Σ −y log p − (1−y) log(1−p), in nats,
// where p is the logistic function of the logits x, and y is in [0, 1], which is not
// checked.
func BinaryCrossEntropy[T Float](x, y autodiff.Var[T]) autodiff.Var[T] {
	return perRow(x, x.BinaryCrossEntropy(y))
}

// sameShape panics with a *autodiff.ShapeError where x and y would be broadcast.
func sameShape[T Float](loss string, x, y autodiff.Var[T]) {
	if len(y.Shape()) > 0 && !slices.Equal(x.Shape(), y.Shape()) {
		wrongShape(loss, "the targets have another shape", x.Shape(), y.Shape())
	}
}

// perRow is the sum of losses over the number of rows of x.
func perRow[T Float](x, losses autodiff.Var[T]) autodiff.Var[T] {
	rows := 1
	if shape := x.Shape(); len(shape) > 0 {
		rows = max(shape[0], 1)
	}
	return losses.Sum().Scale(1 / T(rows))
}
