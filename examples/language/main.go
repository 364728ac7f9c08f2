// Language teaches a recurrent network to foresee the next character of a text whose
// entropy is known, so that one sees how far it is from the best there can be, and
// lets it write.
//
// The text is that of a small grammar of English (data.English). The network is an
// embedding, an LSTM (Qiu Xipeng 2019, Neural Networks and Deep Learning, draft of 6
// April 2019, section 6.6) and a linear layer; it learns from windows at random, and is
// tested on a text of its own that it reads from beginning to end.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/nn"
)

func main() {
	if err := run(context.Background(), os.Stdout, 400); err != nil {
		log.Fatal(err)
	}
}

// language is the network.
type language struct {
	characters *data.Vocabulary
	net        *nn.Net[float32]
	table      *nn.EmbeddingLayer[float32]
	lstm       *nn.RecurrentLayer[float32]
	out        *nn.DenseLayer[float32]
}

func newLanguage(characters *data.Vocabulary) *language {
	n := characters.Len()
	net := nn.New[float32](1)
	return &language{
		characters: characters,
		net:        net,
		table:      net.Embedding("characters", nn.Embedding{Size: n, Dim: 32}),
		lstm:       net.LSTM("lstm", nn.LSTM{In: 32, Hidden: 96}),
		out:        net.Dense("out", nn.Dense{In: 96, Out: n}),
	}
}

// read takes windows of characters, from a state or the zero Var, to the logits of the
// characters that follow, and the state after the last.
func (l *language) read(t *autodiff.Tape[float32], b *data.TokenBatch, state autodiff.Var[float32]) (logits, last autodiff.Var[float32]) {
	var none autodiff.Var[float32]
	h, last := l.lstm.Run(l.table.Lookup(t, b.Inputs, b.Sequences, b.Steps), state, none)
	return l.out.Forward(h), last
}

func run(ctx context.Context, w io.Writer, steps int) error {
	grammar := data.English()
	text := make([]byte, 220_000)
	if _, err := io.ReadFull(grammar.Reader(1), text); err != nil {
		return err
	}
	characters, err := data.NewVocabulary(data.Characters(string(text)), data.VocabularyOptions{})
	if err != nil {
		return err
	}
	tokens, err := characters.Encode(data.Characters(string(text)))
	if err != nil {
		return err
	}
	train, test := tokens[:200_000], tokens[200_000:]

	l := newLanguage(characters)
	windows := data.TokenBatch{Sequences: 32, Length: 64}
	trainer := nn.Trainer[float32]{
		Net:       l.net,
		Optimizer: nn.Adam{Rate: 5e-3},
		Schedule:  nn.LinearDecay{Steps: steps},
		Clip:      nn.Clip{Norm: 5},
		Loss: func(t *autodiff.Tape[float32], b *nn.Batch[float32]) autodiff.Var[float32] {
			if err := windows.Random(train, 1, uint64(b.Step)); err != nil {
				panic(err)
			}
			var start autodiff.Var[float32]
			logits, _ := l.read(t, &windows, start)
			return nn.CrossEntropy(logits, windows.Targets, 0)
		},
	}
	best := grammar.Entropy().Character
	fmt.Fprintf(w, "no model can need less than %.3f bits per character; chance needs %.3f\n", best.Value/math.Ln2, math.Log2(float64(characters.Len())))
	for step, err := range trainer.Steps(ctx, nil, nn.Config{Steps: steps, Seed: 1}) {
		if err != nil {
			return err
		}
		if step.Step%(steps/4) == 0 {
			fmt.Fprintf(w, "step %4d: %.3f bits per character of a new text\n", step.Step, l.loss(test)/math.Ln2)
		}
	}
	fmt.Fprintf(w, "it writes:\n%s\n", l.write(rand.New(rand.NewPCG(3, 3)), 200))
	return nil
}

// loss is the mean loss in nats of a text that is read from beginning to end.
func (l *language) loss(tokens []int) float64 {
	var tape autodiff.Tape[float32]
	b := data.TokenBatch{Sequences: 1, Length: 256}
	state := make([]float32, l.lstm.StateSize())
	sum, n := 0.0, 0
	for step := 0; b.Sequential(tokens, step); step++ {
		tape.Reset()
		logits, last := l.read(&tape, &b, tape.Constant(state, 1, len(state)))
		sum += float64(b.Steps) * float64(nn.CrossEntropy(logits, b.Targets, 0).Number())
		n += b.Steps
		copy(state, last.Value())
	}
	return sum / float64(n)
}

// write draws a text, a character at a time.
func (l *language) write(r *rand.Rand, length int) string {
	var tape autodiff.Tape[float32]
	state := make([]float32, l.lstm.StateSize())
	token := l.characters.Index("\n")
	var written []int
	for range length {
		tape.Reset()
		h, next := l.lstm.Step(l.table.Lookup(&tape, []int{token}), tape.Constant(state, 1, len(state)))
		copy(state, next.Value())
		u := r.Float32()
		for k, p := range l.out.Forward(h).Softmax().Value() {
			if token, u = k, u-p; u < 0 {
				break
			}
		}
		written = append(written, token)
	}
	return l.characters.Decode(written, "")
}
