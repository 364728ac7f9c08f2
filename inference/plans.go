// The second half of compiling: the static tables are computed and the plans made,
// once the layout is known to fit its budget.

package inference

import (
	"context"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/tensor"
)

// fillTables computes the static tables and their ranges.
func (l *layout) fillTables(ctx context.Context) error {
	for _, f := range l.constants {
		factor, err := l.p.model.Factor(l.p.factors[f])
		if err != nil {
			return err
		}
		base, _, _ := l.p.strides(f)
		l.t.constant += factor.LogScale() + careful.Log(factor.Values()[base])
	}
	var scratch tensor.Scratch
	for i := range l.t.tables {
		st := &l.t.tables[i]
		parts := make([]*table, len(st.factors))
		for k, f := range st.factors {
			var err error
			if parts[k], err = l.p.factorTable(f); err != nil {
				return err
			}
		}
		var product *table
		if st.strides != nil {
			product = parts[0]
		} else {
			var err error
			if product, err = l.p.contract(ctx, &scratch, parts, st.vars); err != nil {
				return err
			}
		}
		st.data, st.log, st.bound = product.values, product.log, product.bound
		l.t.constant += product.scale
		l.t.log = l.t.log || st.log
	}
	return ctx.Err()
}

// planNode makes the plans of a laid node.
func (l *layout) planNode(c int) {
	n := &l.t.nodes[c]
	l.temp.reset()
	var tops [][]int
	for i := range n.inputs {
		in := &n.inputs[i]
		full := l.spread(n, in.axes, in.strides)
		if in.into < 0 {
			tops = append(tops, full)
		}
		if len(in.absorbed) > 0 {
			operands := [][]int{l.pick(full, in.axes)}
			for _, j := range in.absorbed {
				operands = append(operands, l.pick(l.spread(n, n.inputs[j].axes, n.inputs[j].strides), in.axes))
			}
			in.absorb = tensor.New(l.pick(n.dims, in.axes), operands, operands[:1])
		}
	}
	sep := l.temp.take(len(n.dims))
	stride := 1
	for a := n.shared - 1; a >= 0; a-- {
		sep[a] = stride
		stride *= n.dims[a]
	}
	n.up = tensor.New(n.dims, tops, [][]int{sep})
	if l.t.parent[c] >= 0 {
		tops = append(tops, sep)
	}
	var direct [][]int
	for i := range n.outputs {
		out := &n.outputs[i]
		strides := l.spread(n, out.axes, l.dense(n.dims, out.axes))
		if out.from < 0 {
			direct = append(direct, strides)
			continue
		}
		host := n.outputs[out.from].axes
		whole := l.pick(l.spread(n, host, l.dense(n.dims, host)), host)
		out.plan = tensor.New(l.pick(n.dims, host), [][]int{whole}, [][]int{l.pick(strides, host)})
	}
	n.down = tensor.New(n.dims, tops, direct)
}

// spread lists strides for all axes of a node, 0 for those not among axes.
func (l *layout) spread(n *node, axes, strides []int) []int {
	s := l.temp.take(len(n.dims))
	for k, a := range axes {
		s[a] = strides[k]
	}
	return s
}

// pick lists the elements of s at some axes. Plans keep it.
func (l *layout) pick(s, axes []int) []int {
	out := l.kept.take(len(axes))
	for k, a := range axes {
		out[k] = s[a]
	}
	return out
}
