package textbook

import "github.com/belief-go/belief/graphical"

// student is the student of Koller & Friedman (2009, figure 3.4), whose grade
// comes from a course's difficulty and her intelligence, and whose letter of
// recommendation comes from the grade alone. Grade g1 is the best.
func student(b *graphical.BayesNetBuilder) {
	difficulty := b.Variable("Difficulty", "d0", "d1")
	intelligence := b.Variable("Intelligence", "i0", "i1")
	grade := b.Variable("Grade", "g1", "g2", "g3")
	sat := b.Variable("SAT", "s0", "s1")
	letter := b.Variable("Letter", "l0", "l1")

	b.Table(difficulty).Row(0.6, 0.4)
	b.Table(intelligence).Row(0.7, 0.3)
	b.Table(grade, intelligence, difficulty).
		Row(0.3, 0.4, 0.3).Row(0.05, 0.25, 0.7). // i0; d0 and d1
		Row(0.9, 0.08, 0.02).Row(0.5, 0.3, 0.2)
	b.Table(sat, intelligence).Row(0.95, 0.05).Row(0.2, 0.8)
	b.Table(letter, grade).Row(0.1, 0.9).Row(0.4, 0.6).Row(0.99, 0.01)
}
