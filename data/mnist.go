package data

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/belief-go/belief"
)

// MNIST reads the images of handwritten digits of LeCun, Cortes & Burges (1998), or
// others that come in the same four files, from a directory:
//
//	train-images-idx3-ubyte  train-labels-idx1-ubyte
//	t10k-images-idx3-ubyte   t10k-labels-idx1-ubyte
//
// each with or without ".gz". A file that is missing is named in the error, for which
// errors.Is(err, fs.ErrNotExist) holds.
func MNIST(dir string) (train, test *Images, err error) {
	var sets [2]*Images
	for i, name := range []string{"train", "t10k"} {
		images, err := findPlainOrZipped(filepath.Join(dir, name+"-images-idx3-ubyte"))
		if err != nil {
			return nil, nil, err
		}
		labels, err := findPlainOrZipped(filepath.Join(dir, name+"-labels-idx1-ubyte"))
		if err != nil {
			return nil, nil, err
		}
		if sets[i], err = ReadImages(images, labels, Limits{}); err != nil {
			return nil, nil, err
		}
	}
	return sets[0], sets[1], nil
}

func findPlainOrZipped(path string) (string, error) {
	_, err := os.Stat(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return path, err
	}
	if _, zipped := os.Stat(path + ".gz"); !errors.Is(zipped, fs.ErrNotExist) {
		return path + ".gz", zipped
	}
	return "", &fs.PathError{Op: "open", Path: path + "[.gz]", Err: fs.ErrNotExist}
}

// ReadImages reads images and their labels from two files in IDX form, gzip or not, of
// which the first holds bytes of rank 3 and the second bytes of rank 1. Classes are
// named by their numbers, from "0" to at least "9". Without a second file there are no
// labels.
func ReadImages(images, labels string, lim Limits) (*Images, error) {
	a, err := ReadIDXFile(images, lim)
	if err != nil {
		return nil, err
	}
	pixels, ok := a.Data.([]uint8)
	if !ok || len(a.Shape) != 3 {
		return nil, &belief.ParseError{Format: "IDX", File: images, Msg: fmt.Sprintf("an array of type %T and rank %d; images are bytes of rank 3", a.Data, len(a.Shape))}
	}
	height, width := a.Shape[1], a.Shape[2]
	if err := checkSize(height, width); err != nil {
		return nil, &belief.ParseError{Format: "IDX", File: images, Err: err}
	}
	if labels == "" {
		return NewImages(height, width, pixels, nil, nil)
	}
	l, err := ReadIDXFile(labels, lim)
	if err != nil {
		return nil, err
	}
	marks, ok := l.Data.([]uint8)
	if !ok || len(l.Shape) != 1 {
		return nil, &belief.ParseError{Format: "IDX", File: labels, Msg: fmt.Sprintf("an array of type %T and rank %d; labels are bytes of rank 1", l.Data, len(l.Shape))}
	}
	if len(marks) != a.Shape[0] {
		return nil, &belief.ParseError{Format: "IDX", File: labels, Msg: fmt.Sprintf("%d labels for the %d images of %s", len(marks), a.Shape[0], images)}
	}
	most := uint8(9)
	for _, m := range marks {
		most = max(most, m)
	}
	classes := make([]string, int(most)+1)
	for k := range classes {
		classes[k] = strconv.Itoa(k)
	}
	return NewImages(height, width, pixels, marks, classes)
}
