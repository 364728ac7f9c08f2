package process

import (
	"strings"

	"github.com/belief-go/belief/dist"
)

// Kernels made of kernels. Hyperparameters are those of the parts, in order.

// Sum is the kernel of a sum of independent processes, Σ k_i. It must not be empty.
type Sum []Kernel

// Eval implements [Kernel].
func (k Sum) Eval(x, y []float64, same bool) float64 {
	sum := 0.0
	for _, part := range k {
		sum += part.Eval(x, y, same)
	}
	return sum
}

// GradTo implements [Kernel].
func (k Sum) GradTo(dst, x, y []float64, same bool) float64 {
	sum := 0.0
	for _, part := range k {
		n := part.NumParams()
		sum += part.GradTo(dst[:n], x, y, same)
		dst = dst[n:]
	}
	return sum
}

// NumParams implements [Kernel].
func (k Sum) NumParams() int { return numParams(k) }

// ParamsTo implements [Kernel].
func (k Sum) ParamsTo(dst []float64) { paramsTo(k, dst) }

// WithParams implements [Kernel].
func (k Sum) WithParams(logTheta []float64) Kernel { return Sum(withParams(k, logTheta)) }

// Validate implements [Kernel].
func (k Sum) Validate(dim int) error { return validateParts("sum of kernels", k, dim) }

// String joins the parts by plus signs.
func (k Sum) String() string { return join(k, " + ") }

// Product is the kernel Π k_i, large only where all of its parts are. It must not be
// empty.
type Product []Kernel

// Eval implements [Kernel].
func (k Product) Eval(x, y []float64, same bool) float64 {
	product := 1.0
	for _, part := range k {
		product *= part.Eval(x, y, same)
	}
	return product
}

// GradTo implements [Kernel]: each part's gradient times the other parts, those
// before it on the way forwards and those after it on the way back.
func (k Product) GradTo(dst, x, y []float64, same bool) float64 {
	product, at := 1.0, 0
	for _, part := range k {
		n := part.NumParams()
		v := part.GradTo(dst[at:at+n], x, y, same)
		for i := at; i < at+n; i++ {
			dst[i] *= product
		}
		product *= v
		at += n
	}
	after := 1.0
	for p := len(k) - 1; p >= 0; p-- {
		n := k[p].NumParams()
		for i := at - n; i < at; i++ {
			dst[i] *= after
		}
		at -= n
		after *= k[p].Eval(x, y, same)
	}
	return product
}

// NumParams implements [Kernel].
func (k Product) NumParams() int { return numParams(k) }

// ParamsTo implements [Kernel].
func (k Product) ParamsTo(dst []float64) { paramsTo(k, dst) }

// WithParams implements [Kernel].
func (k Product) WithParams(logTheta []float64) Kernel { return Product(withParams(k, logTheta)) }

// Validate implements [Kernel].
func (k Product) Validate(dim int) error { return validateParts("product of kernels", k, dim) }

// String joins the parts by multiplication signs, sums among them in parentheses.
func (k Product) String() string { return join(k, " × ") }

func numParams(parts []Kernel) int {
	n := 0
	for _, part := range parts {
		n += part.NumParams()
	}
	return n
}

func paramsTo(parts []Kernel, dst []float64) {
	for _, part := range parts {
		n := part.NumParams()
		part.ParamsTo(dst[:n])
		dst = dst[n:]
	}
}

func withParams(parts []Kernel, logTheta []float64) []Kernel {
	out := make([]Kernel, len(parts))
	for i, part := range parts {
		n := part.NumParams()
		out[i] = part.WithParams(logTheta[:n])
		logTheta = logTheta[n:]
	}
	return out
}

func validateParts(name string, parts []Kernel, dim int) error {
	if len(parts) == 0 {
		return &dist.ParameterError{Distribution: name, Parameter: "number of parts", Value: 0, Want: "positive"}
	}
	for i, part := range parts {
		if part == nil {
			return &dist.ParameterError{Distribution: name, Parameter: "missing part", Value: float64(i), Want: "a kernel"}
		}
		if err := part.Validate(dim); err != nil {
			return err
		}
	}
	return nil
}

func join(parts []Kernel, sign string) string {
	text := make([]string, len(parts))
	for i, part := range parts {
		text[i] = part.String()
		if inner, ok := part.(Sum); ok && sign != " + " && len(inner) > 1 {
			text[i] = "(" + text[i] + ")"
		}
	}
	return strings.Join(text, sign)
}
