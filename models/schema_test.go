package models_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"provision-gateway/models"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

// rowTypes are all types that package models stores.
var rowTypes = []any{
	&models.Network{}, &models.Exchange{}, &models.ExchangePrefix{}, &models.Port{}, &models.Contact{}, &models.Communication{},
	&models.LogEntry{}, &models.Request{}, &models.Session{}, &models.Resource{}, &models.SectionField{}, &models.FieldValue{},
	&models.Secret{}, &models.APIKey{}, &models.IdempotencyRecord{}, &models.Lease{}, &models.SyncState{}, &models.OutgoingMail{},
	&models.ActionMode{}, &models.ModeChange{}, &models.ImportedObject{},
	&models.ComparisonCount{}, &models.ComparisonDifference{}, &models.ComparisonNoise{},
	&models.LegacyUse{},
	&models.PassedWrites{},
	&models.ExchangeSession{},
	&ix.Row{}, &ix.Credential{}, &ix.SigningKey{}, &ix.Allocation{},
}

// withoutType are tables that no type of package models stands for.
var withoutType = []string{"generations", "migrations"}

// nullableBytes are columns whose type is NULL without a pointer.
var nullableBytes = []string{"idempotency_records.answer"}

// addedLater are columns that cannot be NULL and came to tables that may have
// had rows, which need a default.
var addedLater = []string{"local"}

// columnTypes are the types that a column may have on MySQL for a Go type.
var columnTypes = map[string][]string{
	"uint64": {"bigint(20) unsigned"}, "uint32": {"int(10) unsigned"}, "int64": {"bigint(20)"}, "int": {"bigint(20)"},
	"bool": {"tinyint(1)"}, "string": {"varchar", "text", "mediumtext"}, "[]uint8": {"varbinary", "blob", "mediumblob"},
}

// Every column of every type exists as the type needs it, and no other.
func TestTheSchemaFitsTheTypes(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		db := l.Store.ReadDB()
		tables := slices.Clone(withoutType)
		for _, row := range rowTypes {
			parsed, err := schema.Parse(row, &sync.Map{}, db.NamingStrategy)
			if err != nil {
				t.Fatal(err)
			}
			tables = append(tables, parsed.Table)
			checkTable(t, db, row, parsed)
		}
		stored, err := db.Migrator().GetTables()
		if err != nil {
			t.Fatal(err)
		}
		stored = slices.DeleteFunc(stored, func(name string) bool { return strings.HasPrefix(name, "sqlite_") })
		slices.Sort(stored)
		slices.Sort(tables)
		equal(t, "tables", stored, tables)
	})
}

func checkTable(t *testing.T, db *gorm.DB, row any, parsed *schema.Schema) {
	t.Helper()
	columns, err := db.Migrator().ColumnTypes(row)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]gorm.ColumnType{}
	for _, c := range columns {
		byName[c.Name()] = c
		if parsed.LookUpField(c.Name()) == nil {
			t.Errorf("%s.%s is stored and has no field", parsed.Table, c.Name())
		}
	}
	for _, field := range parsed.Fields {
		name := parsed.Table + "." + field.DBName
		c, ok := byName[field.DBName]
		if !ok {
			t.Errorf("%s (field %s) is not stored", name, field.Name)
			continue
		}
		want := field.FieldType.Kind() == reflect.Pointer || slices.Contains(nullableBytes, name)
		if nullable, known := c.Nullable(); !field.PrimaryKey && (!known || nullable != want) {
			t.Errorf("%s can be NULL: %v, the field: %v", name, nullable, want)
		}
		if primary, _ := c.PrimaryKey(); primary != field.PrimaryKey {
			t.Errorf("%s is a primary key: %v, the field: %v", name, primary, field.PrimaryKey)
		}
		if _, ok := c.DefaultValue(); ok != slices.Contains(addedLater, field.DBName) {
			t.Errorf("%s has a default (%v), which would hide that a value is missing", name, ok)
		}
		if full, ok := c.ColumnType(); db.Name() == "mysql" {
			kind := field.IndirectFieldType.String()
			if field.IndirectFieldType.Kind() == reflect.String {
				kind = "string"
			}
			types := columnTypes[kind]
			base, _, _ := strings.Cut(full, "(")
			if !ok || !slices.Contains(types, full) && !slices.Contains(types, base) {
				t.Errorf("%s is %s, the field %s", name, full, field.IndirectFieldType)
			}
		}
	}
}

// What makes rows unique and found is the same on both databases.
func TestSameIndexes(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, nil, func(t *testing.T, l *modelstest.Lent) []string {
		var lines []string
		for _, row := range rowTypes {
			indexes, err := l.Store.ReadDB().Migrator().GetIndexes(row)
			if err != nil {
				t.Fatal(err)
			}
			for _, index := range indexes {
				unique, _ := index.Unique()
				if primary, _ := index.PrimaryKey(); !primary && !strings.HasPrefix(index.Name(), "sqlite_") {
					lines = append(lines, fmt.Sprint(index.Table(), " ", index.Name(), " ", index.Columns(), " ", unique))
				}
			}
		}
		slices.Sort(lines)
		return lines
	})
	for _, unique := range []string{
		"api_keys api_keys_key [key] true", "api_keys api_keys_name [name] true",
		"communications communications_pair [exchange_id network_id] true",
		"field_values field_values_instance [resource_id slug instance] true",
		"resources resources_live_slug [live_slug] true", "section_fields section_fields_slug [section_id slug] true",
		"sessions sessions_live [live_key] true",
	} {
		if !slices.Contains(got, unique) {
			t.Errorf("no index %s", unique)
		}
	}
	if len(got) < 25 {
		t.Errorf("%d indexes", len(got))
	}
}

// A server's defaults must not decide how texts compare, and whether a
// transaction can be rolled back.
func TestTablesOfMariaDB(t *testing.T) {
	t.Parallel()
	l := modelstest.Lend(t, modelstest.Kinds()[1], nil)
	const in = " FROM information_schema."
	// gormigrate makes its own table by the server's defaults.
	equal(t, "engines", column(t, l, "SELECT DISTINCT engine"+in+"tables WHERE table_schema = DATABASE()"), []string{"InnoDB"})
	equal(t, "collations", column(t, l, "SELECT DISTINCT collation_name"+in+
		"columns WHERE table_schema = DATABASE() AND collation_name IS NOT NULL AND table_name <> 'migrations'"), []string{"utf8mb4_bin"})
	equal(t, "tables without primary key", column(t, l, "SELECT t.table_name"+in+"tables t LEFT JOIN information_schema.table_constraints c"+
		" ON c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.constraint_type = 'PRIMARY KEY'"+
		" WHERE t.table_schema = DATABASE() AND c.table_name IS NULL"), []string{})
}
