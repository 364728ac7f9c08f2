package textbook_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format/bif"
	"github.com/belief-go/belief/graphical/textbook"
)

func mustNetwork(t *testing.T, name string) *graphical.BayesNet {
	t.Helper()
	net, err := textbook.Network(name)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func TestNetworks(t *testing.T) {
	type size struct {
		Variables, Edges int
		Parameters       float64
	}
	want := map[string]size{
		"asia": {8, 8, 18}, "burglary": {5, 4, 10}, "cancer": {5, 4, 10},
		"diamond": {4, 4, 9}, "sprinkler": {4, 4, 9}, "student": {5, 4, 15},
	}
	got := map[string]size{}
	for _, name := range textbook.Names() {
		net := mustNetwork(t, name)
		got[name] = size{net.NumVariables(), net.NumEdges(), net.NumParameters()}
		if net.Name() != name || len(net.Warnings()) > 0 {
			t.Errorf("%s is named %q and warns %v", name, net.Name(), net.Warnings())
		}
		if source, err := textbook.Source(name); err != nil || !strings.Contains(source, "(") {
			t.Errorf("%s has the source %q, %v", name, source, err)
		}
		if again := mustNetwork(t, name); again.Variables()[0] == net.Variables()[0] {
			t.Errorf("two networks %s share a variable", name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sizes (-want +got):\n%s", diff)
	}
	if !slices.IsSorted(textbook.Names()) {
		t.Errorf("names %v are not in order", textbook.Names())
	}
}

func TestUnknownNetwork(t *testing.T) {
	for name, want := range map[string][]string{"sprinkle": {"sprinkler"}, "Asia": {"asia"}, "hailfinder": nil} {
		_, err := textbook.Network(name)
		_, err2 := textbook.Source(name)
		for _, err := range []error{err, err2} {
			var unknown *belief.UnknownNameError
			if !errors.As(err, &unknown) || unknown.Kind != "network" || !slices.Equal(unknown.Suggestions, want) {
				t.Errorf("%s: %v", name, err)
			}
			if far := strings.HasSuffix(err.Error(), "; known are asia, burglary, cancer, diamond, sprinkler, student"); far != (want == nil) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// probability sums the joint distribution over what agrees with the events, each
// "VAR=STATE", and divides by the sum over what agrees with the condition alone.
func probability(t *testing.T, net *graphical.BayesNet, event, condition string) float64 {
	t.Helper()
	sum := func(events string) float64 {
		fixed := map[*graphical.Variable]int{}
		for _, e := range strings.Fields(events) {
			name, state, _ := strings.Cut(e, "=")
			v, err := net.Variable(name)
			if err != nil {
				t.Fatal(err)
			}
			if fixed[v], err = v.FindState(state); err != nil {
				t.Fatal(err)
			}
		}
		var factors []*graphical.Factor
		for i := range net.NumFactors() {
			f, err := net.Factor(i)
			if err != nil {
				t.Fatal(err)
			}
			factors = append(factors, f.Reduce(fixed))
		}
		return graphical.SumProduct(nil, factors...).At()
	}
	return sum(event+" "+condition) / sum(condition)
}

// What the books print, to the digits that they print.
func TestPublishedNumbers(t *testing.T) {
	for _, c := range []struct {
		network, event, condition string
		want                      float64
		digits                    int
	}{
		// Koller & Friedman (2009), section 3.2.1.2.
		{"student", "Letter=l1", "", 0.502, 3},
		{"student", "Letter=l1", "Intelligence=i0", 0.389, 3},
		{"student", "Letter=l1", "Intelligence=i0 Difficulty=d0", 0.513, 3},
		{"student", "Intelligence=i1", "Grade=g3", 0.079, 3},
		{"student", "Difficulty=d1", "Grade=g3", 0.629, 3},
		{"student", "Intelligence=i1", "Letter=l0", 0.14, 2},
		{"student", "Intelligence=i1", "Letter=l0 Grade=g3", 0.079, 3},
		{"student", "Intelligence=i1", "Grade=g3 SAT=s1", 0.578, 3},
		{"student", "Difficulty=d1", "Grade=g3 SAT=s1", 0.76, 2},
		{"student", "Intelligence=i1", "Grade=g3 Difficulty=d1", 0.11, 2},
		{"student", "Intelligence=i1", "Grade=g2", 0.175, 3},
		{"student", "Intelligence=i1", "Grade=g2 Difficulty=d1", 0.34, 2},
		// The same, section 3.2.1.1: the joint probability of one student.
		{"student", "Intelligence=i1 Difficulty=d0 Grade=g2 SAT=s1 Letter=l0", "", 0.004608, 6},
		// Russell & Norvig (2010), sections 14.2.1 and 14.4.1.
		{"burglary", "JohnCalls=true MaryCalls=true Alarm=true Burglary=false Earthquake=false", "", 0.000628, 6},
		{"burglary", "Burglary=true", "JohnCalls=true MaryCalls=true", 0.284, 3},
		// Murphy (1998), and the manual of his Bayes Net Toolbox (2001).
		{"sprinkler", "Sprinkler=true", "WetGrass=true", 0.4298, 4},
		{"sprinkler", "Rain=true", "WetGrass=true", 0.7079, 4},
		{"sprinkler", "Sprinkler=true", "WetGrass=true Rain=true", 0.1945, 4},
		{"sprinkler", "WetGrass=true", "", 0.6471, 4},
	} {
		got := probability(t, mustNetwork(t, c.network), c.event, c.condition)
		if math.Abs(got-c.want) > 0.5*math.Pow10(-c.digits)+1e-12 {
			t.Errorf("%s: P(%s | %s) is %.6f, printed is %.*f", c.network, c.event, c.condition, got, c.digits, c.want)
		}
	}
}

// The joint distribution of the diamond by the chain rule with the independences
// of equations 11.4–11.6 of its source, read off the joint itself.
func TestDiamondIndependences(t *testing.T) {
	net := mustNetwork(t, "diamond")
	for _, c := range []struct{ event, more, less string }{
		{"x2=1", "x1=0 x3=1", "x1=0"},           // 11.4
		{"x3=1", "x1=1 x2=0", "x1=1"},           // 11.5
		{"x4=1", "x1=0 x2=1 x3=0", "x2=1 x3=0"}, // 11.6
	} {
		more, less := probability(t, net, c.event, c.more), probability(t, net, c.event, c.less)
		if math.Abs(more-less) > 1e-15 {
			t.Errorf("p(%s | %s) is %v, p(%s | %s) is %v", c.event, c.more, more, c.event, c.less, less)
		}
	}
	if free := probability(t, net, "x2=1", "x3=1") - probability(t, net, "x2=1", "x3=0"); math.Abs(free) < 0.1 {
		t.Errorf("without x1, x2 does not depend on x3: %v", free)
	}
	seen := map[float64]bool{}
	for _, v := range net.Variables() {
		for i, p := range net.Conditional(v).(*graphical.Table).Values() {
			if i%2 == 1 && seen[p] {
				t.Errorf("the number %v is there twice", p)
			}
			seen[p] = i%2 == 1 || seen[p]
		}
	}
}

// Asia and cancer are the networks of the files, whatever the order of parents.
func TestAgainstFiles(t *testing.T) {
	dir := os.Getenv("BELIEF_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	for _, name := range []string{"asia", "cancer"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, "bif", name+".bif")
			if _, err := os.Stat(path); err != nil {
				t.Skipf("no data at %s", path)
			}
			file, err := bif.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(entries(t, file), entries(t, mustNetwork(t, name))); diff != "" {
				t.Errorf("entries (-file +built):\n%s", diff)
			}
		})
	}
}

// entries lists every number of every table under a name that does not depend on
// the order of anything.
func entries(t *testing.T, net *graphical.BayesNet) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	for _, v := range net.Variables() {
		table, ok := net.Conditional(v).(*graphical.Table)
		if !ok {
			t.Fatalf("%v has no table but a %T", v, net.Conditional(v))
		}
		at := make([]int, len(table.Parents()))
		for r := range table.NumRows() {
			var given []string
			for i, s := range table.RowStates(at, r) {
				given = append(given, table.Parents()[i].Name()+"="+table.Parents()[i].States()[s])
			}
			slices.Sort(given)
			for s, p := range table.Row(r) {
				out[fmt.Sprintf("%v=%s | %s", v, v.States()[s], strings.Join(given, ", "))] = p
			}
		}
	}
	return out
}

func ExampleNetwork() {
	net, err := textbook.Network("student")
	if err != nil {
		fmt.Println(err)
		return
	}
	source, _ := textbook.Source("student")
	fmt.Println(source)
	for _, v := range net.TopologicalOrder() {
		fmt.Println(v, v.States(), net.Parents(v))
	}
	_, err = textbook.Network("studnet")
	fmt.Println(err)
	// Output:
	// Koller & Friedman (2009), Probabilistic Graphical Models, figure 3.4
	// Difficulty [d0 d1] []
	// Intelligence [i0 i1] []
	// Grade [g1 g2 g3] [Intelligence Difficulty]
	// SAT [s0 s1] [Intelligence]
	// Letter [l0 l1] [Grade]
	// unknown network "studnet"; did you mean "student"?
}
