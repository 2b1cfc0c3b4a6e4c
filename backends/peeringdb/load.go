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
	if progress == nil {
		progress = func(string, int64, int64) {}
	}
	l := &loader{store: store, dir: dir, progress: progress, report: &Report{}, exchangeOf: map[uint64]uint64{}}
	steps := []func(context.Context) error{
		func(ctx context.Context) error { return loadType(ctx, l, TypeIX, (*IX).Exchange) },
		func(ctx context.Context) error { return loadType(ctx, l, TypeNet, (*Net).Network) },
		func(ctx context.Context) error { return loadType(ctx, l, TypeNetIXLan, l.port) },
		func(ctx context.Context) error { return loadType(ctx, l, TypeIXPfx, l.prefix) },
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
	progress Progress
	report   *Report
	// exchangeOf tells the exchange of a peering LAN, as the ports say.
	exchangeOf map[uint64]uint64
}

// port maps a port and remembers which exchange its LAN belongs to.
func (l *loader) port(p *NetIXLan) (models.Port, []Note, error) {
	row, notes, err := p.Port()
	if lan := key(p.IXLanID); lan != 0 && row.ExchangeID != 0 {
		l.exchangeOf[lan] = row.ExchangeID
	}
	return row, notes, err
}

// prefix maps a prefix. It only names its LAN, whose number is that of the
// exchange unless the ports of the same dump say otherwise.
func (l *loader) prefix(p *IXPfx) (models.ExchangePrefix, []Note, error) {
	row, notes, err := p.ExchangePrefix()
	if exchange, ok := l.exchangeOf[row.ExchangeID]; ok {
		row.ExchangeID = exchange
	}
	return row, notes, err
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
	changes, err := models.ReplaceDirectory(ctx, l.store, func(in *models.DirectoryImport[R]) error {
		// The transaction may be tried again: count from zero.
		report = TypeReport{Type: name, File: name + ".json"}
		return l.read(name, report.File, func(file *meter) error {
			return ReadList(file, func(row *W, misfit *json.UnmarshalTypeError) error {
				if err := ctx.Err(); err != nil {
					return err
				}
				return takeRow(in, &report, P(row), misfit, convert)
			})
		})
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

// takeRow maps a row, puts it into the import, and counts what became of it.
// Only an error that must end the import is returned.
func takeRow[P interface{ base() *Base }, R models.DirectoryRow](in *models.DirectoryImport[R], report *TypeReport, row P, misfit *json.UnmarshalTypeError, convert func(P) (R, []Note, error)) error {
	report.Rows++
	id := row.base().Key()
	put, refused := in.Put, (*models.RowError)(nil)
	switch status := row.base().Status; {
	case misfit != nil:
		refused = misfitError(misfit)
	case status == nil || *status == StatusOK:
	case *status == StatusDeleted:
		put = in.PutGone
	default:
		refused = &models.RowError{Reason: "status is neither ok nor deleted", Detail: quote(*status)}
	}
	if refused != nil {
		in.Keep(id)
		report.reject(id, refused)
		return nil
	}
	converted, notes, err := convert(row)
	if errors.As(err, &refused) {
		in.Keep(id)
		report.reject(id, refused)
		return nil
	}
	if err != nil {
		return err
	}
	if err := put(converted); errors.As(err, &refused) {
		report.reject(id, refused)
		return nil
	} else if err != nil {
		return err
	}
	report.note(id, notes)
	return nil
}

// misfitError says which field of a row had another type than expected.
func misfitError(misfit *json.UnmarshalTypeError) *models.RowError {
	if misfit.Field == "" {
		return &models.RowError{Reason: "row is not an object", Detail: misfit.Value}
	}
	return &models.RowError{Reason: "field of another type than expected", Detail: strings.TrimPrefix(misfit.Field, "Base.") + ": " + misfit.Value}
}
