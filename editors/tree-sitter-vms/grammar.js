/**
 * The tree-sitter grammar of vmsc's language, for highlighting, folding and indenting.
 *
 * Line ends mean nothing to it: no expression may follow another, so that an entry ends where the next one
 * begins. grammar/vms.pest is what the compiler reads; tests/grammars.rs holds the two together.
 */

/** Words of the language that are names elsewhere. */
const WORDS = [
  'import', 'as', 'let', 'fn', 'type', 'where', 'schema', 'extends', 'stack', 'profile', 'test', 'with', 'check',
  'warn', 'label', 'help', 'note', 'for', 'in', 'if', 'else', 'rejects', 'self', 'true', 'false', 'absent',
];

const commaSep = (rule) => seq(rule, repeat(seq(',', rule)), optional(','));

module.exports = grammar({
  name: 'vms',

  word: ($) => $.identifier,
  extras: ($) => [/[\s\uFEFF]/, $.comment],
  conflicts: ($) => [[$._name, $.check], [$._name, $.warn], [$._name, $.for_entry], [$._name, $.if_entry], [$._name, $.rejects]],

  rules: {
    source_file: ($) =>
      repeat(choice($.import, $.let, $.fn, $.type_declaration, $.schema, $.stack, $.profile, $.test, ',')),

    import: ($) =>
      seq('import', field('path', $.string), optional(seq('as', field('name', $.identifier))), optional($._of_type)),
    let: ($) => seq('let', field('name', $._name), optional($._of_type), '=', field('value', $._expression)),
    fn: ($) =>
      seq('fn', field('name', $._name), $.parameters, optional($._of_type), '=', field('body', $._expression)),
    parameters: ($) => seq('(', optional(commaSep($.parameter)), ')'),
    parameter: ($) =>
      seq(field('name', $._name), optional($._of_type), optional(seq('=', field('default', $._expression)))),
    type_declaration: ($) =>
      prec.right(seq('type', field('name', $._name), '=', $.type,
        optional(seq('where', field('condition', $._expression), optional(seq(',', field('message', $._expression))))))),
    schema: ($) => seq('schema', field('name', $._name), optional(seq('extends', $.reference)), $.block),
    stack: ($) => seq('stack', field('name', $._name), optional(seq(':', $.reference)), $.block),
    profile: ($) => seq('profile', field('name', $._name), optional(seq('extends', field('parent', $._name))), $.block),
    test: ($) => seq('test', field('name', $.string), optional(seq('with', field('profile', $._name))), $.block),
    reference: ($) => seq($._name, optional(seq('.', $._name))),

    block: ($) =>
      seq('{', repeat(choice($.field, $.check, $.warn, $.for_entry, $.if_entry, $.rejects, ',')), '}'),
    field: ($) =>
      seq(repeat($.annotation), field('path', $.path), choice(
        seq('=', field('value', $._expression)),
        $.block,
        seq(field('key', $.map_key), choice($.block, seq('=', field('value', $._expression)))),
        seq($._of_type, optional(seq('=', field('default', $._expression)))),
      )),
    path: ($) => seq($._key, repeat(seq('.', $._key))),
    _key: ($) => choice(field('name', $._name), $.string, $.group),
    map_key: ($) => choice($.string, $.group, seq($._name, repeat(seq('.', $._name)))),
    annotation: ($) => seq('@', $._name),
    check: ($) => seq(repeat($.annotation), 'check', $._check),
    warn: ($) => seq(repeat($.annotation), 'warn', $._check),
    _check: ($) =>
      prec.right(seq(optional($.code), field('condition', $._expression),
        optional(seq(',', field('message', $._expression))), optional($.check_block))),
    code: (_) => token(prec(1, /\[[A-Za-z0-9_-]+\]/)),
    check_block: ($) => seq('{', repeat(choice($.check_label, $.check_note, ',')), '}'),
    check_label: ($) => seq('label', $._place, $.string),
    _place: ($) => choice($.self, $.stack_value, $.name, $.member, $.index),
    check_note: ($) => seq(choice('help', 'note'), $.string),
    for_entry: ($) => seq('for', $._variables, 'in', field('source', $._expression), $.block),
    _variables: ($) => seq(field('variable', $._name), optional(seq(',', field('variable', $._name)))),
    if_entry: ($) =>
      prec.right(seq('if', field('condition', $._expression), $.block, repeat(seq('else', 'if', field('condition', $._expression), $.block)),
        optional(seq('else', $.block)))),
    rejects: ($) => prec.right(seq('rejects', $.block, optional(seq('with', alias($.code_name, $.code))))),
    code_name: (_) => /[A-Za-z0-9_-]+/,

    _of_type: ($) => seq(':', field('type', $.type)),
    type: ($) => prec.right(seq($._type_atom, repeat(seq('|', $._type_atom)), optional('?'))),
    _type_atom: ($) => choice($.string, $.list_type, $.type_name),
    list_type: ($) => seq('[', $.type, ']'),
    type_name: ($) =>
      prec.right(seq($._name, optional(seq('.', $._name)), optional(seq('<', $.type, '>')))),

    _expression: ($) =>
      choice($.number, $.version, $.string, $.boolean, $.absent, $.self, $.stack_value, $.name, $.member, $.index,
        $.call, $.unary, $.binary, $.if_expression, $.list, $.comprehension, $.group, alias($.block, $.record)),
    boolean: (_) => choice('true', 'false'),
    absent: (_) => 'absent',
    self: (_) => 'self',
    stack_value: (_) => 'stack',
    name: ($) => $.identifier,
    member: ($) => prec(9, seq($._expression, '.', field('member', $._name))),
    index: ($) => prec(9, seq($._expression, token.immediate('['), $._expression, ']')),
    call: ($) =>
      prec(9, seq(field('function', $._expression), token.immediate('('), optional(commaSep($._expression)), ')')),
    unary: ($) => prec(8, seq(choice('!', '-'), $._expression)),
    binary: ($) =>
      choice(...[
        [2, '??'], [3, '||'], [4, '&&'], [5, choice('==', '!=', '<', '<=', '>', '>=')], [6, choice('+', '-')],
        [7, choice('*', '/', '%')],
      ].map(([level, operator]) =>
        prec.left(level, seq($._expression, field('operator', operator), $._expression)))),
    if_expression: ($) =>
      prec.right(seq('if', field('condition', $._expression), $.branch,
        repeat(seq('else', 'if', field('condition', $._expression), $.branch)), optional(seq('else', $.branch)))),
    branch: ($) => seq('{', $._expression, '}'),
    list: ($) => seq('[', optional(commaSep($._expression)), ']'),
    comprehension: ($) => seq('[', repeat1($.for_clause), ':', $._expression, ']'),
    for_clause: ($) =>
      seq('for', $._variables, 'in', field('source', $._expression), optional(seq('if', field('filter', $._expression)))),
    group: ($) => seq('(', $._expression, ')'),

    string: ($) => choice(
      seq('"', repeat(choice(alias(token.immediate(prec(1, /[^"\\\n]+/)), $.text), $.escape, $.interpolation)), token.immediate('"')),
      seq('"""', repeat(choice(alias(token.immediate(prec(1, /[^"\\]+|"|""/)), $.text), $.escape, $.interpolation)), token.immediate('"""')),
      $.raw,
    ),
    escape: (_) => token.immediate(/\\(u\{[0-9A-Za-z_]*\}|[^(u])/),
    interpolation: ($) => seq(token.immediate('\\('), $._expression, ')'),
    raw: (_) => token(choice(/r"[^"]*"/, /r#"([^"]|"[^#])*"#/, /r##"([^"]|"[^#]|"#[^#])*"##/)),

    version: (_) => token(prec(2, /(v[0-9]+\.[0-9]|[0-9]+\.[0-9]+\.[0-9])[0-9A-Za-z_.]*(-[0-9A-Za-z_.-]+)?(\+[0-9A-Za-z_.-]+)?/)),
    number: (_) => token(prec(1, /[0-9][0-9A-Za-z_]*(\.[0-9][0-9A-Za-z_]*)*/)),

    identifier: (_) => /[A-Za-z_][A-Za-z0-9_]*/,
    _name: ($) => choice($.identifier, ...WORDS.map((word) => alias(word, $.identifier))),
    comment: (_) => token(prec(-1, /#[^\n]*/)),
  },
});
