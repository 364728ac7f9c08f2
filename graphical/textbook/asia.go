package textbook

import "github.com/belief-go/belief/graphical"

// asia is the chest clinic of Lauritzen & Spiegelhalter (1988): shortness of
// breath may come from tuberculosis, lung cancer or bronchitis, and an X-ray does
// not tell the first two apart. The names and the order of the parents are those
// of the file asia.bif of the bnlearn repository.
func asia(b *graphical.BayesNetBuilder) {
	asia := b.Variable("asia", "yes", "no") // a recent visit
	tub := b.Variable("tub", "yes", "no")
	smoke := b.Variable("smoke", "yes", "no")
	lung := b.Variable("lung", "yes", "no")
	bronc := b.Variable("bronc", "yes", "no")
	either := b.Variable("either", "yes", "no") // tuberculosis or lung cancer
	xray := b.Variable("xray", "yes", "no")
	dysp := b.Variable("dysp", "yes", "no")

	b.Table(asia).Row(0.01, 0.99)
	b.Table(tub, asia).Row(0.05, 0.95).Row(0.01, 0.99)
	b.Table(smoke).Row(0.5, 0.5)
	b.Table(lung, smoke).Row(0.1, 0.9).Row(0.01, 0.99)
	b.Table(bronc, smoke).Row(0.6, 0.4).Row(0.3, 0.7)
	b.Table(either, lung, tub).
		Row(1, 0).Row(1, 0). // lung cancer; with and without tuberculosis
		Row(1, 0).Row(0, 1)
	b.Table(xray, either).Row(0.98, 0.02).Row(0.05, 0.95)
	b.Table(dysp, bronc, either).
		Row(0.9, 0.1).Row(0.8, 0.2). // bronchitis; with and without either
		Row(0.7, 0.3).Row(0.1, 0.9)
}
