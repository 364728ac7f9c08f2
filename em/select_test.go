package em

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// threeClusters is data of three well separated clusters in the plane.
func threeClusters(t testing.TB, n int) *data.Table {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	x := make([]float64, 0, 2*n)
	for i := range n {
		x = append(x, float64(6*(i%3))+r.NormFloat64(), float64(5*(i%3%2))+r.NormFloat64())
	}
	table, err := data.FromMatrix(x, 2, "x", "y")
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// The criteria find three clusters, and ICL is BIC and twice the entropy, which a plain
// sum gives too.
func TestSelect(t *testing.T) {
	src := threeClusters(t, 300)
	fit := func(ctx context.Context, k int) (*Run[*GaussianModel], error) {
		return GaussianMixture{K: k}.Fit(ctx, src, Config{Seed: 2})
	}
	for _, by := range []Criterion{BIC, ICL} {
		s, err := Select(context.Background(), src, []int{1, 2, 3, 4}, by, fit)
		if err != nil {
			t.Fatal(err)
		}
		if s.K != 3 || s.Best.Model.Components() != 3 || len(s.Candidates) != 4 {
			t.Errorf("%v takes %d of %+v", by, s.K, s.Candidates)
		}
		shares, err := Responsibilities(context.Background(), s.Best.Model, src)
		if err != nil {
			t.Fatal(err)
		}
		h := 0.0
		for _, r := range shares {
			if r > 0 {
				h -= r * math.Log(r)
			}
		}
		c := s.Candidates[2]
		if want := s.Best.BIC() + 2*h; math.Abs(c.ICL-want) > 1e-9*math.Abs(want) || h <= 0 {
			t.Errorf("ICL %v, want %v", c.ICL, want)
		}
		if c.AIC != s.Best.AIC() || c.BIC != s.Best.BIC() || c.Parameters != 17 {
			t.Errorf("%+v of a run with BIC %v", c, s.Best.BIC())
		}
	}
}

// A number that fails is recorded, and the rest goes on; if all fail, that is an error.
func TestSelectProblems(t *testing.T) {
	src := threeClusters(t, 60)
	wrong := errors.New("too few")
	fit := func(ctx context.Context, k int) (*Run[*GaussianModel], error) {
		if k != 2 {
			return nil, wrong
		}
		return GaussianMixture{K: k}.Fit(ctx, src, Config{})
	}
	s, err := Select(context.Background(), src, []int{1, 2, 3}, AIC, fit)
	if err != nil || s.K != 2 || s.Candidates[0].Problem != "too few" || s.Candidates[1].Problem != "" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := Select(context.Background(), src, []int{1, 3}, AIC, fit); !errors.Is(err, wrong) || !strings.Contains(err.Error(), "3 components") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s, err = Select(ctx, src, []int{2, 3}, BIC, func(ctx context.Context, k int) (*Run[*GaussianModel], error) {
		if k == 3 {
			cancel()
			return nil, ctx.Err()
		}
		return fit(ctx, k)
	})
	if !errors.Is(err, context.Canceled) || s == nil || s.K != 2 {
		t.Errorf("cancelled: %+v, %v", s, err)
	}
	var config *belief.ConfigError
	if _, err := Select(context.Background(), src, nil, BIC, fit); !errors.As(err, &config) {
		t.Errorf("no numbers: %v", err)
	}
	if _, err := Select(context.Background(), src, []int{2}, 3, fit); !errors.As(err, &config) {
		t.Errorf("no criterion: %v", err)
	}
}

func ExampleSelection() {
	r := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, 400)
	for i := range x {
		x[i] = float64(8*(i%2)) + r.NormFloat64()
	}
	src, _ := data.FromMatrix(x, 1, "x")
	best, err := Select(context.Background(), src, []int{1, 2, 3}, BIC, func(ctx context.Context, k int) (*Run[*GaussianModel], error) {
		return GaussianMixture{K: k}.Fit(ctx, src, Config{Seed: 1})
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(best.K, "components:")
	for _, c := range best.Candidates {
		fmt.Printf("%d: %.0f\n", c.K, c.BIC)
	}
	// Output:
	// 2 components:
	// 1: 2277
	// 2: 1738
	// 3: 1752
}

func ExampleCandidate() {
	fmt.Printf("%+v\n", Candidate{K: 2, LogLikelihood: -10, Parameters: 5, BIC: 30, AIC: 30, ICL: 31, Converged: true})
	// Output: {K:2 LogLikelihood:-10 Parameters:5 BIC:30 AIC:30 ICL:31 Converged:true Problem:}
}

func ExampleCriterion() {
	fmt.Println(BIC, AIC, ICL)
	// Output: bic aic icl
}
