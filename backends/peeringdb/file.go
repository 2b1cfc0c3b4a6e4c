package peeringdb

import (
	"errors"
	"fmt"
)

// FileError says which file could not be read, where and why.
type FileError struct {
	// File is the name of the file in the folder.
	File string
	// Offset is where, in bytes; see ListError.
	Offset int64
	Err    error
}

// Error names the file, the byte, and what is wrong.
func (e *FileError) Error() string { return fmt.Sprintf("%s: byte %d: %v", e.File, e.Offset, e.Err) }

// Unwrap returns Err.
func (e *FileError) Unwrap() error { return e.Err }

// read opens a file, lets f read it, and names the file in what is wrong with
// it.
func (l *loader) read(name, file string, f func(file *meter) error) error {
	opened, err := l.dir.Open(file)
	if err != nil {
		return fmt.Errorf("open %s: %w", file, err)
	}
	defer func() { _ = opened.Close() }()
	info, err := opened.Stat()
	if err != nil {
		return fmt.Errorf("open %s: %w", file, err)
	}
	m := &meter{file: opened, total: info.Size(), tell: func(done, total int64) { l.progress(name, done, total) }}
	err = f(m)
	var list *ListError
	if errors.As(err, &list) {
		return &FileError{File: file, Offset: list.Offset, Err: list.Err}
	}
	if err == nil {
		m.end()
	}
	return err
}
