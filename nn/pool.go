package nn

import (
	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// Pool says which windows of images or sequences are pooled to one number each. The
// second number of a pair is that of the width; 0 means as the first.
type Pool struct {
	Size    [2]int
	Stride  [2]int // 0 means Size
	Padding [2]int // of windows beyond the edge, where nothing is counted; less than Size
}

func (p Pool) general() autodiff.Pool {
	return autodiff.Pool{Size: pair(p.Size), Stride: pair(p.Stride), Padding: pair(p.Padding)}
}

// Validate checks the settings.
func (p Pool) Validate() error {
	const most = 1 << 16
	a := p.general()
	for i := range 2 {
		switch {
		case a.Size[i] < 1 || a.Size[i] > most:
			return &belief.ConfigError{Field: "Pool.Size", Value: p.Size, Want: "1 to 65536"}
		case a.Stride[i] < 0 || a.Stride[i] > most:
			return &belief.ConfigError{Field: "Pool.Stride", Value: p.Stride, Want: "0 to 65536"}
		case a.Padding[i] < 0 || a.Padding[i] >= a.Size[i]:
			return &belief.ConfigError{Field: "Pool.Padding", Value: p.Padding, Want: "less than Size"}
		}
	}
	return nil
}

// MaxPool returns a layer that takes the largest number of each window (Qiu 2019,
// eq. 5.22). Settings that make no sense panic with a *belief.ConfigError.
func MaxPool[T Float](p Pool) Func[T] {
	must(p.Validate())
	a := p.general()
	return func(x autodiff.Var[T]) autodiff.Var[T] { return x.MaxPool(a) }
}

// MeanPool returns a layer that takes the mean of each window (Qiu 2019, eq. 5.23).
// Settings that make no sense panic with a *belief.ConfigError.
func MeanPool[T Float](p Pool) Func[T] {
	must(p.Validate())
	a := p.general()
	return func(x autodiff.Var[T]) autodiff.Var[T] { return x.MeanPool(a) }
}

// GlobalMaxPool returns a layer from batch × channels × … to batch × channels, the
// largest numbers of the channels.
func GlobalMaxPool[T Float]() Func[T] {
	return func(x autodiff.Var[T]) autodiff.Var[T] {
		return x.MaxPool(autodiff.Pool{}).Reshape(x.Dim(0), x.Dim(1))
	}
}

// GlobalMeanPool returns a layer from batch × channels × … to batch × channels, the
// means of the channels (Lin, Chen & Yan 2013).
func GlobalMeanPool[T Float]() Func[T] {
	return func(x autodiff.Var[T]) autodiff.Var[T] {
		return x.MeanPool(autodiff.Pool{}).Reshape(x.Dim(0), x.Dim(1))
	}
}

// Flatten returns a layer that makes rows of numbers of what a batch consists of, for
// a Dense layer after a convolution.
func Flatten[T Float]() Func[T] {
	return func(x autodiff.Var[T]) autodiff.Var[T] {
		shape := x.Shape()
		return x.Reshape(x.Dim(0), autodiff.Size(shape[1:]))
	}
}

// Images returns a layer that makes channels × height × width of each row of a batch,
// for a convolution after a Dense layer.
func Images[T Float](channels, height, width int) Func[T] {
	return func(x autodiff.Var[T]) autodiff.Var[T] {
		return x.Reshape(x.Dim(0), channels, height, width)
	}
}
