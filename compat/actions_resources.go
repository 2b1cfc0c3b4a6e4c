package compat

var metaName = Parameter{Name: "meta[name]", Type: String}

// resourceMeta are the parts of meta that both add and update take.
var resourceMeta = []Parameter{
	{Name: "meta[parent_id]", Type: Integer, About: "The resource above; 1, the top, when missing on add."},
	{Name: "meta[category_id]", Type: Integer},
	{Name: "meta[section_id]", Type: Integer, About: "The section of an entry, by id."},
	{Name: "meta[section]", Type: String, About: "The section of an entry, by slug."},
	{Name: "meta[custom_id]", Type: String},
	fieldValues,
}

var fieldValues = Parameter{Name: "fields", Type: Fields, About: "fields[slug][instance]; an empty instance is the next one."}

func required(p Parameter) Parameter {
	p.Required = true
	return p
}

var lirActions = []*Action{
	{Target: "lir", Name: "get", Effect: Read, Parameters: []Parameter{{Name: "id", Type: Integer}}, About: "Returns a list of LIRs."},
	{Target: "lir", Name: "delete", Effect: Write, Parameters: []Parameter{{Name: "id", Type: Integer, Required: true}, requestID()},
		About: "Deletes an LIR."},
	{Target: "lir", Name: "add", Effect: Write, About: "Adds an LIR.",
		Parameters: []Parameter{
			required(metaName),
			{Name: "meta[type]", Type: Enum, Required: true, Values: []string{"entry"}},
			{Name: "meta[section]", Type: Enum, Required: true, Values: []string{"lir"}},
			{Name: "meta[parent_id]", Type: Integer}, {Name: "meta[category_id]", Type: Integer}, {Name: "meta[custom_id]", Type: String},
			{Name: "fields[rir]", Type: Fields, Required: true}, {Name: "fields[asn]", Type: Fields, Required: true},
			fieldValues, requestID()}},
	{Target: "lir", Name: "update", Effect: Write, About: "Changes what is sent of an LIR.",
		Parameters: with([]Parameter{
			{Name: "meta[id]", Type: Integer, Required: true},
			{Name: "meta[type]", Type: Enum, Required: true, Values: []string{"entry"}},
			metaName}, with(resourceMeta, requestID())...)},
}

var resourceActions = []*Action{
	{Target: "resource", Name: "get", Effect: Read, About: "Returns resources.",
		Parameters: []Parameter{
			{Name: "name", Type: String}, {Name: "slug", Type: String}, {Name: "type", Type: String},
			{Name: "search", Type: String}, {Name: "search_column", Type: Enum, Values: []string{"name", "slug", "type", "custom_id"}},
			{Name: "permissions__true", Type: String, About: "Accepted and ignored: resources have no permissions of their own."},
			{Name: "permissions__false", Type: String, About: "Accepted and ignored: resources have no permissions of their own."},
			{Name: "getFromBackup", Type: Boolean, About: "Reads deleted resources."},
			{Name: "orig_id", Type: Integer, About: "The id that the deleted resource had."},
			{Name: "id", Type: Integer}, {Name: "custom_id", Type: String},
			{Name: "resource__in", Type: List}, {Name: "resource__not_in", Type: List},
			{Name: "parent_id", Type: Integer}, {Name: "parent__in", Type: List}, {Name: "parent__not_in", Type: List},
			{Name: "category_id", Type: Integer}, {Name: "category__in", Type: List}, {Name: "category__not_in", Type: List},
			{Name: "orderby", Type: Enum, Values: []string{"none", "id", "name", "slug", "type", "parent_id", "date", "resource__in"}},
			{Name: "order", Type: Enum, Values: []string{"ASC", "DESC"}},
			{Name: "attr_key", Type: String}, {Name: "attr_value", Type: String}}},
	{Target: "resource", Name: "add", Effect: Write, About: "Adds a resource.",
		Parameters: with([]Parameter{required(metaName), {Name: "meta[type]", Type: String, Required: true}},
			with(resourceMeta, requestID())...)},
	{Target: "resource", Name: "update", Effect: Write, About: "Changes what is sent of a resource.",
		Parameters: with([]Parameter{{Name: "meta[id]", Type: Integer, Required: true}, {Name: "meta[type]", Type: String, Required: true},
			metaName}, with(resourceMeta, requestID())...)},
	{Target: "resource", Name: "delete", Effect: Write, About: "Deletes a resource.",
		Parameters: []Parameter{
			{Name: "id", Type: Integer, Required: true},
			{Name: "recursive", Type: Boolean, About: "Deletes what is below it too."}, requestID()}},
}

var testActions = []*Action{
	{Target: "test", Name: "helloWorld", Effect: Read, About: "Returns the parameters as the gateway understood them."},
}
