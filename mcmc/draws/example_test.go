package draws_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/belief-go/belief/mcmc/draws"
)

func ExampleDraws() {
	d := draws.New([]string{"mu", "tau"}, []string{draws.LogDensity}, 1, 2)
	d.Draw(0, false, []float64{-3}, []float64{0.5, 2})
	d.Draw(0, false, []float64{-1}, []float64{0.25, 4})
	tau, _ := d.Column("tau")
	lp, _ := d.Column(draws.LogDensity)
	fmt.Println(tau[0], lp[0], d.Row(0, 1))
	// Output: [2 4] [-3 -1] [0.25 4]
}

func ExampleChain() {
	d, _, err := draws.Read(strings.NewReader("mu,tau\n0.5,2\n0.25,4\n"), draws.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Chains[0].Values)
	// Output: [0.5 2 0.25 4]
}

func ExampleOptions() {
	_, _, err := draws.Read(strings.NewReader("mu,tau\n0.5,two\n"), draws.Options{File: "run.csv"})
	fmt.Println(err)
	_, _, err = draws.Read(strings.NewReader("mu,tau\n0.5,2\n"), draws.Options{File: "run.csv", MaxBytes: 100})
	fmt.Println(err)
	// Output:
	// run.csv:2:5: draws: "two" is not a number
	// the draws of run.csv too large: needs at least 134 B, the budget is 100 B
}

// A run hands draws to a sink, which a file per chain holds as Stan's do.
func ExampleCmdStan() {
	dir, err := os.MkdirTemp("", "draws")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "schools")
	var s draws.Sink = &draws.CmdStan{Name: name, Seed: 1}
	s.Begin([]string{"mu", "theta[1]"}, []string{draws.LogDensity}, 1)
	s.Draw(0, true, []float64{-9}, []float64{7, 1})
	s.Comment(0, "Step size = 0.5")
	s.Draw(0, false, []float64{-3.5}, []float64{0.5, 0.1})
	if err := s.End(); err != nil {
		fmt.Println(err)
		return
	}
	text, _ := os.ReadFile(name + "_1.csv")
	_, table, _ := strings.Cut(string(text), "seed = 1\n")
	table, _, _ = strings.Cut(table, "# Elapsed Time:")
	fmt.Print(table)
	d, _, err := draws.ReadFiles([]string{name + "_1.csv"}, draws.Options{})
	fmt.Println(d.Names, d.Chains[0].Values, d.Chains[0].WarmUp, err)
	// Output:
	// lp__,mu,theta.1
	// -9,7,1
	// # Adaptation terminated
	// # Step size = 0.5
	// -3.5,0.5,0.1
	// [mu theta[1]] [0.5 0.1] [7 1] <nil>
}

func ExampleJSONLines() {
	d := draws.New([]string{"mu"}, []string{draws.LogDensity}, 1, 0)
	d.Draw(0, true, []float64{-9}, []float64{7})
	d.Draw(0, false, []float64{-3.5}, []float64{0.5})
	if err := d.Replay(&draws.JSONLines{Writer: os.Stdout}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"format":"belief draws","schema":1,"names":["mu"],"stats":["lp__"],"chains":1}
	// {"chain":1,"iteration":1,"warm_up":true,"stats":[-9],"values":[7]}
	// {"chain":1,"iteration":1,"stats":[-3.5],"values":[0.5]}
}
