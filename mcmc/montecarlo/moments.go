package montecarlo

// moments are the first two moments of rows of numbers, in a form that merges
// without cancellation (Chan, Golub & LeVeque 1979).
type moments struct {
	n, width    int
	blocks      int       // streams that have been used
	mean        []float64 // of each column
	square      []float64 // sums of products of deviations, width × width
	least, most float64   // of the first column
}

func newMoments(width int) *moments {
	return &moments{width: width, mean: make([]float64, width), square: make([]float64, width*width)}
}

// momentsOf takes two passes over rows that are there.
func momentsOf(rows []float64, width int) *moments {
	m := newMoments(width)
	m.n = len(rows) / width
	m.least, m.most = rows[0], rows[0]
	for i := 0; i < len(rows); i += width {
		m.least, m.most = min(m.least, rows[i]), max(m.most, rows[i])
		for j := range width {
			m.mean[j] += rows[i+j] / float64(m.n)
		}
	}
	for i := 0; i < len(rows); i += width {
		for j := range width {
			for k := range width {
				m.square[j*width+k] += (rows[i+j] - m.mean[j]) * (rows[i+k] - m.mean[k])
			}
		}
	}
	return m
}

// merge adds the rows of o.
func (m *moments) merge(o *moments) {
	if m.n == 0 {
		m.least, m.most = o.least, o.most
	}
	m.least, m.most = min(m.least, o.least), max(m.most, o.most)
	n := m.n + o.n
	share := float64(o.n) / float64(n)
	for j := range m.width {
		for k := range m.width {
			m.square[j*m.width+k] += o.square[j*m.width+k] + (o.mean[j]-m.mean[j])*(o.mean[k]-m.mean[k])*float64(m.n)*share
		}
	}
	for j := range m.width {
		m.mean[j] += (o.mean[j] - m.mean[j]) * share
	}
	m.n = n
}
