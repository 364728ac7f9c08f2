package inference_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/textbook"
	"github.com/belief-go/belief/inference"
)

// asiaNet is the chest clinic of Lauritzen & Spiegelhalter (1988).
func asiaNet() *graphical.BayesNet {
	net, err := textbook.Network("asia")
	if err != nil {
		log.Fatal(err)
	}
	return net
}

// Gibbs sampling says how far its probabilities are to be trusted. The exact answer
// is 0.4887.
func ExampleGibbs() {
	post, err := inference.Gibbs{Sweeps: 50000, Seed: 1}.Marginals(context.Background(), asiaNet(), graphical.Observe("xray", "yes"), "lung")
	if err != nil {
		log.Fatal(err)
	}
	m := post.Marginals()[0]
	fmt.Printf("p(lung | xray) = %.2f, standard error below 0.005: %v\n", m.Probs[0], m.Accuracy[0].StdErr < 0.005)
	fmt.Printf("%d chains agree: %v; warnings: %v\n", post.Sampling.Chains, post.Converged, post.Warnings)
	// Output:
	// p(lung | xray) = 0.49, standard error below 0.005: true
	// 4 chains agree: true; warnings: []
}

// Draws from one chain, the first after burn-in.
func ExampleGibbs_States() {
	net := asiaNet()
	lung := net.Index(mustFind(net, "lung"))
	sum, n := 0, 0
	for x, err := range (inference.Gibbs{Seed: 1, Thin: 2}).States(context.Background(), net, graphical.Observe("xray", "yes")) {
		if err != nil {
			log.Fatal(err)
		}
		sum += 1 - x[lung] // state 0 is yes
		if n++; n == 20000 {
			break
		}
	}
	fmt.Printf("%.1f\n", float64(sum)/float64(n))
	// Output:
	// 0.5
}

func mustFind(m graphical.Model, name string) *graphical.Variable {
	v, err := m.Variable(name)
	if err != nil {
		log.Fatal(err)
	}
	return v
}

func ExampleWeighting() {
	post, err := inference.Weighting{Seed: 2, Draws: 200_000}.Marginals(context.Background(), asiaNet(), graphical.Observe("xray", "yes"), "lung")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("p(lung | xray) = %.2f\n", post.Marginals()[0].Probs[0])
	fmt.Printf("log p(xray) = %.1f\n", post.LogEvidence.Value) // the exact one is −2.20
	// Output:
	// p(lung | xray) = 0.49
	// log p(xray) = -2.2
}

func ExampleRejection() {
	post, err := inference.Rejection{Seed: 1, Draws: 20000}.Marginals(context.Background(), asiaNet(), graphical.Observe("xray", "yes"), "lung")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("p(lung | xray) = %.1f; one draw in %.0f is accepted\n", post.Marginals()[0].Probs[0], 1/post.Sampling.Acceptance)
	// Output:
	// p(lung | xray) = 0.5; one draw in 9 is accepted
}

func ExampleForward() {
	net := asiaNet()
	n := 0
	for x, err := range (inference.Forward{Seed: 1}).States(context.Background(), net) {
		if err != nil {
			log.Fatal(err)
		}
		var row []string
		for i, v := range net.Variables() {
			row = append(row, v.Name()+"="+v.States()[x[i]])
		}
		fmt.Println(strings.Join(row, " "))
		if n++; n == 2 {
			break
		}
	}
	// Output:
	// asia=no tub=no smoke=yes lung=no bronc=yes either=no xray=no dysp=yes
	// asia=no tub=no smoke=no lung=no bronc=no either=no xray=no dysp=no
}

func ExampleTreeSampling() {
	net := asiaNet()
	n := 0
	for x, err := range (inference.TreeSampling{Seed: 1}).States(context.Background(), net, graphical.Observe("xray", "yes").And("asia", "yes")) {
		if err != nil {
			log.Fatal(err)
		}
		var row []string
		for i, v := range net.Variables() {
			row = append(row, v.Name()+"="+v.States()[x[i]])
		}
		fmt.Println(strings.Join(row, " "))
		if n++; n == 2 {
			break
		}
	}
	// Output:
	// asia=yes tub=no smoke=yes lung=no bronc=no either=no xray=yes dysp=no
	// asia=yes tub=yes smoke=yes lung=no bronc=no either=yes xray=yes dysp=yes
}

func ExampleSampling() {
	post, err := inference.Weighting{Seed: 1, Draws: 1000}.Marginals(context.Background(), asiaNet(), graphical.Evidence{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(post.Sampling.Draws, "draws worth", post.Sampling.ESS)
	// Output:
	// 1000 draws worth 1000
}

func ExampleAccuracy() {
	post, err := inference.Rejection{Seed: 1, Draws: 1000}.Marginals(context.Background(), asiaNet(), graphical.Evidence{}, "bronc")
	if err != nil {
		log.Fatal(err)
	}
	m := post.Marginals()[0]
	fmt.Printf("%.2f, give or take %.3f\n", m.Probs[0], m.Accuracy[0].StdErr)
	// Output:
	// 0.46, give or take 0.016
}

func ExampleDirectedError() {
	b := graphical.NewFactors()
	b.Factor([]float64{1, 2}, b.Variable("x", "0", "1"))
	m, err := b.MarkovNet()
	if err != nil {
		log.Fatal(err)
	}
	_, err = inference.Weighting{}.Marginals(context.Background(), m, graphical.Evidence{})
	var directed *inference.DirectedError
	fmt.Println(errors.As(err, &directed))
	fmt.Println(err)
	// Output:
	// true
	// weighting needs a Bayesian network, and this model is undirected; use Gibbs sampling (gibbs)
}

func ExampleRareEvidenceError() {
	b := graphical.NewBayesNet()
	b.Table(b.Variable("x", "0", "1")).Row(0.999999, 0.000001)
	net, err := b.Build()
	if err != nil {
		log.Fatal(err)
	}
	_, err = inference.Rejection{Tries: 1000}.Marginals(context.Background(), net, graphical.Observe("x", "1"))
	var rare *inference.RareEvidenceError
	fmt.Println(errors.As(err, &rare), rare.Draws)
	// Output:
	// true 1000
}

func ExampleStartError() {
	err := error(&inference.StartError{Method: "gibbs", Tries: 200000})
	fmt.Println(err)
	// Output:
	// gibbs: no state of positive probability was found in 200000 steps of a search, so that no chain can start; use an exact method (junction-tree)
}
