package main

// Models that fit has written.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/em/linear"
	"github.com/belief-go/belief/graphical/chain"
	"github.com/belief-go/belief/internal/saved"
)

// kinds are the saved models that the tool knows, each with an empty one to read into.
var kinds = map[string]func() json.Unmarshaler{
	"bayesian-gaussian-mixture": func() json.Unmarshaler { return new(em.BayesianGaussianModel) },
	"factor-analysis":           func() json.Unmarshaler { return new(linear.FactorModel) },
	"gaussian-mixture":          func() json.Unmarshaler { return new(em.GaussianModel) },
	"hmm":                       func() json.Unmarshaler { return new(chain.HMM) },
	"kmeans":                    func() json.Unmarshaler { return new(em.KMeansModel) },
	"mixture":                   func() json.Unmarshaler { return new(em.MixtureModel) },
	"network":                   func() json.Unmarshaler { return new(em.NetworkModel) },
	"pca":                       func() json.Unmarshaler { return new(linear.PCAModel) },
	"probabilistic-pca":         func() json.Unmarshaler { return new(linear.FactorModel) },
	"sparse-coding":             func() json.Unmarshaler { return new(linear.SparseModel) },
}

// A savedModel is one that was read from a file.
type savedModel struct {
	kind  string
	model json.Unmarshaler
}

// loadModel reads a model that fit has written.
func (t *tool) loadModel(ctx context.Context, path string) (*savedModel, error) {
	text, err := within(ctx, func() ([]byte, error) {
		if path == "-" {
			lim := int64(t.flags.memory)
			text, err := io.ReadAll(io.LimitReader(t.stdin, lim))
			if err == nil && int64(len(text)) == lim {
				err = &belief.TooLargeError{What: "model", Bytes: float64(lim), Budget: lim, AtLeast: true}
			}
			return text, err
		}
		s, err := data.ReadText(path, data.Limits{Memory: int64(t.flags.memory)})
		return []byte(s), err
	})
	if err != nil {
		return nil, err
	}
	if path == "-" {
		path = stdinName
	}
	return parseModel(text, path)
}

// parseModel reads a model from the text of a file.
func parseModel(text []byte, path string) (*savedModel, error) {
	kind, err := saved.Kind(text)
	if err == nil {
		if begin, ok := kinds[kind]; ok {
			m := &savedModel{kind: kind, model: begin()}
			if err = m.model.UnmarshalJSON(text); err == nil {
				return m, nil
			}
		} else {
			err = unknown("kind of model", kind, slices.Sorted(maps.Keys(kinds)))
		}
	}
	if p, ok := errors.AsType[*belief.ParseError](err); ok && p.File == "" {
		p.File = path
		return nil, err
	}
	return nil, fmt.Errorf("%s: %w", path, err)
}
