package textbook

import "github.com/belief-go/belief/graphical"

// sprinkler is the lawn that is wet from the sprinkler or the rain, both of which
// depend on the clouds. The numbers are those of Russell & Norvig (2010, figure
// 14.12), and the same as in the introduction of Murphy (1998).
func sprinkler(b *graphical.BayesNetBuilder) {
	cloudy := b.Variable("Cloudy", "true", "false")
	sprinkler := b.Variable("Sprinkler", "true", "false")
	rain := b.Variable("Rain", "true", "false")
	wet := b.Variable("WetGrass", "true", "false")

	b.Table(cloudy).Row(0.5, 0.5)
	b.Table(sprinkler, cloudy).Row(0.1, 0.9).Row(0.5, 0.5)
	b.Table(rain, cloudy).Row(0.8, 0.2).Row(0.2, 0.8)
	b.Table(wet, sprinkler, rain).
		Row(0.99, 0.01).Row(0.90, 0.10). // the sprinkler is on; with and without rain
		Row(0.90, 0.10).Row(0, 1)
}
