package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/belief-go/belief/data"
)

// A network that knows nothing needs about as many bits as chance; one that has learnt
// needs fewer, and never less than the entropy.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out, 60); err != nil {
		t.Fatal(err)
	}
	var best, chance float64
	var bits [4]float64
	var step [4]int
	scan(t, &out, "no model can need less than %f bits per character; chance needs %f\n", &best, &chance)
	for i := range bits {
		scan(t, &out, "step %d: %f bits per character of a new text\n", &step[i], &bits[i])
	}
	if want := data.English().Entropy().Character.Value / math.Ln2; math.Abs(best-want) > 0.001 {
		t.Errorf("the bound is %v, want %v", best, want)
	}
	if step != [4]int{15, 30, 45, 60} || !(bits[3] < bits[0] && bits[3] < 0.65*chance && bits[3] > best) {
		t.Errorf("steps %v need %v bits, chance %v and at best %v", step, bits, chance, best)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ctx, new(bytes.Buffer), 40); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func scan(t *testing.T, r io.Reader, format string, values ...any) {
	t.Helper()
	if _, err := fmt.Fscanf(r, format, values...); err != nil {
		t.Fatal(err)
	}
}
