package mcmc

import (
	"encoding/binary"
	"math"
)

// The binary form of what kernels have tuned: tables of numbers whose lengths the
// reader knows, and parts of composite kernels one after the other.

// appendNumbers appends tables to data, each after its length.
func appendNumbers(data []byte, tables ...[]float64) []byte {
	for _, table := range tables {
		data = binary.LittleEndian.AppendUint64(data, uint64(len(table)))
		for _, v := range table {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
		}
	}
	return data
}

// readNumbers fills tables from data and returns what is left of it.
func readNumbers(data []byte, tables ...[]float64) ([]byte, error) {
	for _, table := range tables {
		if len(data) < 8 || binary.LittleEndian.Uint64(data) != uint64(len(table)) || len(data)-8 < 8*len(table) {
			return nil, errTuning
		}
		data = data[8:]
		for i := range table {
			table[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		}
		data = data[8*len(table):]
	}
	return data, nil
}

// readAllNumbers is readNumbers of data that has nothing else.
func readAllNumbers(data []byte, tables ...[]float64) error {
	rest, err := readNumbers(data, tables...)
	if err == nil && len(rest) > 0 {
		err = errTuning
	}
	return err
}

// appendPart appends the tuning of the kernel k, nothing if it has none.
func appendPart(data []byte, k Kernel) ([]byte, error) {
	var part []byte
	if t, ok := k.(Tuner); ok {
		var err error
		if part, err = t.MarshalBinary(); err != nil {
			return nil, err
		}
	}
	return append(binary.LittleEndian.AppendUint64(data, uint64(len(part))), part...), nil
}

// readPart gives the kernel k its tuning and returns what is left of data.
func readPart(data []byte, k Kernel) ([]byte, error) {
	if len(data) < 8 || binary.LittleEndian.Uint64(data) > uint64(len(data)-8) {
		return nil, errTuning
	}
	n := binary.LittleEndian.Uint64(data)
	part, rest := data[8:8+n], data[8+n:]
	if t, ok := k.(Tuner); ok {
		return rest, t.UnmarshalBinary(part)
	}
	if n > 0 {
		return nil, errTuning
	}
	return rest, nil
}

// flag is a truth value as a number.
func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
