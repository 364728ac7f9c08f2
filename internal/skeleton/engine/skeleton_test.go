package engine

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference/inferencetest"
)

// The conformance kit is the oracle: it compares with enumeration on models of
// every awkward kind, and knows the errors that an engine owes.
func TestConformance(t *testing.T) {
	inferencetest.Run(t, Joint{}, inferencetest.Options{Models: 60})
}

// What the kit cannot know: this engine's own limit.
func TestTooLarge(t *testing.T) {
	b := graphical.NewFactors()
	for i := range 40 {
		b.Variable(fmt.Sprint("v", i), "a", "b")
	}
	m, err := b.FactorGraph()
	if err != nil {
		t.Fatal(err)
	}
	var large *belief.TooLargeError
	if _, err := (Joint{}).Marginals(context.Background(), m, graphical.Evidence{}); !errors.As(err, &large) {
		t.Errorf("2^40 joint states give %v", err)
	}
}
