package kernel

// LSTMGrad goes back through one step of an LSTM for one sequence of the batch. The
// gates of the step, after their activation, are the rows i, f, o and g (the
// candidate) of z, one after the other; before is the cell state before the step,
// and tanh the hyperbolic tangent of that after it. From the gradients dh of the
// output and dc of the cell state it writes the gradients of the gates, before their
// activation, to dz, and that of the cell state before the step to dc.
func LSTMGrad[T Float](dz, dc, dh, z, before, tanh []T) {
	h := len(dh)
	wantLen("dz", len(dz), 4*h)
	wantLen("z", len(z), 4*h)
	wantLen("dc", len(dc), h)
	wantSame(dh, before, tanh)
	zi, zf, zo, zg := z[:h], z[h:2*h], z[2*h:3*h], z[3*h:]
	di, df, do, dg := dz[:h], dz[h:2*h], dz[2*h:3*h], dz[3*h:]
	dc = dc[:h]
	for j, d := range dh {
		i, f, o, g, c := zi[j], zf[j], zo[j], zg[j], tanh[j]
		do[j] = d * c * (o * (1 - o))
		e := dc[j] + d*o*((1-c)*(1+c))
		di[j] = e * g * (i * (1 - i))
		df[j] = e * before[j] * (f * (1 - f))
		dg[j] = e * i * ((1 - g) * (1 + g))
		dc[j] = e * f
	}
}

// GRUGrad goes back through the mixture h' = z·h + (1 − z)·n that ends a step of a
// gated recurrent unit: zn holds z and then n. From the gradient dh of h' it writes
// those of z and n, before their activation, and that of h to dh.
func GRUGrad[T Float](dz, dn, dh, zn, h []T) {
	wantSame(dh, dz, dn)
	wantLen("h", len(h), len(dh))
	wantLen("zn", len(zn), 2*len(dh))
	zs, ns := zn[:len(dh)], zn[len(dh):]
	for j, d := range dh {
		z, n := zs[j], ns[j]
		dz[j] = d * (h[j] - n) * (z * (1 - z))
		dn[j] = d * (1 - z) * ((1 - n) * (1 + n))
		dh[j] = d * z
	}
}
