package ladder

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/mcmc"
)

// A machine is a small restricted Boltzmann machine on float32, whose batches move
// together: f_b(v) = Σ_h exp(b (a'v + c'h + v'W h)), the base being uniform.
type machine struct {
	a, c []float32
	w    [][]float32 // a row for each hidden unit
	bend float64     // the kernel is that of temperature bend·b: 1 if it is right
	flip float64     // the ratio is taken this many times: 1 if it is right
	all  *layer      // visible vectors, once enumerated
	prob []float64   // of them
}

func newMachine(r *rand.Rand, visible, hidden int) *machine {
	m := &machine{bend: 1, flip: 1}
	draw := func(n int, sd float64) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(sd * r.NormFloat64())
		}
		return x
	}
	m.a, m.c = draw(visible, 0.5), draw(hidden, 0.5)
	for range hidden {
		m.w = append(m.w, draw(visible, 1.2))
	}
	return m
}

// A layer is a batch of visible vectors, row after row, with scratch memory.
type layer struct {
	v, input []float32
	n        int
}

func (m *machine) Draw(r *rand.Rand, n int) (*layer, error) {
	l := &layer{v: make([]float32, n*len(m.a)), input: make([]float32, n*len(m.c)), n: n}
	for i := range l.v {
		l.v[i] = float32(r.IntN(2))
	}
	return l, nil
}

// inputs are those of the hidden units: one matrix product for the batch.
func (m *machine) inputs(l *layer) {
	for i := range l.n {
		v := l.v[i*len(m.a) : (i+1)*len(m.a)]
		for j, row := range m.w {
			sum := m.c[j]
			for k, w := range row {
				sum += w * v[k]
			}
			l.input[i*len(m.c)+j] = sum
		}
	}
}

func (m *machine) logDensity(l *layer, i int, b float64) float64 {
	sum := 0.0
	for k, a := range m.a {
		sum += b * float64(a*l.v[i*len(m.a)+k])
	}
	for j := range m.c {
		sum += math.Log1p(math.Exp(b * float64(l.input[i*len(m.c)+j])))
	}
	return sum
}

func (m *machine) LogRatioTo(dst []float64, l *layer, from, to float64) error {
	m.inputs(l)
	for i := range dst {
		dst[i] = m.flip * (m.logDensity(l, i, to) - m.logDensity(l, i, from))
	}
	return nil
}

func (m *machine) Move(r *rand.Rand, l *layer, b float64) error {
	b *= m.bend
	m.inputs(l)
	on := func(input float64) float32 {
		if r.Float64() < 1/(1+math.Exp(-b*input)) {
			return 1
		}
		return 0
	}
	for i := range l.n {
		h := l.input[i*len(m.c) : (i+1)*len(m.c)]
		for j, x := range h {
			h[j] = on(float64(x))
		}
		for k, a := range m.a {
			sum := a
			for j, x := range h {
				sum += m.w[j][k] * x
			}
			l.v[i*len(m.a)+k] = on(float64(sum))
		}
	}
	return nil
}

func (m *machine) Copy(dst *layer, i int, src *layer, j int) {
	n := len(m.a)
	copy(dst.v[i*n:(i+1)*n], src.v[j*n:(j+1)*n])
}

func (m *machine) baseLogZ() float64 { return float64(len(m.a)+len(m.c)) * math.Ln2 }

// enumerate sums over all visible vectors and returns log Z.
func (m *machine) enumerate() float64 {
	n := 1 << len(m.a)
	var logs []float64
	all, _ := m.Draw(rand.New(rand.NewPCG(0, 0)), n)
	for i := range n {
		for k := range m.a {
			all.v[i*len(m.a)+k] = float32(i >> k & 1)
		}
	}
	m.inputs(all)
	for i := range n {
		logs = append(logs, m.logDensity(all, i, 1))
	}
	m.all, m.prob = all, normalized(logs)
	return careful.LogSumExp(logs)
}

// exact draws from the machine that has been enumerated.
func (m *machine) exact(r *rand.Rand, n int) (*layer, error) {
	p := m.prob
	l, _ := m.Draw(r, n)
	for i := range n {
		u, x := r.Float64(), 0
		for ; x < len(p)-1 && u >= p[x]; x++ {
			u -= p[x]
		}
		m.Copy(l, i, m.all, x)
	}
	return l, nil
}

// agree runs as many seeds and tells how many estimates lie within three standard errors
// of the truth, and how far the mean of Ẑ/Z, of a reversed run of Z/Ẑ, is from one in
// standard errors.
func agree(t *testing.T, seeds uint64, truth, sign float64, run func(seed uint64) (value, stdErr float64)) (near int, off float64) {
	t.Helper()
	var sum, squares float64
	for seed := range seeds {
		value, stdErr := run(seed)
		if math.Abs(value-truth) <= 3*stdErr {
			near++
		}
		z := math.Exp(sign * (value - truth))
		sum += z
		squares += z * z
	}
	n := float64(seeds)
	mean := sum / n
	return near, (mean - 1) / math.Sqrt((squares/n-mean*mean)/(n-1))
}

