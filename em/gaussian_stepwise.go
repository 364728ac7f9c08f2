package em

// Origin implements [Stepwise]: the sums are about the origin of the fit, which no M step
// moves.
func (m *GaussianModel) Origin() []float64 { return nil }

// Recentre implements [Stepwise].
func (m *GaussianModel) Recentre(*Statistics, []float64) {}
