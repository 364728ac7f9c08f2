// Entropy prints the entropies of three distributions of three values (Qiu Xipeng
// 2019, Neural Networks and Deep Learning, draft of 6 April 2019, appendix E.1), and
// then takes two dependent variables apart: joint and conditional entropy (E.1.2),
// mutual information (E.2), cross-entropy and divergence (E.3).
//
//	p(x1)  p(x2)  p(x3)  entropy
//	1      0      0      0
//	1/2    1/4    1/4    1.5·log 2
//	1/3    1/3    1/3    log 3
//
// For the second part the book has no numbers; the table there is our own.
package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"os"

	"github.com/belief-go/belief/dist/information"
	"github.com/belief-go/belief/dist/joint"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// rows are the distributions of the book, with what it gives as their entropy.
var rows = []struct {
	p    [3]float64
	name string
	book float64
}{
	{[3]float64{1, 0, 0}, "0", 0},
	{[3]float64{1. / 2, 1. / 4, 1. / 4}, "1.5·log 2", 1.5 * math.Ln2},
	{[3]float64{1. / 3, 1. / 3, 1. / 3}, "log 3", math.Log(3)},
}

// weather is the joint distribution of rain and the state of the grass.
func weather() (*joint.Table, error) {
	rain, grass := joint.NewVariable("rain", "yes", "no"), joint.NewVariable("grass", "wet", "dry")
	return joint.New([]joint.Variable{rain, grass}, []float64{0.18, 0.02, 0.08, 0.72})
}

func run(w io.Writer) error {
	fmt.Fprintln(w, "p(x1)   p(x2)   p(x3)   entropy  in the book")
	for _, row := range rows {
		p, err := information.NewProbabilities(row.p[:])
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%.4f  %.4f  %.4f  %.5f  %s\n", row.p[0], row.p[1], row.p[2], p.Entropy(), row.name)
	}

	t, err := weather()
	if err != nil {
		return err
	}
	rain, grass := []string{"rain"}, []string{"grass"}
	fmt.Fprintln(w, "\nrain and grass, in nats:")
	for _, line := range []struct {
		name string
		of   func() (float64, error)
	}{
		{"H(rain)", func() (float64, error) { return information.JointEntropy(t, "rain") }},
		{"H(grass)", func() (float64, error) { return information.JointEntropy(t, "grass") }},
		{"H(rain, grass)", func() (float64, error) { return information.JointEntropy(t, "rain", "grass") }},
		{"H(grass | rain)", func() (float64, error) { return information.ConditionalEntropy(t, grass, rain) }},
		{"H(rain | grass)", func() (float64, error) { return information.ConditionalEntropy(t, rain, grass) }},
		{"I(rain; grass)", func() (float64, error) { return information.MutualInformation(t, rain, grass) }},
	} {
		v, err := line.of()
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "  %-16s %.5f\n", line.name, v)
	}

	p, err := information.NewProbabilities(rows[1].p[:])
	if err != nil {
		return err
	}
	q, err := information.NewProbabilities(rows[2].p[:])
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "\np = (1/2, 1/4, 1/4) coded as if it were q = (1/3, 1/3, 1/3):")
	fmt.Fprintf(w, "  %-16s %.5f\n", "H(p, q)", p.CrossEntropy(q))
	fmt.Fprintf(w, "  %-16s %.5f\n", "KL(p, q)", p.KL(q))
	fmt.Fprintf(w, "  %-16s %.5f\n", "KL(q, p)", q.KL(p))
	fmt.Fprintf(w, "  %-16s %.5f\n", "JS(p, q)", p.JensenShannon(q))
	return nil
}
