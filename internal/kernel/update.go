package kernel

// Steps of optimizers, each in one pass: w are the weights, g their gradient.

// Adam updates the means m of the gradient and v of its square, and steps:
//
//	m ← β₁·m + (1 − β₁)·g
//	v ← β₂·v + (1 − β₂)·g²
//	w ← w − rate·(c₁·m/(√(c₂·v) + eps) + decay·w)
//
// In step t ≥ 1 the corrections of the bias are c₁ = 1/(1 − β₁ᵗ) and c₂ = 1/(1 − β₂ᵗ).
// See Kingma & Ba (2015) algorithm 1; Loshchilov & Hutter (2019) algorithm 2 for decay.
func Adam[T Float](w, m, v, g []T, rate, beta1, beta2, eps, decay, c1, c2 T) {
	wantSame(w, m, v)
	wantLen("the gradient", len(g), len(w))
	active[T]().adam(beta1, 1-beta1, beta2, 1-beta2, rate*c1, c2, eps, rate*decay, w, m, v, g)
}

// Momentum updates the velocity and steps:
//
//	vel ← mu·vel − rate·g
//	w   ← w + vel, or w + mu·vel − rate·g with Nesterov's
//
// which, with Nesterov's, keeps in w the point at which the gradient is wanted. See
// Sutskever, Martens, Dahl & Hinton (2013) equations 1 to 4, Bengio,
// Boulanger-Lewandowski & Pascanu (2013) equation 7.
func Momentum[T Float](w, vel, g []T, rate, mu T, nesterov bool) {
	wantSame(w, vel, g)
	if nesterov {
		active[T]().nesterov(rate, mu, w, vel, g)
	} else {
		active[T]().momentum(rate, mu, w, vel, g)
	}
}

// RMSProp updates the mean v of the square of the gradient and steps:
//
//	v ← rho·v + (1 − rho)·g²
//	w ← w − rate·g/(√v + eps)
//
// See Tieleman & Hinton (2012), with eps where Adam has it.
func RMSProp[T Float](w, v, g []T, rate, rho, eps T) {
	wantSame(w, v, g)
	active[T]().rmsProp(rate, rho, 1-rho, eps, w, v, g)
}
