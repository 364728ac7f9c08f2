package kernel

// Arithmetic over slices of one length. A destination may be any of the sources, but
// must not overlap one in part.

// Add writes a + b to dst.
func Add[T Float](dst, a, b []T) {
	wantSame(dst, a, b)
	active[T]().add(dst, a, b)
}

// Sub writes a − b to dst.
func Sub[T Float](dst, a, b []T) {
	wantSame(dst, a, b)
	active[T]().sub(dst, a, b)
}

// Mul writes a·b to dst.
func Mul[T Float](dst, a, b []T) {
	wantSame(dst, a, b)
	active[T]().mul(dst, a, b)
}

// Div writes a/b to dst.
func Div[T Float](dst, a, b []T) {
	wantSame(dst, a, b)
	active[T]().div(dst, a, b)
}

// MulAdd adds a·b to dst, without rounding the product where the processor can.
func MulAdd[T Float](dst, a, b []T) {
	wantSame(dst, a, b)
	active[T]().mulAdd(dst, a, b)
}

// Scale writes alpha·x to dst for each x of src.
func Scale[T Float](alpha T, dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	active[T]().scale(alpha, dst, src)
}

// AddConst writes x + c to dst for each x of src.
func AddConst[T Float](c T, dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	active[T]().addConst(c, dst, src)
}

// SquareFrom writes (x − c)² to dst for each x of src.
func SquareFrom[T Float](c T, dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	active[T]().squareFrom(c, dst, src)
}

// AddSquareFrom adds (x − c)² to dst for each x of src: coordinate by coordinate, the
// squared distances of many points to one.
func AddSquareFrom[T Float](c T, dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	active[T]().addSquareFrom(c, dst, src)
}

// Sqrt writes the square root of each x of src to dst.
func Sqrt[T Float](dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	active[T]().sqrt(dst, src)
}

// wantSame panics unless a and b are as long as dst.
func wantSame[T Float](dst, a, b []T) {
	wantLen("the first source", len(a), len(dst))
	wantLen("the second source", len(b), len(dst))
}
