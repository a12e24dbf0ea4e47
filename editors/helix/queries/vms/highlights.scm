; As editors/tree-sitter-vms/queries/highlights.scm, in Helix' names; the first pattern that matches wins.

((comment) @comment.line.documentation (#match? @comment.line.documentation "^##"))
(comment) @comment.line

["import" "as" "let" "fn" "type" "where" "schema" "extends" "stack" "profile" "test" "with"] @keyword
["check" "warn" "label" "help" "note" "rejects"] @keyword
["for" "in"] @keyword.control.repeat
["if" "else"] @keyword.control.conditional
[(self) (stack_value)] @variable.builtin
[(boolean) (absent)] @constant.builtin

(import name: (identifier) @namespace)
(fn name: (identifier) @function)
(call function: (name (identifier) @function))
(call function: (member member: (identifier) @function))
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
(field path: (path (identifier) @variable.other.member))
(member member: (identifier) @variable.other.member)
(identifier) @variable

(escape) @constant.character.escape
(interpolation ["\\(" ")"] @punctuation.special)
[(string) (raw)] @string
(code) @constant
[(number) (version)] @constant.numeric

["=" "==" "!=" "<" "<=" ">" ">=" "+" "-" "*" "/" "%" "!" "??" "&&" "||" "|" "?"] @operator
["{" "}" "[" "]" "(" ")"] @punctuation.bracket
["," "." ":"] @punctuation.delimiter
