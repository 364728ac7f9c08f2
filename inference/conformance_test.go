package inference_test

import (
	"testing"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
	"github.com/belief-go/belief/inference/inferencetest"
)

func TestConformance(t *testing.T) {
	for _, engine := range []inference.Engine{
		inference.TreeConfig{},
		inference.TreeConfig{Order: graphical.OrderConfig{Heuristic: graphical.MinWeight, Restarts: 3, Seed: 5}, Workers: 4},
		inference.VariableElimination{},
		inference.Auto{},
	} {
		t.Run(engine.Name(), func(t *testing.T) { inferencetest.Run(t, engine, inferencetest.Options{Seed: 3}) })
	}
	t.Run("sum-product", func(t *testing.T) {
		inferencetest.Run(t, inference.SumProduct{}, inferencetest.Options{Seed: 4, Forests: true})
	})
}
