[(source_file) (fn) (for_entry) (comprehension)] @local.scope

(let name: (identifier) @local.definition.constant)
(fn name: (identifier) @local.definition.function)
(import name: (identifier) @local.definition.import)
(schema name: (identifier) @local.definition.type)
(type_declaration name: (identifier) @local.definition.type)
(parameter name: (identifier) @local.definition.parameter)
(for_entry variable: (identifier) @local.definition.var)
(for_clause variable: (identifier) @local.definition.var)

(name (identifier) @local.reference)
(type_name (identifier) @local.reference)
