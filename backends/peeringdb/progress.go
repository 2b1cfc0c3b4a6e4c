package peeringdb

import "io"

// Progress is told how far Load has come: the type that is being read (ix, net,
// netixlan, ixpfx, poc), and how many bytes of its file are done. It is called
// when a file is begun, now and then while it is read, and once at its end
// with done equal to total. A transaction that has to be tried again starts
// from zero. Load calls it from one goroutine.
type Progress func(object string, done, total int64)

// progressStep is how many bytes are read between two calls of a Progress.
const progressStep = 64 << 10

// meter counts what is read from a file.
type meter struct {
	file        io.Reader
	done, total int64
	next        int64
	tell        func(done, total int64)
}

// Read reads from the file.
func (m *meter) Read(p []byte) (int, error) {
	if m.done >= m.next {
		m.tell(m.done, m.total)
		m.next = m.done + progressStep
	}
	n, err := m.file.Read(p)
	m.done += int64(n)
	// A file that grows while it is read must not show more than all.
	m.total = max(m.total, m.done)
	return n, err
}

// end reports the file as done.
func (m *meter) end() { m.tell(m.total, m.total) }
