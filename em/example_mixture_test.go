package em_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math/rand/v2"
	"strings"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
	"github.com/belief-go/belief/em"
)

// threeCoins is the mixture of two coins that a third chooses from.
func threeCoins(pi, p, q float64) *em.MixtureModel {
	m, err := em.NewMixture([]float64{pi, 1 - pi}, []any{dist.Bernoulli{P: p}}, []any{dist.Bernoulli{P: q}})
	if err != nil {
		log.Fatal(err)
	}
	return m
}

// The days on which The Times told of so many deaths of women over 80, 1910–1912: two
// Poisson distributions fit them, one (of winter) with twice the mean of the other.
func ExampleMixture() {
	days := []float64{162, 267, 271, 185, 111, 61, 27, 8, 3, 1}
	src, err := data.NewTable(data.Numbers("deaths"), []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, days)
	if err != nil {
		log.Fatal(err)
	}
	fit, err := em.Mixture{K: 2, Family: expfam.Poisson{}}.Fit(context.Background(), src, em.Config{Iterations: 10_000, Tolerance: 1e-11})
	if err != nil {
		log.Fatal(err)
	}
	m := fit.Model
	fmt.Printf("weights %.2f, means %.2f and %.2f, converged %t\n", m.Weights(), m.Means(0), m.Means(1), fit.Converged)
	// Output: weights [0.64 0.36], means [2.66] and [1.26], converged true
}

// Latent classes: columns with categories, some cells of which are missing.
func ExampleMixture_latentClasses() {
	csv := "soil,light,leaf\nwet,shade,wide\nwet,shade,wide\nwet,,wide\nwet,shade,\ndry,sun,narrow\ndry,sun,narrow\n,sun,narrow\ndry,,narrow\n"
	src, err := data.ReadCSV(strings.NewReader(csv), data.CSVOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fit, err := em.Mixture{K: 2, Smoothing: 0.1}.Fit(context.Background(), src, em.Config{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	labels, err := em.Labels(context.Background(), fit.Model, src)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(labels)
	// Output: [1 1 1 1 0 0 0 0]
}

func ExampleMixtureModel() {
	text, err := json.Marshal(threeCoins(0.5, 0.75, 0.25))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	var m em.MixtureModel
	if err := json.Unmarshal(text, &m); err != nil {
		log.Fatal(err)
	}
	ds, err := m.Distributions(0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ds, m.RandTo(make([]float64, 1), rand.New(rand.NewPCG(1, 1))))
	// Output:
	// {"kind":"mixture","version":1,"model":{"columns":[{"name":"x1"}],"families":["Bernoulli"],"weights":[0.5,0.5],"means":[[0.75],[0.25]]}}
	// [Bernoulli(P: 0.75)] [0]
}

func ExampleNewMixture() {
	m := threeCoins(0.4, 0.6, 0.7)
	fit, err := em.Mixture{Start: m}.Fit(context.Background(), tosses(), em.Config{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("π %.4f, p %.4f, q %.4f\n", fit.Model.Weights()[0], fit.Model.Means(0)[0], fit.Model.Means(1)[0])
	// Output: π 0.4064, p 0.5368, q 0.6432
}
