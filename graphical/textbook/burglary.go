package textbook

import "github.com/belief-go/belief/graphical"

// burglary is the alarm that a burglar or an earthquake sets off and that one of
// two neighbours may report. The story is Pearl's (1988, chapter 2);
// the two neighbours and the numbers are those of Russell & Norvig (2010, figure
// 14.2).
func burglary(b *graphical.BayesNetBuilder) {
	burglary := b.Variable("Burglary", "true", "false")
	earthquake := b.Variable("Earthquake", "true", "false")
	alarm := b.Variable("Alarm", "true", "false")
	john := b.Variable("JohnCalls", "true", "false")
	mary := b.Variable("MaryCalls", "true", "false")

	b.Table(burglary).Row(0.001, 0.999)
	b.Table(earthquake).Row(0.002, 0.998)
	b.Table(alarm, burglary, earthquake).
		Row(0.95, 0.05).Row(0.94, 0.06). // a burglary; with and without an earthquake
		Row(0.29, 0.71).Row(0.001, 0.999)
	b.Table(john, alarm).Row(0.90, 0.10).Row(0.05, 0.95)
	b.Table(mary, alarm).Row(0.70, 0.30).Row(0.01, 0.99)
}