// Of a machine small enough to enumerate, at least 97 of 100 estimates lie within
// three standard errors, and the mean of Ẑ/Z within four of one, for annealed
// importance sampling up and down and for sequential Monte Carlo. The same test
// refuses paths with a mistake in them.
func TestMachine(t *testing.T) {
	m := newMachine(rand.New(rand.NewPCG(7, 7)), 6, 4)
	truth := m.enumerate()
	s, err := mcmc.SigmoidSchedule(30, 0)
	if err != nil {
		t.Fatal(err)
	}
	swapped, wrong := *m, *m
	swapped.flip = -1
	wrong.bend = 0.3
	for _, c := range []struct {
		name  string
		path  *machine
		seeds uint64
		want  bool
	}{{"right", m, 100, true}, {"swapped ratio", &swapped, 10, false}, {"wrong kernel", &wrong, 10, false}} {
		runs := map[string]func(seed uint64) (float64, float64){
			"up": func(seed uint64) (float64, float64) {
				a, err := AIS(background, c.path, AISConfig{Schedule: s, Chains: 40, Batch: 20, BaseLogZ: m.baseLogZ(), Seed: seed})
				if err != nil {
					t.Fatal(err)
				}
				return a.LogZ.Value, a.LogZ.StdErr
			},
			"down": func(seed uint64) (float64, float64) {
				a, err := ReverseAIS(background, c.path, m.exact, AISConfig{Schedule: s, Chains: 40, Batch: 20, BaseLogZ: m.baseLogZ(), Seed: seed})
				if err != nil {
					t.Fatal(err)
				}
				return a.LogZ.Value, a.LogZ.StdErr
			},
			"particles": func(seed uint64) (float64, float64) {
				a, err := SMC(background, c.path, SMCConfig{Particles: 100, Moves: 1, BaseLogZ: m.baseLogZ(), Seed: seed})
				if err != nil {
					t.Fatal(err)
				}
				return a.LogZ.Value, a.LogZ.StdErr
			},
		}
		for name, run := range runs {
			sign := 1.0
			if name == "down" {
				sign = -1
			}
			near, off := agree(t, c.seeds, truth, sign, run)
			t.Logf("%s, %s: %d of %d within three standard errors, mean off by %.1f", c.name, name, near, c.seeds, off)
			if ok := 100*near >= 97*int(c.seeds) && math.Abs(off) <= 4; ok != c.want {
				t.Errorf("%s, %s: %d of %d within three standard errors, mean of Ẑ/Z %.1f from one", c.name, name, near, c.seeds, off)
			}
		}
	}
}

// The Ising model on a 3×3 torus, states as the bits of a word, single-site heat
// bath: the evidence and, from the weighted states, the mean energy.
func TestIsing(t *testing.T) {
	const side, coupling = 3, 0.4
	energy := func(s uint16) float64 {
		sum := 0
		at := func(i, j int) int { return 2*int(s>>(i%side*side+j%side)&1) - 1 }
		for i := range side {
			for j := range side {
				sum += at(i, j) * (at(i+1, j) + at(i, j+1))
			}
		}
		return float64(sum)
	}
	path := Pointwise[uint16]{
		Base:       func(r *rand.Rand) uint16 { return uint16(r.Uint32N(1 << (side * side))) },
		LogDensity: func(s uint16, b float64) float64 { return b * coupling * energy(s) },
		Step: func(r *rand.Rand, s uint16, b float64) uint16 {
			for k := range side * side {
				up, down := s|1<<k, s&^(1<<k)
				s = down
				if r.Float64() < 1/(1+math.Exp(b*coupling*(energy(down)-energy(up)))) {
					s = up
				}
			}
			return s
		},
	}
	var logs []float64
	for s := range uint16(1 << (side * side)) {
		logs = append(logs, coupling*energy(s))
	}
	truth := careful.LogSumExp(logs)
	exact := 0.0
	for s, p := range normalized(logs) {
		exact += p * energy(uint16(s))
	}
	got, err := SMC(background, path, SMCConfig{Particles: 2000, Moves: 2, BaseLogZ: side * side * math.Ln2})
	if err != nil {
		t.Fatal(err)
	}
	if d := (got.LogZ.Value - truth) / got.LogZ.StdErr; math.Abs(d) > 4.9 || got.LogZ.StdErr > 0.1 {
		t.Errorf("log Z is %v, want %v", got.LogZ, truth)
	}
	mean, square := 0.0, 0.0
	for i, w := range got.Weights {
		e := energy(got.Batches[i/got.BatchSize][i%got.BatchSize])
		mean += w * e
		square += w * (e - exact) * (e - exact)
	}
	if d := (mean - exact) / math.Sqrt(square/got.ESS); math.Abs(d) > 4.9 {
		t.Errorf("mean energy %g, want %g", mean, exact)
	}
	a, err := AIS(background, path, AISConfig{Chains: 100, BaseLogZ: side * side * math.Ln2, KeepState: true, Schedule: mcmc.Schedule{0, 0.2, 0.4, 0.6, 0.8, 1}})
	if err != nil {
		t.Fatal(err)
	}
	if d := (a.LogZ.Value - truth) / a.LogZ.StdErr; math.Abs(d) > 4.9 {
		t.Errorf("log Z is %v, want %v", a.LogZ, truth)
	}
	mean = 0
	for i, w := range a.Weights() {
		mean += w * energy(a.Batches[i/a.BatchSize][i%a.BatchSize])
	}
	if d := (mean - exact) / math.Sqrt(square/a.ESS); math.Abs(d) > 4.9 {
		t.Errorf("mean energy of annealed chains %g, want %g", mean, exact)
	}
}
