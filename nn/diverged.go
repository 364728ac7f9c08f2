package nn

import (
	"fmt"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/parallel"
)

// A StepError says in which step something went wrong.
type StepError struct {
	Step  int // from 1
	Epoch int // from 1; 0 without a source
	Err   error
}

// Error names the step.
func (e *StepError) Error() string {
	return fmt.Sprintf("step %d%s: %v", e.Step, inEpoch(e.Epoch), e.Err)
}

// Unwrap returns the cause.
func (e *StepError) Unwrap() error { return e.Err }

func inEpoch(epoch int) string {
	if epoch == 0 {
		return ""
	}
	return fmt.Sprintf(" (epoch %d)", epoch)
}

// failed is an error of the step at hand.
func (r *training[T]) failed(err error) error {
	e := &StepError{Step: r.at.Step + 1, Err: err}
	if r.source != nil {
		e.Epoch = r.at.Epoch + 1
	}
	return e
}

// lastStep returns the last step that was taken, and its epoch.
func (r *training[T]) lastStep() (step, epoch int) {
	if r.source != nil {
		epoch = r.at.Epoch
		if r.at.Row > 0 {
			epoch++
		}
	}
	return r.at.Step, epoch
}

// failedAfter is an error that came up after the last step was taken.
func (r *training[T]) failedAfter(err error) error {
	step, epoch := r.lastStep()
	return &StepError{Step: step, Epoch: epoch, Err: err}
}

// panicked returns the error that a panic of a loss stands for. Other panics go on.
func panicked(v any) error {
	cause := v
	if p, ok := v.(*parallel.PanicError); ok {
		cause = p.Value
	}
	switch e := cause.(type) {
	case *autodiff.ShapeError, *autodiff.ChainError, *autodiff.IndexError, *autodiff.CholeskyError,
		*belief.ConfigError, *belief.TooLargeError, *data.ValueError:
		return e.(error)
	}
	panic(v)
}

// A DivergedError says that a loss, a gradient or a parameter was not finite, or a
// gradient so large that its square was not. The net has the weights before that step,
// or those that were validated.
type DivergedError struct {
	Step  int     // from 1; of a validation, the steps taken
	Epoch int     // from 1; 0 without a source
	What  string  // "loss", "gradient", "parameter" or "validation"
	Value float64 // the loss, the norm of the gradient, or what the parameter would hold

	// Where a number that is not finite came up first, as far as it is known. The
	// operation "leaf" is the data.
	Operation, Layer, Parameter string

	// Checkpoint is the file with the last state that was saved, after so many
	// steps; empty if there is none.
	Checkpoint     string
	CheckpointStep int
}

// Error tells where, and what to do.
func (e *DivergedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "step %d%s: ", e.Step, inEpoch(e.Epoch))
	switch e.What {
	case "parameter":
		fmt.Fprintf(&b, "a number would become %v", e.Value)
	case "gradient":
		fmt.Fprintf(&b, "the gradient has the norm %v", e.Value)
	case "validation":
		fmt.Fprintf(&b, "the loss of the validation is %v", e.Value)
	default:
		fmt.Fprintf(&b, "the %s is %v", e.What, e.Value)
	}
	switch {
	case e.Operation == "leaf" && e.Parameter == "":
		b.WriteString("; the data are not finite")
	case e.Operation != "" && e.Operation != "leaf":
		fmt.Fprintf(&b, "; it began with %s", e.Operation)
		if e.Layer != "" {
			fmt.Fprintf(&b, " in layer %q", e.Layer)
		}
	}
	if e.Parameter != "" {
		fmt.Fprintf(&b, "; parameter %q", e.Parameter)
	}
	if e.Checkpoint != "" {
		fmt.Fprintf(&b, "; %s has the state after step %d", e.Checkpoint, e.CheckpointStep)
	}
	switch {
	case e.What == "parameter":
		b.WriteString("; the net has the weights before; a lower learning rate, or data of a smaller scale, may help")
	case e.Operation != "leaf" || e.Parameter != "":
		b.WriteString("; a lower learning rate or clipping may help")
	}
	return b.String()
}

func (r *training[T]) diverged(what string, value float64) *DivergedError {
	e := &DivergedError{Step: r.at.Step + 1, What: what, Value: value}
	if r.source != nil {
		e.Epoch = r.at.Epoch + 1
	}
	if r.saved >= 0 {
		e.Checkpoint, e.CheckpointStep = r.config.Checkpoint, r.saved
	}
	return e
}
