package autodiff

// NonFiniteGrad does what Backward does, once more and after setting the gradients of
// parameters to zero, and returns the operation that first gave a gradient with NaN or
// an infinity, and the label it had. It reports false if none did. See
// [Tape.NonFinite] for values.
func (t *Tape[T]) NonFiniteGrad(y Var[T]) (op, label string, found bool) {
	last := y.node(t)
	for _, n := range t.nodes[:t.used] {
		n.grad = nil
		if n.param != nil {
			n.param.ZeroGrad()
		}
	}
	t.grads.reset()
	t.swept = true
	if !last.needs {
		return "", "", false
	}
	grad, _ := last.Into()
	grad[0]++
	for i := last.id; i >= 0; i-- {
		n := t.nodes[i]
		if n.grad == nil {
			continue
		}
		n.op.Backward(n)
		for _, x := range n.inputs {
			if !finite(x.grad) {
				return n.op.Name(), n.label, true
			}
		}
	}
	return "", "", false
}

func finite[T Float](x []T) bool {
	for _, v := range x {
		if v-v != 0 {
			return false
		}
	}
	return true
}
