package nn

import (
	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// Transformer is one block of the model of that name (Vaswani et al. 2017; Qiu 2019,
// eq. 15.113 to 15.115): self-attention and then a network of two dense layers at each
// position, both with a shortcut and a layer normalization,
//
//	z = norm(x + self(x)),  y = norm(z + W₂·f(W₁·z + b₁) + b₂)
//
// A block of a decoder reads a memory between the two. With PreNorm the shortcuts are
// not normalized, x + self(norm(x)), which learns without a slow start (Xiong et al.
// 2020) and wants one more normalization after the last block.
type Transformer struct {
	Size       int
	Heads      int        // 0 means 1
	Hidden     int        // units of the first dense layer; 0 means 4·Size
	Memory     int        // the size of the memory's vectors; 0 means that there is none
	Activation Activation // f; by default ReLU
	PreNorm    bool
	// Dropout is the probability with which an entry of what is added to a shortcut is
	// zero when Training.
	Dropout float64
}

// Validate checks the sizes, the activation and the probability.
func (s Transformer) Validate() error {
	switch {
	case s.Hidden < 0:
		return &belief.ConfigError{Field: "Transformer.Hidden", Value: s.Hidden, Want: "0 or more"}
	case !(s.Dropout >= 0 && s.Dropout < 1):
		return &belief.ConfigError{Field: "Transformer.Dropout", Value: s.Dropout, Want: "at least 0 and less than 1"}
	}
	if err := s.Activation.Validate(); err != nil {
		return err
	}
	if err := positive("Transformer", "Size", s.Size); err != nil {
		return err
	}
	return MultiHead{Size: s.Size, Heads: s.Heads, Memory: s.Memory}.Validate()
}

// A TransformerLayer is a Transformer with its layers. Cross and its norm are nil
// without a memory.
type TransformerLayer[T Float] struct {
	Transformer
	Name                         string
	Self, Cross                  *MultiHeadLayer[T]
	SelfNorm, CrossNorm, OutNorm *LayerNormLayer[T]
	In, Out                      *DenseLayer[T]

	dropout Func[T]
}

// Transformer makes a block of the layers name.self, name.self_norm, name.cross,
// name.cross_norm, name.in, name.out and name.out_norm.
func (n *Net[T]) Transformer(name string, s Transformer) *TransformerLayer[T] {
	must(s.Validate())
	if s.Hidden == 0 {
		s.Hidden = 4 * s.Size
	}
	if s.Activation == "" {
		s.Activation = ReLU
	}
	norm := LayerNorm{Shape: []int{s.Size}}
	l := &TransformerLayer[T]{Transformer: s, Name: n.prefix + name, dropout: Dropout[T](s.Dropout)}
	l.Self = n.MultiHead(name+".self", MultiHead{Size: s.Size, Heads: s.Heads})
	l.SelfNorm = n.LayerNorm(name+".self_norm", norm)
	if s.Memory > 0 {
		l.Cross = n.MultiHead(name+".cross", MultiHead{Size: s.Size, Heads: s.Heads, Memory: s.Memory})
		l.CrossNorm = n.LayerNorm(name+".cross_norm", norm)
	}
	l.In = n.Dense(name+".in", Dense{In: s.Size, Out: s.Hidden, Activation: s.Activation})
	l.Out = n.Dense(name+".out", Dense{In: s.Hidden, Out: s.Size})
	l.OutNorm = n.LayerNorm(name+".out_norm", norm)
	return l
}

// Forward takes x, batch×time×Size, to the same, without masks and memory.
func (l *TransformerLayer[T]) Forward(x autodiff.Var[T]) autodiff.Var[T] {
	return l.Run(x, Mask[T]{})
}

// Run is Forward with a mask of what self-attention sees.
func (l *TransformerLayer[T]) Run(x autodiff.Var[T], mask Mask[T]) autodiff.Var[T] {
	if l.Cross != nil {
		panic("nn: a Transformer with a memory has to be given it: use Read")
	}
	return l.feed(l.attend(x, mask))
}

// Read is Run for a block with a memory, batch×keys×Memory, of which its mask shows a
// part.
func (l *TransformerLayer[T]) Read(x autodiff.Var[T], mask Mask[T], memory autodiff.Var[T], memoryMask Mask[T]) autodiff.Var[T] {
	if l.Cross == nil {
		panic("nn: a Transformer without Memory can read none")
	}
	x = l.attend(x, mask)
	keys, values := l.Cross.Prepare(memory)
	y, _ := l.Cross.Attend(l.before(l.CrossNorm, x), keys, values, memoryMask)
	return l.feed(l.after(l.CrossNorm, x, y))
}

func (l *TransformerLayer[T]) attend(x autodiff.Var[T], mask Mask[T]) autodiff.Var[T] {
	y, _ := l.Self.Self(l.before(l.SelfNorm, x), mask)
	return l.after(l.SelfNorm, x, y)
}

func (l *TransformerLayer[T]) feed(x autodiff.Var[T]) autodiff.Var[T] {
	return l.after(l.OutNorm, x, l.Out.Forward(l.In.Forward(l.before(l.OutNorm, x))))
}

// before returns what a part of the block sees, and after what comes out when it has
// given y.
func (l *TransformerLayer[T]) before(norm *LayerNormLayer[T], x autodiff.Var[T]) autodiff.Var[T] {
	if l.PreNorm {
		return norm.Forward(x)
	}
	return x
}

func (l *TransformerLayer[T]) after(norm *LayerNormLayer[T], x, y autodiff.Var[T]) autodiff.Var[T] {
	x = x.Add(l.dropout(y))
	if l.PreNorm {
		return x
	}
	return norm.Forward(x)
}
