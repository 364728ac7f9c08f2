package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

// The figures are the book's: 0.818, 0.883, 0.883, and rain but on the third day.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"day 1, umbrella: it rains with probability 0.818\n",
		"day 2, umbrella: it rains with probability 0.883\n",
		"looking back, it rained on day 1 with probability 0.883\n",
		"most probably rain, rain, dry, rain, rain (",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	_, learnt, _ := strings.Cut(out.String(), "learnt from ")
	var rain, dry, wet, sun, fit, truth float64
	if _, err := fmt.Sscanf(learnt, "4000 days: rain stays %f, dry stays %f, umbrella in rain %f, when dry %f\nlog-likelihood %f, of the true model %f", &rain, &dry, &wet, &sun, &fit, &truth); err != nil {
		t.Fatal(err, learnt)
	}
	if math.Abs(rain-0.7) > 0.1 || math.Abs(dry-0.7) > 0.1 || math.Abs(wet-0.9) > 0.1 || math.Abs(sun-0.2) > 0.1 || fit < truth {
		t.Errorf("%s", learnt)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ctx, new(bytes.Buffer)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
