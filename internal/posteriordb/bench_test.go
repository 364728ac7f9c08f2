package posteriordb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/diagnostics"
)

// A result is one run of one method; scripts/bench-mcmc/peer.R writes the same.
type result struct {
	Posterior       string  `json:"posterior"`
	Method          string  `json:"method"` // nuts, or the peer's diag, dense, jags
	Seed            int     `json:"seed"`
	ESS             float64 `json:"ess"`  // bulk, the least of the quantities with a reference
	RHat            float64 `json:"rhat"` // the greatest of them
	WarmUpGradients float64 `json:"warmup_gradients"`
	Gradients       float64 `json:"gradients"` // after the warm-up
	Divergences     int     `json:"divergences"`
	WarmUpSeconds   float64 `json:"warmup_seconds"` // processor time; all of it is in Seconds if it is zero
	Seconds         float64 `json:"seconds"`
}

func (r result) perGradient() float64 { return r.ESS / r.Gradients }
func (r result) perSecond() float64   { return r.ESS / (r.WarmUpSeconds + r.Seconds) }

// benched are the posteriors that are compared with the peers: all that a sampler
// can do justice to, but for mesquite, which kidscore_interaction resembles.
func benched() []string {
	return slices.DeleteFunc(Names(), func(n string) bool { return n == "eight_schools_centered" || n == "mesquite" })
}

// runNUTS is one run of four chains as a user would start it, on one core.
func runNUTS(t *testing.T, name string, seed, draws int) (result, *mcmc.Run, *diagnostics.Summary) {
	t.Helper()
	dir := datadir.Path(t, "posteriordb")
	p, err := Load(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	moments, err := References(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	begin := cpuTime()
	run, err := mcmc.NUTS{}.Run(context.Background(), p, mcmc.Config{Draws: draws, Seed: uint64(seed), Workers: 1})
	r := result{Posterior: name, Method: "nuts", Seed: seed, Seconds: (cpuTime() - begin).Seconds(), ESS: math.Inf(1)}
	if err != nil {
		t.Fatalf("%s, seed %d: %v", name, seed, err)
	}
	for _, c := range run.Reports {
		r.WarmUpGradients += float64(c.WarmUpGradients)
		r.Gradients += float64(c.Gradients - c.WarmUpGradients)
		r.Divergences += c.Divergences
	}
	summary := diagnostics.Summarize(run.Draws)
	for _, q := range summary.Quantities {
		if _, ok := moments[q.Name]; !ok {
			continue
		}
		r.ESS, r.RHat = min(r.ESS, q.ESSBulk), max(r.RHat, q.RHat)
	}
	return r, run, summary
}

// TestBench runs with BELIEF_BENCH=FILE: it appends a line for each posterior and
// each seed of BELIEF_SEEDS to the file, but for those that it has. The posteriors
// are those that BELIEF_POSTERIORS names, else the ten that are compared with peers.
func TestBench(t *testing.T) {
	file := os.Getenv("BELIEF_BENCH")
	if file == "" {
		t.Skip("a benchmark: make bench-mcmc")
	}
	names := benched()
	if v := os.Getenv("BELIEF_POSTERIORS"); v != "" {
		names = strings.Fields(v)
	}
	done := readResults(t, file)
	out, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	for _, seed := range strings.Fields(os.Getenv("BELIEF_SEEDS")) {
		n, err := strconv.Atoi(seed)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if slices.ContainsFunc(done[[2]string{name, "nuts"}], func(r result) bool { return r.Seed == n }) {
				continue
			}
			r, _, _ := runNUTS(t, name, n, 1000)
			line, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fmt.Fprintf(out, "%s\n", line); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestBenchReport runs with BELIEF_BENCH_REPORT=FILE: it prints medians over the
// seeds and ratios to the peers.
func TestBenchReport(t *testing.T) {
	file := os.Getenv("BELIEF_BENCH_REPORT")
	if file == "" {
		t.Skip("a benchmark: make bench-mcmc")
	}
	fmt.Println(report(readResults(t, file)))
}

// readResults returns the lines of a file by posterior and method; there need not
// be such a file.
func readResults(t *testing.T, file string) map[[2]string][]result {
	t.Helper()
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[[2]string][]result{}
	for lines := json.NewDecoder(f); ; {
		var r result
		if err := lines.Decode(&r); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		key := [2]string{r.Posterior, r.Method}
		all[key] = append(all[key], r)
	}
}

func report(all map[[2]string][]result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-27s %-6s %4s %12s %12s %10s %8s %6s\n",
		"posterior", "method", "runs", "ESS/gradient", "warm-up grad", "ESS/s", "max Rhat", "diverg")
	logs := map[string][]float64{}
	for _, name := range Names() {
		ours := all[[2]string{name, "nuts"}]
		for _, method := range []string{"nuts", "diag", "dense", "jags"} {
			if rs := all[[2]string{name, method}]; len(rs) > 0 {
				if method == "jags" { // has no gradients
					fmt.Fprintf(&b, "%-27s %-6s %4d %12s %12s %10.1f %8.3f\n", name, method, len(rs), "–", "–", median(rs, result.perSecond), worst(rs))
					continue
				}
				fmt.Fprintf(&b, "%-27s %-6s %4d %12.5g %12.0f %10.1f %8.3f %6.0f\n", name, method, len(rs),
					median(rs, result.perGradient), median(rs, func(r result) float64 { return r.WarmUpGradients }),
					median(rs, result.perSecond), worst(rs), median(rs, func(r result) float64 { return float64(r.Divergences) }))
			}
		}
		if len(ours) == 0 {
			continue
		}
		// Stan's metric is the better one for each figure.
		ratio := func(what string, figure func(result) float64, methods ...string) {
			best := 0.0
			for _, method := range methods {
				if rs := all[[2]string{name, method}]; len(rs) > 0 {
					best = max(best, median(rs, figure))
				}
			}
			if best > 0 {
				r := median(ours, figure) / best
				logs[what] = append(logs[what], math.Log(r))
				fmt.Fprintf(&b, "%-27s   %s: %.3g\n", "", what, r)
			}
		}
		ratio("ESS per gradient, ours/Stan's", result.perGradient, "diag", "dense")
		ratio("warm-up gradients, Stan's/ours", func(r result) float64 { return 1 / r.WarmUpGradients }, "diag", "dense")
		ratio("ESS per second with warm-up, ours/Stan's", result.perSecond, "diag", "dense")
		ratio("ESS per second with warm-up, ours/JAGS's", result.perSecond, "jags")
	}
	fmt.Fprintln(&b)
	for _, what := range []string{"ESS per gradient, ours/Stan's", "warm-up gradients, Stan's/ours",
		"ESS per second with warm-up, ours/Stan's", "ESS per second with warm-up, ours/JAGS's"} {
		if l := logs[what]; len(l) > 0 {
			sum := 0.0
			for _, v := range l {
				sum += v
			}
			fmt.Fprintf(&b, "%s: geometric mean %.3g, least %.3g, of %d posteriors\n", what,
				math.Exp(sum/float64(len(l))), math.Exp(slices.Min(l)), len(l))
		}
	}
	return b.String()
}

func median(rs []result, figure func(result) float64) float64 {
	v := make([]float64, len(rs))
	for i, r := range rs {
		v[i] = figure(r)
	}
	slices.Sort(v)
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}

func worst(rs []result) float64 {
	w := 0.0
	for _, r := range rs {
		w = max(w, r.RHat)
	}
	return w
}

// wallTime stands in where processor time is not to be had.
func wallTime() time.Duration { return time.Since(started) }

var started = time.Now()
