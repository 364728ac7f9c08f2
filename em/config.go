package em

import (
	"math"
	"time"

	"github.com/belief-go/belief"
)

// Config says how the engine goes about a fit. The zero value is one start, every row in
// every step, until nothing is left to gain or 1000 iterations are done.
type Config struct {
	Iterations int `json:"iterations,omitempty"` // of each start, at most; 0 means 1000
	// Tolerance is how small, relative to the size of the objective or, if that is more,
	// to the weight of the data, all gains that seem to be left have to be, and a hundred
	// times the last gain; 0 means 1e-7. A negative one is never met.
	Tolerance float64 `json:"tolerance,omitempty"`
	Seed      uint64  `json:"seed"`             // of starts and orders; 0 is a seed like any other
	Starts    int     `json:"starts,omitempty"` // of which the best is kept; 0 means 1, or what the model's settings say
	// Workers bounds the goroutines; 0 means all cores. Results do not depend on it.
	Workers int `json:"workers,omitempty"`
	// Hard puts every observation's weight on its most probable hidden state.
	Hard bool `json:"hard,omitempty"`
	// Batch is the number of rows between M steps, of rows in an order that is new in
	// every iteration, which is still a pass (stepwise EM); 0 means all. The first
	// iteration, which gives the average its first statistics, and the last, which
	// finds the objective of the result, are passes over all rows with one model. Batches
	// come one after the other, and only within those two do several workers help.
	Batch int `json:"batch,omitempty"`
	// Decay is κ in the weight (t+2)^−κ that the statistics of batch t enter the average
	// with, above 0.5 and up to 1; 0 means 0.7.
	Decay float64 `json:"decay,omitempty"`
	// Memory is how many bytes of data are kept in memory; more are read anew in every
	// iteration, to the same bits. 0 means 1 GiB.
	Memory int64 `json:"memory,omitempty"`

	// Checkpoint is a file in which the run keeps what it needs to go on after a crash;
	// empty means none. A run that finds its own checkpoint there goes on from it, to the
	// bits that it would have had without interruption.
	Checkpoint string `json:"checkpoint,omitempty"`
	// CheckpointEvery is the time between checkpoints; 0 means 30 s. There is one at the
	// end of a run as well, also when it is cancelled.
	CheckpointEvery time.Duration `json:"checkpoint_every,omitempty"`

	// Progress is called after every iteration. Nil means never.
	Progress func(Step) `json:"-"`

	// Settings are those of the model. They and this Config tell apart runs whose
	// checkpoint is the same file. Estimators set them; who calls [Fit] may.
	Settings any `json:"-"`
}

func (c Config) memory() int64 {
	if c.Memory == 0 {
		return 1 << 30
	}
	return c.Memory
}

func (c Config) withDefaults() (Config, error) {
	if c.Iterations == 0 {
		c.Iterations = 1000
	}
	if c.Tolerance == 0 {
		c.Tolerance = 1e-7
	}
	if c.Starts == 0 {
		c.Starts = 1
	}
	if c.Decay == 0 {
		c.Decay = 0.7
	}
	if c.CheckpointEvery == 0 {
		c.CheckpointEvery = 30 * time.Second
	}
	c.Memory = c.memory()
	for _, f := range []struct {
		field string
		value any
		ok    bool
		want  string
	}{
		{"Iterations", c.Iterations, c.Iterations > 0, "positive"},
		{"Tolerance", c.Tolerance, !math.IsNaN(c.Tolerance), "a number"},
		{"Starts", c.Starts, c.Starts > 0, "positive"},
		{"Workers", c.Workers, c.Workers >= 0, "not negative"},
		{"Batch", c.Batch, c.Batch >= 0, "not negative"},
		{"Decay", c.Decay, c.Decay > 0.5 && c.Decay <= 1, "above 0.5 and at most 1"},
		{"Memory", c.Memory, c.Memory > 0, "positive"},
		{"CheckpointEvery", c.CheckpointEvery, c.CheckpointEvery > 0, "positive"},
		{"Hard", c.Hard, !c.Hard || c.Batch == 0, "false with batches"},
	} {
		if !f.ok {
			return c, &belief.ConfigError{Field: f.field, Value: f.value, Want: f.want}
		}
	}
	return c, nil
}
