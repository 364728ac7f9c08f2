package textbook

import "github.com/belief-go/belief/graphical"

// diamond is the four-variable example that opens chapter 11 of Qiu Xipeng (2019,
// equations 11.4–11.8 and figure 11.1): x1 → x2, x1 → x3, and both into x4. The
// factorization p(x1) p(x2|x1) p(x3|x1) p(x4|x2,x3) has 1 + 2 + 2 + 4 = 9 free
// parameters, where the table of the joint distribution has 15. The book gives no
// numbers; these are our own, with no two of them alike.
func diamond(b *graphical.BayesNetBuilder) {
	x1 := b.Variable("x1", "0", "1")
	x2 := b.Variable("x2", "0", "1")
	x3 := b.Variable("x3", "0", "1")
	x4 := b.Variable("x4", "0", "1")

	b.Table(x1).Row(0.6, 0.4)
	b.Table(x2, x1).Row(0.7, 0.3).Row(0.2, 0.8)
	b.Table(x3, x1).Row(0.9, 0.1).Row(0.35, 0.65)
	b.Table(x4, x2, x3).
		Row(0.95, 0.05).Row(0.45, 0.55). // x2 = 0; x3 = 0 and 1
		Row(0.25, 0.75).Row(0.15, 0.85)
}
