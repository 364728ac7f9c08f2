package posteriordb

import (
	"encoding/json"
	"os"
	"path/filepath"

	belief "github.com/belief-go/belief"
)

// A Moment is what the reference draws say about one quantity.
type Moment struct {
	Mean     float64 `json:"mean"`
	SD       float64 `json:"sd"`
	MCSEMean float64 `json:"mcse_mean"` // standard error of Mean
	MCSESD   float64 `json:"mcse_sd"`   // standard error of SD
}

// References reads the moments of a posterior's quantities from dir, the folder
// posteriordb of the data directory. Errors are as in [Load].
func References(dir, name string) (map[string]Moment, error) {
	folder, err := Folder(name)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, folder, "reference.json")
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var in struct {
		Parameters map[string]Moment `json:"parameters"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, &belief.ParseError{Format: "posteriordb", File: file, Err: err}
	}
	return in.Parameters, nil
}
