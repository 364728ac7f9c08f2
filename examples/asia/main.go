// Asia asks the chest clinic of Lauritzen & Spiegelhalter (1988, J. R. Statist. Soc.
// B 50) as a physician would, one finding after the other: a patient has been to
// Asia, is short of breath, has a positive X-ray, and turns out to smoke. The
// network is compiled to a junction tree once, and a session takes in each finding
// without starting over.
//
// Shortness of breath speaks for bronchitis most of all, since that is common. The
// X-ray does not tell tuberculosis from lung cancer, but it explains the shortness
// of breath without bronchitis, in which the belief goes down again. Smoking makes
// lung cancer the likelier explanation, and tuberculosis the less likely, although
// smoking has nothing to do with tuberculosis by itself.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/textbook"
	"github.com/belief-go/belief/inference"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// diseases are what the physician wants to know.
var diseases = []string{"tub", "lung", "bronc"}

// visit is what the physician learns, in this order.
var visit = []struct{ variable, state string }{
	{"asia", "yes"}, {"dysp", "yes"}, {"xray", "yes"}, {"smoke", "yes"},
}

func run(w io.Writer) error {
	net, err := textbook.Network("asia")
	if err != nil {
		return err
	}
	tree, err := inference.NewJunctionTree(net, inference.TreeConfig{})
	if err != nil {
		return err
	}
	fmt.Fprintln(w, tree)
	fmt.Fprintf(w, "\n%-16s%14s%14s%14s%14s\n", "known", "p(known)", "tuberculosis", "lung cancer", "bronchitis")
	ctx := context.Background()
	session := tree.NewSession()
	show := func(label string) error {
		post, err := session.Marginals(ctx, diseases...)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-16s%14.6g", label, math.Exp(post.LogEvidence.Value))
		for _, disease := range post.Marginals() {
			yes, err := disease.Prob("yes")
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "%14.6f", yes)
		}
		_, err = fmt.Fprintln(w)
		return err
	}
	if err := show("nothing"); err != nil {
		return err
	}
	var seen graphical.Evidence
	for _, finding := range visit {
		seen = seen.And(finding.variable, finding.state)
		if err := session.SetEvidence(seen); err != nil {
			return err
		}
		if err := show("and " + finding.variable + "=" + finding.state); err != nil {
			return err
		}
	}

	// The same tree answers other questions at the same time, without the session.
	post, err := tree.Query(ctx, seen, "either")
	if err != nil {
		return err
	}
	either, err := post.Marginal("either")
	if err != nil {
		return err
	}
	yes, err := either.Prob("yes")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\ntuberculosis or lung cancer, given all of it: %.6f\n", yes)
	return err
}
