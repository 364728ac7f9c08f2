package em_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math/rand/v2"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

// threeGroups are 300 rows about (0, 0), (5, 0) and (0, 5).
func threeGroups() *data.Table {
	rng := rand.New(rand.NewPCG(1, 2))
	var rows [][]float64
	for i := range 300 {
		row := []float64{rng.NormFloat64(), rng.NormFloat64()}
		if i%3 > 0 {
			row[i%3-1] += 5
		}
		rows = append(rows, row)
	}
	t, err := data.FromRows(rows, "width", "height")
	if err != nil {
		log.Fatal(err)
	}
	return t
}

func ExampleKMeans() {
	src := threeGroups()
	fit, err := em.KMeans{K: 3}.Fit(context.Background(), src, em.Config{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("inertia %.1f, converged %t, %d starts\n", fit.Model.Inertia, fit.Converged, len(fit.Starts))
	labels, err := em.Labels(context.Background(), fit.Model, src)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(labels[0] == labels[3], labels[0] == labels[1])
	// Output:
	// inertia 563.2, converged true, 10 starts
	// true false
}

func ExampleKMeansModel() {
	m := &em.KMeansModel{Names: []string{"x", "y"}, Centers: [][]float64{{0, 0}, {3, 4}}}
	row := &em.Block{Rows: 1, Columns: 2, X: []float64{0, 1}}
	d := make([]float64, 2)
	if err := m.DistancesTo(d, row); err != nil {
		log.Fatal(err)
	}
	fmt.Println(d)
	text, err := json.Marshal(m)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	// Output:
	// [1 18]
	// {"kind":"kmeans","version":1,"model":{"columns":["x","y"],"metric":"squared-euclidean","centers":[[0,0],[3,4]],"inertia":0}}
}

func ExampleMetric() {
	for _, metric := range []em.Metric{em.SquaredEuclidean, em.Manhattan, em.Cosine} {
		m := &em.KMeansModel{Names: []string{"x", "y"}, Metric: metric, Centers: [][]float64{{0.6, 0.8}}}
		d := make([]float64, 1)
		if err := m.DistancesTo(d, &em.Block{Rows: 1, Columns: 2, X: []float64{2, 0}}); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%v %.2f\n", metric, d[0])
	}
	// Output:
	// squared-euclidean 2.60
	// manhattan 2.20
	// cosine 0.40
}

func ExampleKMeansInit() {
	for _, init := range []em.KMeansInit{em.KMeansPlusPlus, em.KMeansRandom} {
		fit, err := em.KMeans{K: 3, Init: init}.Fit(context.Background(), threeGroups(), em.Config{Seed: 1})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%v: %.1f\n", init, fit.Model.Inertia)
	}
	// Output:
	// k-means++: 563.2
	// random: 563.2
}

func ExampleKMeansAlgorithm() {
	for _, a := range []em.KMeansAlgorithm{em.Lloyd, em.Hamerly, em.Elkan} {
		fit, err := em.KMeans{K: 3, Algorithm: a}.Fit(context.Background(), threeGroups(), em.Config{Seed: 1})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%v: %.1f after %d iterations\n", a, fit.Model.Inertia, fit.Iterations)
	}
	// Output:
	// lloyd: 563.2 after 3 iterations
	// hamerly: 563.2 after 3 iterations
	// elkan: 563.2 after 3 iterations
}

func ExampleSilhouette() {
	src := threeGroups()
	for k := 2; k <= 4; k++ {
		fit, err := em.KMeans{K: k}.Fit(context.Background(), src, em.Config{})
		if err != nil {
			log.Fatal(err)
		}
		labels, err := em.Labels(context.Background(), fit.Model, src)
		if err != nil {
			log.Fatal(err)
		}
		s, err := em.Silhouette{}.Score(context.Background(), src, labels)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%d clusters: %.2f\n", k, s.Mean)
	}
	// Output:
	// 2 clusters: 0.52
	// 3 clusters: 0.63
	// 4 clusters: 0.53
}

func ExampleSilhouettes() {
	src, err := data.FromRows([][]float64{{0}, {1}, {5}, {6}})
	if err != nil {
		log.Fatal(err)
	}
	s, err := em.Silhouette{}.Score(context.Background(), src, []int{0, 0, 1, 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.3f %.3f\n", s.Values, s.Mean)
	// Output:
	// [0.818 0.778 0.778 0.818] 0.798
}

func ExampleAdjustedRand() {
	fmt.Println(em.AdjustedRand([]int{0, 0, 1, 1}, []int{7, 7, 3, 3}))
	// Output: 1
}
