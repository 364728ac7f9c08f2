package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

var ctx = context.Background()

// rainWet is rain → wet, small enough for a pencil.
func rainWet() *graphical.BayesNet {
	b := graphical.NewBayesNet()
	rain, wet := b.Variable("rain", "yes", "no"), b.Variable("wet", "yes", "no")
	b.Table(rain).Row(0.2, 0.8)
	b.Table(wet, rain).Row(0.9, 0.1).Row(0, 1)
	net, err := b.Build()
	if err != nil {
		panic(err)
	}
	return net
}

func ExampleJoint() {
	post, err := Joint{}.Marginals(ctx, rainWet(), graphical.Observe("wet", "no"), "rain")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f\n", post["rain"])
	// Output: [0.0244 0.9756]
}

// The oracle is a pencil: p(rain) is 0.2, p(wet | rain) 0.9, p(wet | no rain) 0.
func TestByHand(t *testing.T) {
	for _, c := range []struct {
		ev      graphical.Evidence
		targets []string
		want    map[string][]float64
	}{
		{graphical.Evidence{}, nil, map[string][]float64{"rain": {0.2, 0.8}, "wet": {0.18, 0.82}}},
		{graphical.Observe("wet", "no"), []string{"rain"}, map[string][]float64{"rain": {0.02 / 0.82, 0.8 / 0.82}}},
		{graphical.Observe("wet", "yes"), nil, map[string][]float64{"rain": {1, 0}, "wet": {1, 0}}},
		{graphical.Evidence{}.AndLikelihood("wet", 3, 1), []string{"wet"}, map[string][]float64{"wet": {0.54 / 1.36, 0.82 / 1.36}}},
	} {
		got, err := Joint{}.Marginals(ctx, rainWet(), c.ev, c.targets...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got, cmpopts.EquateApprox(0, 1e-15)); diff != "" {
			t.Errorf("given %v (-want +got):\n%s", c.ev, diff)
		}
	}
}

// The order in which factors are given, and a constant before each of them, do
// not matter, even where every product of entries is below what float64 can hold.
func TestInvariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scopes := [][]int{{0, 1}, {2, 1}, {3}, {3, 0}, {2}}
		states := rapid.SliceOfN(rapid.IntRange(1, 3), 4, 4).Draw(t, "states")
		var values [][]float64
		for _, scope := range scopes {
			n := 1
			for _, v := range scope {
				n *= states[v]
			}
			values = append(values, rapid.SliceOfN(rapid.Float64Range(0.01, 1), n, n).Draw(t, "values"))
		}
		answer := func(order []int, scale float64) map[string][]float64 {
			b := graphical.NewFactors()
			var vars []*graphical.Variable
			for i, n := range states {
				vars = append(vars, b.Variable(fmt.Sprint("v", i), []string{"a", "b", "c"}[:n]...))
			}
			for _, k := range order {
				var scope []*graphical.Variable
				for _, v := range scopes[k] {
					scope = append(scope, vars[v])
				}
				scaled := slices.Clone(values[k])
				for i := range scaled {
					scaled[i] *= scale
				}
				b.Factor(scaled, scope...)
			}
			m, err := b.FactorGraph()
			if err != nil {
				t.Fatal(err)
			}
			got, err := Joint{}.Marginals(ctx, m, graphical.Observe("v0", "a"))
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		plain := answer([]int{0, 1, 2, 3, 4}, 1)
		other := answer(rapid.Permutation([]int{0, 1, 2, 3, 4}).Draw(t, "order"), 0x1p-900)
		// Logarithms of 1e-1350 have 4e-13 as their last digit.
		if diff := cmp.Diff(plain, other, cmpopts.EquateApprox(1e-11, 0)); diff != "" {
			t.Fatalf("-plain +shuffled and scaled:\n%s", diff)
		}
	})
}

func TestErrors(t *testing.T) {
	net := rainWet()
	var (
		unknown    *belief.UnknownNameError
		large      *belief.TooLargeError
		impossible *belief.ImpossibleEvidenceError
	)
	for _, c := range []struct {
		engine  Joint
		ev      graphical.Evidence
		targets []string
		want    any
	}{
		{Joint{}, graphical.Observe("snow", "yes"), nil, &unknown},
		{Joint{}, graphical.Observe("rain", "maybe"), nil, &unknown},
		{Joint{}, graphical.Evidence{}, []string{"wett"}, &unknown},
		{Joint{Budget: 31}, graphical.Evidence{}, nil, &large},
		{Joint{}, graphical.Observe("rain", "no").And("wet", "yes"), nil, &impossible},
	} {
		if _, err := c.engine.Marginals(ctx, net, c.ev, c.targets...); !errors.As(err, c.want) {
			t.Errorf("given %v: error %v, want %T", c.ev, err, c.want)
		}
	}
	if large.Bytes != 32 || large.Budget != 31 || !slices.Equal(unknown.Suggestions, []string{"wet"}) {
		t.Errorf("the errors say %v; %v", large, unknown)
	}
	if _, err := (Joint{Budget: 32}).Marginals(ctx, net, graphical.Evidence{}); err != nil {
		t.Errorf("a table that just fits: %v", err)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	got, err := Joint{}.Marginals(ctx, rainWet(), graphical.Evidence{})
	if err != context.Canceled || len(slices.Collect(maps.Keys(got))) > 0 {
		t.Errorf("after cancelling: %v, %v", got, err)
	}
}
