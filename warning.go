package belief

// A Warning is something that the reader of an answer ought to know and that
// did not stop the work. It is data, so that programs can act on it.
type Warning struct {
	Code  string `json:"code"`            // stable and short, such as "row-sum"
	Where string `json:"where,omitempty"` // the variable, row, file or chain concerned
	Text  string `json:"text"`            // one sentence that says what and what to do
}

// String gives "where: text".
func (w Warning) String() string {
	if w.Where == "" {
		return w.Text
	}
	return w.Where + ": " + w.Text
}
