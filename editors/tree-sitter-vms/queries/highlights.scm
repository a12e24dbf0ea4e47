; Classes are those of the language server's semantic tokens; later patterns win.

(comment) @comment
((comment) @comment.documentation (#match? @comment.documentation "^##"))

(identifier) @variable
(name (identifier) @variable)
(field path: (path (identifier) @property))
(field key: (map_key (identifier) @variable))
(member member: (identifier) @property)

["import" "as" "let" "fn" "type" "where" "schema" "extends" "stack" "profile" "test" "with"] @keyword
["check" "warn" "label" "help" "note" "rejects" "for" "in" "if" "else"] @keyword
(self) @keyword
(stack_value) @keyword
(boolean) @keyword
(absent) @keyword

(import name: (identifier) @module)
(let name: (identifier) @variable)
(fn name: (identifier) @function)
(call function: (name (identifier) @function.call))
(call function: (member member: (identifier) @function.call))
(parameter name: (identifier) @variable.parameter)
(schema name: (identifier) @type)
(type_declaration name: (identifier) @type)
(type_name (identifier) @type)
(reference (identifier) @type)
(stack name: (identifier) @constant)
(profile name: (identifier) @constant)
(profile parent: (identifier) @constant)
(test profile: (identifier) @constant)
(annotation "@" @attribute (identifier) @attribute)

(string) @string
(raw) @string
(escape) @string.escape
(interpolation ["\\(" ")"] @punctuation.special)
(code) @constant
(number) @number
(version) @number

["=" "==" "!=" "<" "<=" ">" ">=" "+" "-" "*" "/" "%" "!" "??" "&&" "||" "|" "?"] @operator
["{" "}" "[" "]" "(" ")"] @punctuation.bracket
["," "." ":"] @punctuation.delimiter
