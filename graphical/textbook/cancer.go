package textbook

import "github.com/belief-go/belief/graphical"

// cancer is the lung cancer problem of Korb & Nicholson (2010, section 2.2):
// pollution and smoking cause it, an X-ray and shortness of breath show it. The
// names are those of the file cancer.bif of the bnlearn repository.
func cancer(b *graphical.BayesNetBuilder) {
	pollution := b.Variable("Pollution", "low", "high")
	smoker := b.Variable("Smoker", "True", "False")
	cancer := b.Variable("Cancer", "True", "False")
	xray := b.Variable("Xray", "positive", "negative")
	dyspnoea := b.Variable("Dyspnoea", "True", "False")

	b.Table(pollution).Row(0.9, 0.1)
	b.Table(smoker).Row(0.3, 0.7)
	b.Table(cancer, pollution, smoker).
		Row(0.03, 0.97).Row(0.001, 0.999). // low pollution; smoker or not
		Row(0.05, 0.95).Row(0.02, 0.98)
	b.Table(xray, cancer).Row(0.9, 0.1).Row(0.2, 0.8)
	b.Table(dyspnoea, cancer).Row(0.65, 0.35).Row(0.3, 0.7)
}
