package peeringdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"provision-gateway/models"
)

// The types of object that Load reads, in the order it reads them: a type
// comes after those it refers to. Each is read from the file of its name with
// .json behind it.
const (
	TypeIX       = "ix"
	TypeNet      = "net"
	TypeNetIXLan = "netixlan"
	TypeIXPfx    = "ixpfx"
	TypePOC      = "poc"
)

// Load brings a folder of dump files into the database: ix.json, net.json,
// netixlan.json, ixpfx.json and poc.json, each a list answer of the PeeringDB
// 2.x API. progress may be nil.
//
// Each type is one transaction, in which the file becomes the live rows of its
// table. Rows that the file does not mention, or reports as deleted, are
// marked gone: listed no more, but still resolved for the sessions and
// requests that name them. A row that is refused changes nothing that is
// stored, unless it lies below a network or an exchange that is unknown or
// gone; then it is gone as well. A type whose file is missing stays as it is.
// A second load of the same files writes nothing.
//
// A file that is malformed or cut off rolls its own type back and ends the
// load with a *FileError; types before it stay, and are in the report that
// comes with the error. A folder with none of the files is an error too.
func Load(ctx context.Context, store *models.Store, dir fs.FS, progress Progress) (*Report, error) {
	return load(ctx, store, dir, progress, false)
}

// LoadLocal is Load for rows that only this gateway knows, such as a network
// that is not in PeeringDB or a private exchange. It replaces the rows that
// were loaded so before, and no others; a row whose id is one of PeeringDB's is
// refused, as are PeeringDB's rows with such an id from then on.
func LoadLocal(ctx context.Context, store *models.Store, dir fs.FS, progress Progress) (*Report, error) {
	return load(ctx, store, dir, progress, true)
}

func load(ctx context.Context, store *models.Store, dir fs.FS, progress Progress, local bool) (*Report, error) {
	if progress == nil {
		progress = func(string, int64, int64) {}
	}
	l := &loader{store: store, dir: dir, local: local, progress: progress, report: &Report{}, lans: lans{}}
	steps := []func(context.Context) error{
		func(ctx context.Context) error { return loadType(ctx, l, TypeIX, (*IX).Exchange) },
		func(ctx context.Context) error { return loadType(ctx, l, TypeNet, (*Net).Network) },
		func(ctx context.Context) error { return loadType(ctx, l, TypeNetIXLan, l.lans.port) },
		func(ctx context.Context) error { return loadType(ctx, l, TypeIXPfx, l.lans.prefix) },
		func(ctx context.Context) error { return loadType(ctx, l, TypePOC, (*POC).Contact) },
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return l.report, err
		}
	}
	var missing []string
	for _, t := range l.report.Types {
		if t.Missing {
			missing = append(missing, t.File)
		}
	}
	if len(missing) == len(l.report.Types) {
		return l.report, models.Errorf(models.NotFound, "no PeeringDB file found: none of %s", strings.Join(missing, ", "))
	}
	return l.report, nil
}

// loader is the state of one Load.
type loader struct {
	store    *models.Store
	dir      fs.FS
	local    bool
	progress Progress
	report   *Report
	// lans are filled by the ports.
	lans lans
}

// object is a pointer to a row of the API.
type object[W any] interface {
	*W
	base() *Base
}

func (b *Base) base() *Base { return b }

// loadType replaces the rows of one type by those of its file.
func loadType[W any, P object[W], R models.DirectoryRow](ctx context.Context, l *loader, name string, convert func(P) (R, []Note, error)) error {
	report := TypeReport{Type: name, File: name + ".json"}
	if _, err := fs.Stat(l.dir, report.File); errors.Is(err, fs.ErrNotExist) {
		report.Missing = true
		l.report.Types = append(l.report.Types, report)
		return nil
	}
	feed := func(in *models.DirectoryImport[R]) error {
		// The transaction may be tried again: count from zero.
		report = TypeReport{Type: name, File: name + ".json"}
		return l.read(name, report.File, func(file *meter) error {
			return ReadList(file, func(row *W, misfit *json.UnmarshalTypeError) error {
				if err := ctx.Err(); err != nil {
					return err
				}
				_, err := takeRow(in, &report, P(row), misfit, convert)
				return err
			})
		})
	}
	var changes models.DirectoryChanges
	err := l.store.Write(ctx, func(tx *models.Tx) (err error) {
		changes, err = models.ImportDirectory(tx, models.DirectoryOptions[R]{Complete: true, Local: l.local}, feed)
		return err
	})
	var file *FileError
	if err != nil && !errors.As(err, &file) {
		return fmt.Errorf("load %s: %w", name, err)
	}
	if err != nil {
		return err
	}
	report.DirectoryChanges = changes
	l.report.Types = append(l.report.Types, report)
	return nil
}

// outcome is what became of a row.
type outcome int

const (
	// unusable rows were refused for what they are.
	unusable outcome = iota
	// orphaned rows were refused for what they belong to, which may be there
	// later.
	orphaned
	takenLive
	takenGone
)

// takeRow maps a row, puts it into the import, and counts what became of it.
// Only an error that must end the import is returned.
func takeRow[P interface{ base() *Base }, R models.DirectoryRow](in *models.DirectoryImport[R], report *TypeReport, row P, misfit *json.UnmarshalTypeError, convert func(P) (R, []Note, error)) (outcome, error) {
	report.Rows++
	id := row.base().Key()
	put, taken, refused := in.Put, takenLive, (*models.RowError)(nil)
	switch status := row.base().Status; {
	case misfit != nil:
		refused = misfitError(misfit)
	case status == nil || *status == StatusOK:
	case *status == StatusDeleted:
		put, taken = in.PutGone, takenGone
	default:
		refused = &models.RowError{Reason: "status is neither ok nor deleted", Detail: quote(*status)}
	}
	if refused != nil {
		in.Keep(id)
		report.reject(id, refused)
		return unusable, nil
	}
	converted, notes, err := convert(row)
	if errors.As(err, &refused) {
		in.Keep(id)
		report.reject(id, refused)
		return unusable, nil
	}
	if err != nil {
		return unusable, err
	}
	if err := put(converted); errors.As(err, &refused) {
		report.reject(id, refused)
		if taken == takenGone || id == 0 {
			return unusable, nil
		}
		return orphaned, nil
	} else if err != nil {
		return unusable, err
	}
	report.note(id, notes)
	return taken, nil
}

// misfitError says which field of a row had another type than expected.
func misfitError(misfit *json.UnmarshalTypeError) *models.RowError {
	if misfit.Field == "" {
		return &models.RowError{Reason: "row is not an object", Detail: misfit.Value}
	}
	return &models.RowError{Reason: "field of another type than expected", Detail: strings.TrimPrefix(misfit.Field, "Base.") + ": " + misfit.Value}
}
