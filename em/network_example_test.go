package em_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/learn"
	"github.com/belief-go/belief/graphical/textbook"
)

// The lawn of ten days, of some of which nobody knows whether it rained.
const lawnDays = `Sprinkler,Rain,WetGrass
true,false,true
true,false,true
false,true,true
false,true,true
false,,true
,true,true
false,false,false
false,,false
true,,true
false,false,false
`

func networkMust[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Clouds are hidden on all days, and rain on some.
func ExampleNetwork() {
	net := networkMust(textbook.Network("sprinkler"))
	days := networkMust(data.ReadCSV(strings.NewReader(lawnDays), data.CSVOptions{}))
	run := networkMust(em.Network{Net: net}.Fit(context.Background(), days, em.Config{Starts: 1}))
	fmt.Printf("converged %t, log-likelihood %.3f\n", run.Converged, run.LogLikelihood)
	learnt := run.Model.Network()
	wet := networkMust(learnt.Variable("WetGrass"))
	fmt.Printf("p(wet | rain, no sprinkler) = %.3f\n", learnt.Conditional(wet).Prob(0, []int{1, 0}))
	// Output:
	// converged true, log-likelihood -10.889
	// p(wet | rain, no sprinkler) = 1.000
}

// A fitted network says how probable rows are, whatever they show.
func ExampleNetworkModel() {
	b := graphical.NewBayesNet()
	rain, wet := b.Variable("rain", "yes", "no"), b.Variable("wet", "yes", "no")
	b.Table(rain).Row(0.5, 0.5)
	b.Table(wet, rain).Row(0.5, 0.5).Row(0.5, 0.5)
	net := networkMust(b.Build())
	days := networkMust(data.ReadCSV(strings.NewReader("rain,wet\nyes,yes\nno,no\nno,no\nno,yes\n"), data.CSVOptions{}))
	run := networkMust(em.Network{Net: net, Prior: learn.Prior{Pseudocount: 1}}.Fit(context.Background(), days, em.Config{}))
	seen := networkMust(data.ReadCSV(strings.NewReader("wet,rain\nyes,yes\nyes,\nno,no\n"), data.CSVOptions{}))
	for _, l := range networkMust(em.LogProb(context.Background(), run.Model, seen)) {
		fmt.Printf("%.4f\n", l)
	}
	// Output:
	// -1.5041
	// -0.7156
	// -0.9163
}

func ExampleImpossibleRowError() {
	net := networkMust(textbook.Network("sprinkler"))
	wonder := networkMust(data.ReadCSV(strings.NewReader("Sprinkler,Rain,WetGrass\ntrue,true,true\nfalse,false,true\n"), data.CSVOptions{}))
	_, err := em.Network{Net: net}.Fit(context.Background(), wonder, em.Config{Starts: 1})
	if row, ok := errors.AsType[*em.ImpossibleRowError](err); ok {
		fmt.Println(row.Row, row.Variable)
	}
	// Output:
	// 1 WetGrass
}
